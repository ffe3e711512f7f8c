"""zen-engine: one decision of an expression node, made once, one evaluation for each device.

https://docs.gorules.io/developers/sdks/python and https://docs.gorules.io/learn/zen-language/syntax. Its expressions do
not compare texts or lists by order, so by hand a version is one decimal number of its four parts.
"""

import json
from collections.abc import Iterable

import zen

from benchmarks.peers.work import (
    NO_VERSION,
    RULES,
    SUPPORTED,
    UPDATES,
    VERSION,
    Counts,
    Rule,
    counted,
    parts,
    rows,
    run,
    tried,
)

WEIGHTS = (10**21, 10**14, 10**7, 1)


def condition(rule: Rule, plain: bool) -> str:
    """Return what must hold."""
    name, value = rule.column, rule.value
    numbers = f'map(split({name} + ".0.0.0", "."), number(#))'
    least = sum(part * weight for part, weight in zip(parts(value), WEIGHTS, strict=False))
    revisions = " : ".join(f'OSBuild == "{build}" ? {revision}' for build, revision in UPDATES.items())
    weighted = " + ".join(f"({numbers})[{n}] * {weight}" for n, weight in enumerate(WEIGHTS))
    return {
        "version": f'{name} >= "{value}"' if plain else f"({weighted}) >= {least}",
        "number_by_build": f"number({name}) >= ({revisions} : 0)",
        "word": f'{name} == "{value}"' if plain else f'lower({name}) == "{value.lower()}"',
        "not_word": f'{name} != "{value}"',
        "one_of": f"{name} in {json.dumps(SUPPORTED)}",
    }[rule.test]


def expression(rule: Rule, plain: bool) -> str:
    """Return the outcome of a rule as an expression."""
    applies = f'startsWith(OSPlatform, "{rule.system}")'
    build = f"OSBuild in {json.dumps(list(UPDATES))}" if rule.test == "number_by_build" else "true"
    holds, name = condition(rule, plain), rule.column
    if plain:
        return f'({applies} and {build}) ? (({holds}) ? "PASS" : "FAIL") : ""'
    stated = {
        "version": f'(matches({name}, "^{VERSION}$") and not(matches({name}, "^{NO_VERSION}$")))',
        "number_by_build": f'(matches({name}, "^[0-9]+$") and OSBuild != "")',
    }.get(rule.test, f'({name} != "")')
    known = 'OSPlatform != ""' if rule.system else "true"
    other = f'({known} and not({applies})) or (OSBuild != "" and not({build}))'
    judged = f'not({stated}) ? "UNKNOWN" : (({holds}) ? "PASS" : (({known}) ? "FAIL" : "UNKNOWN"))'
    return f'({other}) ? "" : ({judged})'


def decision(rules: Iterable[Rule], plain: bool) -> str:
    """Return a decision as JSON: input, expressions, output."""
    keys = [{"id": rule.id, "key": rule.id.replace(".", "_"), "value": expression(rule, plain)} for rule in rules]
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in"},
        {"id": "ten", "type": "expressionNode", "name": "ten", "content": {"expressions": keys}},
        {"id": "out", "type": "outputNode", "name": "out"},
    ]
    edges = [
        {"id": f"{a}{b}", "type": "edge", "sourceId": a, "targetId": b} for a, b in (("in", "ten"), ("ten", "out"))
    ]
    return json.dumps({"nodes": nodes, "edges": edges})


def judge(path: str, plain: bool) -> Counts:
    """Return the counts of each rule; as first written, where errors are to be expected, by a decision for each."""
    engine = zen.ZenEngine()
    if plain:
        alone = [(rule.id, engine.create_decision(decision([rule], plain))) for rule in RULES]

        def outcome(made: zen.ZenDecision, row: dict[str, str]) -> str:
            return tried(lambda: str(*made.evaluate(row)["result"].values()))

        return counted((rule, outcome(made, row)) for row in rows(path) for rule, made in alone)
    ten = engine.create_decision(decision(RULES, plain))
    return counted(
        (key.replace("_", ".", 1), outcome)
        for row in rows(path)
        for key, outcome in ten.evaluate(row)["result"].items()
    )


if __name__ == "__main__":
    run(judge)
