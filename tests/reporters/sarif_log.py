"""SARIF logs as values, and what SARIF asks of them that no validator checks: seven rules, as a function over a log."""

import json
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from typing import Any

from checker.model.result import Result
from checker.reporters.kinds import Write
from checker.reporters.sarif import log as sarif

Log = dict[str, Any]


def log(result: Result, write: Write = sarif.write_problems) -> Log:
    stream = BytesIO()
    write(result, stream)
    content: Log = json.loads(stream.getvalue())
    return content


def run(result: Result, write: Write = sarif.write_problems) -> Log:
    found: Log = log(result, write)["runs"][0]
    return found


def broken_rules(log: Log) -> set[int]:
    """Return the numbers of the rules that a log breaks.

    1. A level other than ``none``, and a rank, go with the kind ``fail`` only.
    2. In one run all results have ``suppressions``, or none has.
    3. In one run all results have a ``baselineState``, or none has.
    4. A run that was made has ``results``, if only an empty list.
    5. ``executionSuccessful`` is about the tool: a failing gate is a success with an exit code.
    6. ``ruleId`` is the id of the rule that ``ruleIndex`` points to.
    7. No two runs are of one tool and category.
    """
    checks = (_levels, _all_or_none("suppressions"), _all_or_none("baselineState"), _present, _executed, _numbered)
    broken = {number for run in log["runs"] for number, holds in enumerate(checks, start=1) if not holds(run)}
    categories = Counter(
        (run["tool"]["driver"]["name"], run.get("automationDetails", {}).get("id", "").rpartition("/")[0])
        for run in log["runs"]
    )
    return broken | ({7} if max(categories.values()) > 1 else set())


def _results(run: Log) -> list[Log]:
    return run.get("results") or []


def _levels(run: Log) -> bool:
    others = [result for result in _results(run) if result.get("kind", "fail") != "fail"]
    return all(result.get("level", "none") == "none" and "rank" not in result for result in others)


def _all_or_none(key: str) -> Callable[[Log], bool]:
    return lambda run: len({key in result for result in _results(run)}) <= 1


def _present(run: Log) -> bool:
    return isinstance(run.get("results"), list)


def _executed(run: Log) -> bool:
    return all(invocation["executionSuccessful"] for invocation in run["invocations"])


def _numbered(run: Log) -> bool:
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    numbers = range(len(rules))
    return all(
        result["ruleIndex"] in numbers and rules[result["ruleIndex"]] == result["ruleId"] for result in _results(run)
    )
