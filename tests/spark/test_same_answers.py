"""On two cores of a real Spark the demo fleet, and random parts of it, are told byte for byte as in one process."""

import csv
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import Ran, run
from tests.contoso import FLEET, ROOT
from tests.spark.plain import in_buckets_of
from tests.spark.test_read_apart import weeks, with_other_times

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["run"]

pytestmark = pytest.mark.usefixtures("spark")

Run = Callable[..., Ran]
DAY = ("--as-of", "2026-11-23")
GOVERNED = tuple(f"--{kind}={ROOT / FLEET}/{kind}.yaml" for kind in ("attestations", "waivers", "waves"))
REPORTS = (
    "report.json", "junit.xml", "problems.sarif", "sarif-full:all.sarif", "report.html", "report.md", "book.xlsx",
    "findings:findings.ndjson", "findings:findings.parquet", "findings:findings/", "devices:devices.csv",
    "devices:devices/", "plan:plan.ndjson", "actions:actions.csv", "rejected:rejected.csv", "gitlab:gitlab.json",
)  # fmt: skip
FLEETS = sorted(path for path in (ROOT / "fixtures" / "fleets").iterdir() if path.is_dir())


@pytest.fixture
def few_a_bucket(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    return lambda devices: monkeypatch.setattr("checker.cli.run.run_check", in_buckets_of(devices))


def reports(folder: Path) -> list[str]:
    specs = [spec.rpartition(":") for spec in REPORTS]
    return [word for kind, colon, name in specs for word in ("-o", f"{kind}{colon}{folder}/{name}")]


def written(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def same(run: Run, tmp_path: Path, command: str, *words: object) -> Ran:
    """Run a command on both engines; return what Spark's says once all of it is found to be the same."""
    ran = {}
    for engine in ("local", "spark"):
        folder = tmp_path / engine
        folder.mkdir(parents=True)
        ran[engine] = run(command, *words, *DAY, *reports(folder), "--engine", engine)
    assert (ran["spark"].code, ran["spark"].out) == (ran["local"].code, ran["local"].out)
    assert written(tmp_path / "spark") == written(tmp_path / "local")
    assert ran["spark"].code in (0, 1, 3)
    return ran["spark"]


@pytest.mark.parametrize("fleet", FLEETS, ids=lambda fleet: fleet.name)
def test_every_report_of_a_fleet(fleet: Path, run: Run, tmp_path: Path) -> None:
    same(run, tmp_path, "check", fleet / "inventory", *GOVERNED, "--all-outcomes")

    assert {"report.json", "findings/part-00000.parquet"} < written(tmp_path / "spark").keys()


def test_a_wave_is_decided_alike_over_many_buckets(
    few_a_bucket: Callable[[int], None], run: Run, tmp_path: Path
) -> None:
    words = (*GOVERNED, "--wave", "wave-1")
    few_a_bucket(50)

    ran = same(run, tmp_path, "gate", ROOT / FLEET / "inventory", *words)

    assert "PROMOTE" in ran.out
    assert len([name for name in written(tmp_path / "spark") if name.startswith("findings/")]) > 2


def test_what_the_driver_sends_goes_in_as_many_messages_as_must_be(
    few_a_bucket: Callable[[int], None], monkeypatch: pytest.MonkeyPatch, run: Run, tmp_path: Path
) -> None:
    few_a_bucket(100)
    monkeypatch.setattr("checker.spark.cluster.MESSAGE", 1)

    same(run, tmp_path, "check", ROOT / FLEET / "inventory", *GOVERNED)


def test_one_device_is_told_alike(few_a_bucket: Callable[[int], None], run: Run, tmp_path: Path) -> None:
    about = [ROOT / FLEET / "inventory", *DAY, *GOVERNED, "--device", "ws-gda-024"]
    few_a_bucket(50)
    for engine in ("local", "spark"):
        run("check", *about, "--engine", engine, "-o", f"xccdf:{tmp_path}/{engine}.xml")

    assert (tmp_path / "spark.xml").read_bytes() == (tmp_path / "local.xml").read_bytes()


@pytest.mark.parametrize("seed", range(3))
def test_random_parts_of_the_demo_fleet(
    seed: int, few_a_bucket: Callable[[int], None], run: Run, tmp_path: Path
) -> None:
    random = Random(seed)  # noqa: S311 - the same for the same test
    inventory = tmp_path / "inventory"
    inventory.mkdir()
    for name in ("hunting.csv", "urls.csv"):
        with (ROOT / FLEET / "inventory" / name).open(encoding="utf-8-sig", newline="") as file:
            header, *rows = csv.reader(file)
        for number in range(random.randint(1, 3)):
            with (inventory / f"{number}-{name}").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([header, *random.sample(rows, random.randint(1, len(rows)))])

    few_a_bucket(random.randint(40, 200))

    same(run, tmp_path / "out", "check", inventory, *GOVERNED)


def test_names_of_people_and_devices_are_pseudonyms_alike(run: Run, tmp_path: Path) -> None:
    same(run, tmp_path, "check", ROOT / FLEET / "inventory", "--redact", "--redact-key", tmp_path / "key")

    assert b"ws-gda-024" not in b"".join(written(tmp_path / "spark").values())


def test_rows_that_cannot_be_read_are_set_aside_alike(run: Run, tmp_path: Path) -> None:
    bad = ROOT / "fixtures/inventories/advanced-hunting/short-row.csv"

    same(run, tmp_path, "check", ROOT / FLEET / "inventory", bad, "--bad-rows", "skip")


def test_what_files_say_together_or_of_other_times(run: Run, tmp_path: Path) -> None:
    inventory = tmp_path / "in"
    inventory.mkdir()
    weeks(inventory)
    with_other_times(inventory / "hunting.csv")
    (inventory / "notes.txt").write_text("call me\n")

    same(run, tmp_path / "out", "check", inventory, "--all-outcomes")


def test_the_session_is_left_as_it_was(spark: "SparkSession", run: Run, tmp_path: Path) -> None:
    name = "spark.sql.execution.arrow.maxRecordsPerBatch"
    spark.conf.set(name, "1234")

    run("plan", ROOT / FLEET / "inventory", *DAY, "--engine", "spark")

    assert spark.conf.get(name) == "1234"
    spark.conf.unset(name)
    assert spark.sparkContext._jsc.getPersistentRDDs().isEmpty()
