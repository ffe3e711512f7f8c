"""Great Expectations over pandas: expectations on columns, with row conditions; results count what is missing.

https://docs.greatexpectations.io/docs/core/connect_to_data/dataframes,
.../core/customize_expectations/expectation_conditions and .../reference/learn/expectations/result_format. A missing
value is neither expected nor unexpected but counted. It has no order of texts or versions: by hand pandas makes columns
of sortable texts before, compared in pairs. It says nothing of rows on which a condition is null, so devices of no
platform are expectations of their own.
"""

import great_expectations as gx
import pandas as pd
from great_expectations import expectations as gxe
from great_expectations.expectations.row_conditions import Column, Condition

from benchmarks.peers.work import COUNTED, ERROR, RULES, SUPPORTED, UPDATES, Counts, Rule, parts, run


def key(text: object) -> str | None:
    """Return a text that sorts as the version does."""
    numbers = parts(text) if isinstance(text, str) else []
    return ".".join(str(number).zfill(8) for number in (numbers + [0] * 4)[:4]) if numbers else None


def expectation(rule: Rule, plain: bool, rows: Condition | None) -> gxe.Expectation:
    """Return what is expected of a column on some rows."""
    some = {"row_condition": rows} if rows else {}
    name = rule.column if plain else f"{rule.id} value"
    if rule.test == "version" and plain:
        return gxe.ExpectColumnValuesToBeBetween(column=name, min_value=rule.value, **some)
    if rule.test in ("version", "number_by_build"):
        columns = {"column_A": f"{rule.id} value", "column_B": f"{rule.id} least"}
        missing = {"ignore_row_if": "either_value_is_missing"}
        return gxe.ExpectColumnPairValuesAToBeGreaterThanB(or_equal=True, **columns, **missing, **some)
    if rule.test == "not_word":
        return gxe.ExpectColumnValuesToNotBeInSet(column=rule.column, value_set=[rule.value], **some)
    if rule.test == "one_of":
        return gxe.ExpectColumnValuesToBeInSet(column=rule.column, value_set=SUPPORTED, **some)
    word = rule.value if plain else rule.value.lower()
    return gxe.ExpectColumnValuesToBeInSet(column=name, value_set=[word], **some)


def prepared(path: str) -> pd.DataFrame:
    """Return the export with the columns that expectations need: texts to compare, and the revision of the build."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
    least = frame["OSBuild"].map(UPDATES)
    frame["system"] = frame["OSPlatform"].str.extract("^(Windows|macOS|Linux|)", expand=False)
    frame["unnamed"] = frame["OSBuild"].notna() & least.isna()
    for rule in RULES:
        column, value = frame[rule.column], f"{rule.id} value"
        if rule.test == "version":
            frame[value] = column.map({text: key(text) for text in column.unique()})
            frame[f"{rule.id} least"] = key(rule.value)
        elif rule.test == "number_by_build":
            frame[value], frame[f"{rule.id} least"] = pd.to_numeric(column, errors="coerce"), least
        elif rule.test == "word":
            frame[value] = column.str.lower()
    return frame


def judge(path: str, plain: bool) -> Counts:
    """Return the counts of each rule."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("export").add_dataframe_asset("devices")
    suite = context.suites.add(gx.ExpectationSuite("ten"))
    steps = []  # rule, and whether its devices have no platform, of each expectation
    for rule in RULES:
        conditions = [(Column("system") == rule.system, False), (Column("system").is_null(), True)]
        if plain:
            conditions.pop()
        for condition, unsettled in conditions if rule.system else [(None, False)]:
            named = rule.test == "number_by_build"
            rows = condition & (Column("unnamed") == 0) if named else condition  # only of builds that are named
            try:
                suite.add_expectation(expectation(rule, plain, rows))
            except ValueError:  # a version cannot be a least value
                continue
            steps.append((rule.id, unsettled))
    batch = asset.add_batch_definition_whole_dataframe("all")
    definition = gx.ValidationDefinition(name="ten", data=batch, suite=suite)
    ran = context.validation_definitions.add(definition).run(
        batch_parameters={"dataframe": prepared(path)}, result_format="BASIC"
    )
    stated = {rule for rule, _ in steps}
    counts = {rule.id: dict.fromkeys(COUNTED, 0) if rule.id in stated else {ERROR: 1} for rule in RULES}
    for (rule_id, unsettled), answer in zip(steps, ran.results, strict=True):
        count = counts[rule_id]
        if "element_count" not in answer.result:
            count[ERROR] = 1
            continue
        total, missing = answer.result["element_count"], answer.result.get("missing_count") or 0
        unexpected = answer.result["unexpected_count"]
        count["PASS"] += total - missing - unexpected
        count["UNKNOWN"] += missing + (unexpected if unsettled else 0)
        count["FAIL"] += 0 if unsettled else unexpected
    return counts


if __name__ == "__main__":
    run(judge)
