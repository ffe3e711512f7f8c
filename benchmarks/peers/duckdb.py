"""DuckDB, SQL over the file; a missing value is NULL, and NULL logic is three-valued. Lists compare part by part.

https://duckdb.org/docs/stable/data/csv/overview and https://duckdb.org/docs/stable/sql/data_types/list
"""

import duckdb

from benchmarks.peers.work import COUNTED, NO_VERSION, RULES, SUPPORTED, UPDATES, VERSION, Counts, Rule, parts, run

TABLE = "".join(f" WHEN '{build}' THEN {revision}" for build, revision in UPDATES.items())


def condition(rule: Rule, plain: bool) -> str:
    """Return what must hold."""
    name = rule.column
    stated = f"regexp_full_match({name}, '{VERSION}') AND NOT regexp_full_match({name}, '{NO_VERSION}')"
    numbers = f"list_transform(string_split({name}, '.'), lambda part: part::BIGINT)"
    return {
        "version": f"{name} >= '{rule.value}'"
        if plain
        else f"CASE WHEN {stated} THEN {numbers} >= {parts(rule.value)} END",
        "number_by_build": f"TRY_CAST({name} AS BIGINT) >= CASE OSBuild {TABLE} END",
        "word": f"{name} = '{rule.value}'" if plain else f"lower({name}) = '{rule.value.lower()}'",
        "not_word": f"{name} <> '{rule.value}'",
        "one_of": f"{name} IN {tuple(SUPPORTED)}",
    }[rule.test]


def judge(path: str, plain: bool) -> Counts:
    """Return the counts of each rule."""
    judged, wanted = [], []
    for n, rule in enumerate(RULES):
        applies = f"starts_with(OSPlatform, '{rule.system}')" if rule.system else "TRUE"
        if rule.test == "number_by_build":
            applies += f" AND OSBuild IN {tuple(UPDATES)}"
        holds = condition(rule, plain) if plain else f"NOT ({applies}) OR {condition(rule, plain)}"
        judged.append(f"({applies}) IS {'TRUE' if plain else 'NOT FALSE'} AS among{n}, ({holds}) AS holds{n}")
        wanted += [f"count(*) FILTER (among{n} AND holds{n} IS {word})" for word in ("TRUE", "FALSE", "NULL")]
    table = f"SELECT {', '.join(judged)} FROM read_csv('{path}', all_varchar = true)"  # noqa: S608 our own conditions
    query = f"WITH judged AS MATERIALIZED ({table}) SELECT {', '.join(wanted)} FROM judged"  # noqa: S608
    found = duckdb.sql(query).fetchall()[0]
    return {rule.id: dict(zip(COUNTED, found[3 * n : 3 * n + 3], strict=True)) for n, rule in enumerate(RULES)}


if __name__ == "__main__":
    run(judge)
