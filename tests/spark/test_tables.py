"""Tables and files that Spark alone can reach, read as they would be read had they been exported."""

import json
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from tests.cli.conftest import GOOD, OLD, Ran, export, run
from tests.contoso import FLEET, ROOT
from tests.spark.test_same_answers import DAY, GOVERNED

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["export", "run"]

Run = Callable[..., Ran]
Write = Callable[..., Path]
SPARK = (*DAY, "--engine", "spark")
PLACES = ("file", "row", "line", "path", "sha256", "tables", "id")  # and what is told from them


def told(report: Path) -> Any:  # noqa: ANN401
    """Return a report without what it says of the inputs' names."""
    return bare(json.loads(report.read_bytes()))


def bare(value: Any) -> Any:  # noqa: ANN401
    match value:
        case dict():
            return {key: bare(each) for key, each in value.items() if key not in PLACES}
        case list():
            return [bare(each) for each in value]
        case _:
            return value


@pytest.fixture
def table(spark: "SparkSession") -> Iterator[Callable[[Path], str]]:
    """Return what makes a table of a CSV file, its rows in several parts, and names it."""

    def make(path: Path) -> str:
        frame = spark.createDataFrame(pl.read_csv(path, infer_schema=False).to_arrow().to_pandas())
        frame.repartition(3).createOrReplaceTempView("devices")
        return "table:devices"

    yield make
    spark.catalog.dropTempView("devices")


def test_a_table_says_what_its_export_says(run: Run, table: Callable[[Path], str], tmp_path: Path) -> None:
    export = ROOT / FLEET / "inventory" / "hunting.csv"
    waves = GOVERNED[2]
    here = run("check", export, *DAY, waves, "-o", tmp_path / "here.json", "-o", f"findings:{tmp_path}/here.ndjson")
    name = table(export)

    ran = run("check", name, *SPARK, waves, "-o", tmp_path / "there.json", "-o", f"findings:{tmp_path}/there.ndjson")

    assert ran.code == here.code
    assert told(tmp_path / "there.json") == told(tmp_path / "here.json")
    places = {(item["file"], item["row"]) for item in evidence(tmp_path / "there.ndjson") if item["file"]}
    assert places == {("table:devices", None)}


def evidence(path: Path) -> list[dict[str, Any]]:
    return [item for line in path.read_text().splitlines() for item in json.loads(line)["evidence"]]


def test_the_digest_of_a_table_is_that_of_its_rows_in_any_order(
    run: Run, spark: "SparkSession", table: Callable[[Path], str], export: Write, tmp_path: Path
) -> None:
    digests = []
    for number, devices in enumerate([(GOOD, OLD), (GOOD, OLD), (GOOD, GOOD)]):
        name = table(export(*devices))
        if number == 1:
            spark.table("devices").orderBy("DeviceId", ascending=False).createOrReplaceTempView("devices")
        run("check", name, *SPARK, "-o", tmp_path / f"{number}.json")
        digests.append(json.loads((tmp_path / f"{number}.json").read_bytes())["inputs"][0]["sha256"])

    assert digests[0] == digests[1] != digests[2]


@pytest.mark.usefixtures("spark")
def test_reports_name_a_device_of_a_table(
    run: Run, table: Callable[[Path], str], export: Write, tmp_path: Path
) -> None:
    name = table(export(OLD))

    ran = run(
        "check", name, *SPARK, "-o", tmp_path / "p.sarif", "-o", tmp_path / "j.xml", "-o", f"devices:{tmp_path}/d.csv"
    )

    assert ran.code == 1
    sarif = json.loads((tmp_path / "p.sarif").read_bytes())
    lines = [
        place["physicalLocation"]["region"]["startLine"]
        for result in sarif["runs"][0]["results"]
        for place in result["locations"]
        if "region" in place["physicalLocation"]
    ]
    assert all(line >= 1 for line in lines)


