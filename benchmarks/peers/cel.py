"""CEL by common-expression-language (Rust): an expression for each rule, compiled once, one evaluation for each device.

https://python-common-expression-language.readthedocs.io (compile, Context, add_function). CEL does not
compare lists, so by hand the order of versions is a Python function, which that page advises for what CEL lacks.
"""

import cel

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

NUMBER = "^[0-9]+$"


def at_least(text: str, least: str) -> bool:
    """Return whether a version is another one or a later one."""
    return parts(text) >= parts(least)


def condition(rule: Rule, plain: bool) -> str:
    """Return what must hold."""
    name, value = rule.column, rule.value
    return {
        "version": f"{name} >= '{value}'" if plain else f"at_least({name}, '{value}')",
        "number_by_build": f"int({name}) >= {UPDATES}[OSBuild]",
        "word": f"{name} == '{value}'" if plain else f"{name}.matches('^(?i){value}$')",
        "not_word": f"{name} != '{value}'",
        "one_of": f"{name} in {SUPPORTED}",
    }[rule.test]


def expression(rule: Rule, plain: bool) -> str:
    """Return the outcome of a rule as an expression."""
    applies = f"OSPlatform.startsWith('{rule.system}')"
    build = f"OSBuild in {list(UPDATES)}" if rule.test == "number_by_build" else "true"
    holds, name = condition(rule, plain), rule.column
    if plain:
        return f"{applies} && {build} ? ({holds} ? 'PASS' : 'FAIL') : ''"
    stated = {
        "version": f"{name}.matches('^{VERSION}$') && !{name}.matches('^{NO_VERSION}$')",
        "number_by_build": f"{name}.matches('{NUMBER}') && OSBuild != ''",
    }.get(rule.test, f"{name} != ''")
    known = "OSPlatform != ''" if rule.system else "true"
    other = f"({known} && !{applies}) || (OSBuild != '' && !({build}))"
    return f"{other} ? '' : !({stated}) ? 'UNKNOWN' : {holds} ? 'PASS' : {known} ? 'FAIL' : 'UNKNOWN'"


def judge(path: str, plain: bool) -> Counts:
    """Return the counts of each rule."""
    programs = [(rule.id, cel.compile(expression(rule, plain))) for rule in RULES]

    def device(row: dict[str, str]) -> cel.Context:
        context = cel.Context()
        context.add_function("at_least", at_least)
        context.update(row)
        return context

    def outcome(program: cel.Program, context: cel.Context) -> str:
        return tried(lambda: str(program.execute(context)))

    contexts = (device(row) for row in rows(path))
    return counted((rule, outcome(program, context)) for context in contexts for rule, program in programs)


if __name__ == "__main__":
    run(judge)
