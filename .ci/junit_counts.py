"""Fail if a JUnit file says other counts than its cases add up to, or names two cases alike."""

import sys
from collections import Counter

from junitparser import Error, Failure, JUnitXml, Skipped


def main(path: str) -> int:
    """Print what differs; return 1 if anything does.

    NOTE: ``junitparser verify`` is of no use here: it fails where a case fails, which is what a report is for.
    """
    problems: list[str] = []
    suites = list(JUnitXml.fromfile(path))
    for suite in suites:
        said = {"tests": suite.tests, "failures": suite.failures, "errors": suite.errors, "skipped": suite.skipped}
        counted = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
        names: Counter[tuple[str, str]] = Counter()
        for case in suite:
            names[case.classname, case.name] += 1
            counted["tests"] += 1
            for kind, name in ((Failure, "failures"), (Error, "errors"), (Skipped, "skipped")):
                counted[name] += any(isinstance(result, kind) for result in case.result)
        if said != counted:
            problems.append(f"suite {suite.name} says {said}, its cases say {counted}")
        problems.extend(f"two cases are {name}" for name, times in names.items() if times > 1)
    if not any(suite.tests for suite in suites):
        problems.append("there is no case")
    print("\n".join(problems) or f"counts add up: {sum(suite.tests for suite in suites)} cases")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
