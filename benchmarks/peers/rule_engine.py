"""rule-engine: an expression for each rule, compiled once, one evaluation for each device.

https://zerosteiner.github.io/rule-engine/syntax.html (array comprehension, ternary) and .../builtins.html ($split).
Arrays compare part by part; texts become numbers only without leading zeros, so parts are texts of equal width.
"""

import rule_engine

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

ZEROS = "00000000"


def condition(rule: Rule, plain: bool) -> str:
    """Return what must hold."""
    name, value = rule.column, rule.value
    padded = [str(part).zfill(len(ZEROS)) for part in parts(value)]
    return {
        "version": f'{name} >= "{value}"'
        if plain
        else f'[("{ZEROS}" + part)[part.length:] for part in $split({name}, ".")] >= {padded}',
        "number_by_build": f"$parse_float({name}) >= {UPDATES}[OSBuild]",
        "word": f'{name} == "{value}"' if plain else f'{name}.as_lower == "{value.lower()}"',
        "not_word": f'{name} != "{value}"',
        "one_of": f"{name} in {SUPPORTED}",
    }[rule.test]


def expression(rule: Rule, plain: bool) -> str:
    """Return the outcome of a rule as an expression."""
    applies = f'OSPlatform =~ "{rule.system}"'  # from the beginning
    build = f"OSBuild in {list(UPDATES)}" if rule.test == "number_by_build" else "true"
    holds, name = condition(rule, plain), rule.column
    if plain:
        return f'({applies} and {build}) ? (({holds}) ? "PASS" : "FAIL") : ""'
    stated = {
        "version": f'({name} =~ "{VERSION}$" and {name} !~ "{NO_VERSION}$")',
        "number_by_build": f'({name} =~ "[0-9]+$" and OSBuild != "")',
    }.get(rule.test, f'{name} != ""')
    known = 'OSPlatform != ""' if rule.system else "true"
    other = f'(({known}) and not ({applies})) or (OSBuild != "" and not ({build}))'
    judged = f'(not {stated}) ? "UNKNOWN" : (({holds}) ? "PASS" : (({known}) ? "FAIL" : "UNKNOWN"))'
    return f'({other}) ? "" : ({judged})'


def judge(path: str, plain: bool) -> Counts:
    """Return the counts of each rule."""
    rules = [(rule.id, rule_engine.Rule(expression(rule, plain))) for rule in RULES]

    def outcome(rule: rule_engine.Rule, row: dict[str, str]) -> str:
        return tried(lambda: str(rule.evaluate(row)))

    return counted((rule, outcome(engine, row)) for row in rows(path) for rule, engine in rules)


if __name__ == "__main__":
    run(judge)