def test_a_table_in_no_known_format_or_without_rows_or_that_is_not_there(
    run: Run, spark: "SparkSession", table: Callable[[Path], str], export: Write
) -> None:
    odd = spark.range(3).selectExpr("id", "parse_json('1') AS `a.b`", "interval '1' month AS c")
    odd.createOrReplaceTempView("numbers")
    assert "table:numbers: is in no format that is known (Parquet; " in run("check", "table:numbers", *SPARK).err
    spark.catalog.dropTempView("numbers")
    table(export(GOOD))
    spark.table("devices").where("1 = 0").createOrReplaceTempView("nothing")
    assert "table:nothing: holds no records" in run("check", "table:nothing", *SPARK).err
    spark.catalog.dropTempView("nothing")
    missing = run("check", "table:not_there", "table:nor.this", *SPARK)
    assert missing.code == 2
    assert "table:not_there: cannot be read: [TABLE_OR_VIEW_NOT_FOUND] The table" in missing.err
    assert "table:nor.this: cannot be read: [TABLE_OR_VIEW_NOT_FOUND] The table" in missing.err


@pytest.mark.usefixtures("spark")
def test_names_of_columns_may_hold_dots_and_quotes(run: Run, export: Write, tmp_path: Path) -> None:
    odd = {"AvMode": "AdditionalFields.AvMode", "OSPlatform": " OSPlatform ", "AvEngineVersion": "a`b"}
    path = tmp_path / "odd.parquet"
    pl.read_csv(export(GOOD, OLD), infer_schema=False).rename(odd).write_parquet(path)
    findings = [f"findings:{tmp_path}/{name}.ndjson" for name in ("here", "there")]
    here = run("check", path, *DAY, "-o", tmp_path / "here.json", "-o", findings[0], "--all-outcomes")

    name = f"table:parquet.`{path}`"
    ran = run("check", name, *SPARK, "-o", tmp_path / "there.json", "-o", findings[1], "--all-outcomes")

    assert (ran.code, ran.err) == (here.code, "")
    assert told(tmp_path / "there.json") == told(tmp_path / "here.json")
    both = [[bare(item) for item in evidence(tmp_path / f"{name}.ndjson")] for name in ("here", "there")]
    assert both[0] == both[1]
    assert [item["value"] for item in both[1] if item["fact"] == "av.mode"]


def test_columns_that_have_no_text_are_named(run: Run, spark: "SparkSession") -> None:
    columns = {
        "DeviceName": "parse_json('[]')",
        "OSPlatform": "map('a', array(named_struct('b', X'ff')))",
        "OSBuild": "interval '1' month",
        "OSVersion": "X'ff'",
        "Unheard": "parse_json('[]')",
    }
    view = spark.range(1).selectExpr(*(f"{value} AS {name}" for name, value in columns.items()))
    view.createOrReplaceTempView("odd")
    view.selectExpr("DeviceName AS OSPlatform", "OSVersion AS OSPlatform").createOrReplaceTempView("twice")

    ran = run("check", "table:odd", "table:twice", *SPARK)
    for name in ("odd", "twice"):
        spark.catalog.dropTempView(name)

    untold = "has values that have no text in column"
    hint = "  hint: give a view with the column as text, or without it"
    assert (ran.code, ran.err.splitlines()) == (
        2,
        [
            f"table:odd: {untold} 'DeviceName': variant", hint,
            f"table:odd: {untold} 'OSPlatform': map<string,array<struct<b:binary>>>", hint,
            f"table:odd: {untold} 'OSBuild': interval month", hint,
            "table:twice: has columns of the same name: 'OSPlatform'", "  hint: rename or remove all but one",
            f"table:twice: {untold} 'OSPlatform': variant", hint,
        ],
    )  # fmt: skip


@pytest.mark.usefixtures("spark")
def test_files_at_a_uri_say_what_they_say_on_disk(run: Run, tmp_path: Path) -> None:
    inventory = ROOT / FLEET / "inventory"
    here = run("check", inventory, *DAY, *GOVERNED, "-o", tmp_path / "here.json")

    ran = run("check", inventory.as_uri(), *SPARK, *GOVERNED, "-o", tmp_path / "there.json")

    assert (ran.code, ran.err) == (here.code, here.err)
    both = [json.loads((tmp_path / name).read_bytes()) for name in ("here.json", "there.json")]
    digests = [sorted(item["sha256"] for item in report["inputs"]) for report in both]
    assert digests[0] == digests[1]
    for name in ("devices", "rules", "paths", "waves"):
        assert bare(both[0][name]) == bare(both[1][name])


@pytest.mark.usefixtures("spark")
def test_a_uri_where_nothing_is(run: Run, tmp_path: Path) -> None:
    ran = run("check", f"{tmp_path.as_uri()}/not-there", *SPARK)

    assert (ran.code, "not-there: cannot be listed: [PATH_NOT_FOUND]" in ran.err) == (2, True)


@pytest.mark.usefixtures("spark")
def test_names_of_files_are_no_patterns_unless_no_file_has_them(run: Run, export: Write, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number, name in enumerate(("a[1].csv", "a1.csv", "a{1}.csv", "a*.csv", "a\\b.csv")):
        (folder / name).write_text(export(GOOD).read_text(encoding="utf-8").replace("ws-1", f"pc-{number}"))
    for given, names in {
        (folder.name,): ["a*.csv", "a1.csv", "a[1].csv", "a\\b.csv", "a{1}.csv"],
        ("in/a[1].csv", "in/?1.csv"): ["a1.csv", "a[1].csv"],
    }.items():
        run("check", *(f"file://{tmp_path}/{name}" for name in given), *SPARK, "-o", tmp_path / "r.json")
        inputs = json.loads((tmp_path / "r.json").read_bytes())["inputs"]
        digests = {item["path"].rpartition("/")[2]: item["sha256"] for item in inputs}
        assert digests == {name: sha256((folder / name).read_bytes()).hexdigest() for name in names}


@pytest.mark.usefixtures("spark")
def test_a_uri_for_which_spark_lacks_the_connector(run: Run) -> None:
    ran = run("check", "zzz://a/b.csv", "s3a://exports/devices.csv", *SPARK)

    hint = "  hint: add the connector to Spark's packages: --conf spark.jars.packages=…"
    assert (ran.code, ran.err.splitlines()) == (
        2,
        [
            "zzz://a/b.csv: cannot be listed: Spark has no file system for zzz://", hint,
            "s3a://exports/devices.csv: cannot be listed: Spark has no file system for s3a://", hint,
        ],
    )  # fmt: skip


def test_a_notebook_runs_what_the_documentation_shows(
    spark: "SparkSession", table: Callable[[Path], str], export: Write, tmp_path: Path
) -> None:
    page = (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")
    code = page.partition("```python\n")[2].partition("```")[0]
    for said, here in {
        "table:main.security.deviceinfo": table(export(OLD)),
        "/Volumes/main/security": tmp_path,
    }.items():
        assert said in code
        code = code.replace(said, str(here))
    (tmp_path / "waves.yaml").write_text("waves:\n- name: all\n  devices: {percent: 100 %}\n")
    shown: list[dict[str, int]] = []

    exec(code, {"spark": spark, "display": shown.append})  # noqa: S102 - it is ours

    assert shown[0]["not_ready"] == 1
    assert json.loads((tmp_path / "out" / "report.json").read_bytes())["devices"] == shown[0]
    assert (tmp_path / "out" / "findings" / "part-00000.parquet").exists()


@pytest.mark.parametrize("name", ["table:devices", "s3a://exports/devices.csv"])
def test_without_spark_there_are_no_tables(name: str, run: Run) -> None:
    ran = run("check", name, *DAY)

    assert (ran.code, "does not exist" in ran.err, "--engine spark" in ran.err) == (2, True, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--master", "local[2]"], "--master: is about Spark, which does not run"),
        (["--conf", "a=b"], "--conf: is about Spark, which does not run"),
        (["--engine", "spark", "--conf", "a"], "--conf a: must be KEY=VALUE"),
    ],
)
def test_settings_that_cannot_be(words: list[str], said: str, run: Run, export: Write) -> None:
    ran = run("check", export(GOOD), *DAY, *words)

    assert (ran.code, said in ran.err) == (2, True)


def test_spark_that_is_not_installed_is_told(run: Run, export: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pandas", "pyarrow", "pyspark", "pyspark.sql", "pyspark.errors"):
        monkeypatch.setitem(sys.modules, name, None)

    ran = run("check", export(GOOD), *SPARK)

    assert ran.code == 2
    assert "not installed" in ran.err
    assert "pip install 'mde-readiness[spark]'" in ran.err
