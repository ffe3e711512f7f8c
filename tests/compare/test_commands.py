"""``diff``, ``trend`` and ``rules diff`` as a user runs them: real runs in, exit codes and texts out."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import GOOD, MIGRATED, OLD, Ran, export, run  # noqa: F401 (fixtures of this module)

Run = Callable[..., Ran]
Export = Callable[..., Path]
AS_OF = ("--as-of", "2026-11-22")


@pytest.fixture
def checked(run: Run, export: Export, tmp_path: Path) -> Callable[..., str]:  # noqa: F811
    """Check an inventory of devices and return its report, with the tables beside it."""

    def call(name: str, *devices: str, ending: str = "parquet", day: str = "2026-11-22") -> str:
        folder = tmp_path / name
        folder.mkdir()
        written = ["-o", folder / "report.json"]
        for kind in ("devices", "findings"):
            written += ["-o", f"{kind}:{folder / kind}.{ending}"]
        ran = run("check", export(*devices, name=f"{name}.csv"), "--as-of", day, "--quiet", *written)
        assert ran.code in (0, 1, 3), ran.err
        return str(folder / "report.json")

    return call


def test_a_result_does_not_differ_from_itself(run: Run, checked: Callable[..., str]) -> None:  # noqa: F811
    report = checked("monday", GOOD, OLD, MIGRATED)
    ran = run("diff", report, report)

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[-1] == "exit 0: nothing regressed"


@pytest.mark.parametrize("ending", ["parquet", "ndjson"])
def test_an_older_agent_regresses(ending: str, run: Run, checked: Callable[..., str]) -> None:  # noqa: F811
    monday, friday = checked("monday", GOOD, GOOD, ending=ending), checked("friday", GOOD, OLD, ending=ending)
    forth, back = run("diff", monday, friday), run("diff", friday, monday)

    assert (forth.code, back.code) == (1, 0)
    assert "sc.sense-min on 0000000000000000000000000000000000000002 (ws-2.contoso.example)" in forth.out
    assert "10.7760.19045.5608" in forth.out
    told = json.loads(run("diff", monday, friday, "--format", "json", "--limit", 0).out)
    assert told["exit"]["code"] == 1
    assert [each["device_id"][-1] for each in told["rules"]["newly_failing"]] == ["2"] * len(
        told["rules"]["newly_failing"]
    )
    assert run("diff", monday, friday, "--format", "markdown").out.count("## ") > 2


def test_a_report_without_tables_is_refused_with_what_to_do(run: Run, export: Export, tmp_path: Path) -> None:  # noqa: F811
    report = tmp_path / "report.json"
    run("check", export(GOOD), *AS_OF, "--quiet", "-o", report)
    ran = run("diff", report, report)

    assert (ran.code, ran.out) == (2, "")
    assert f"{report}: names no table of devices" in ran.err
    assert "-o devices:devices.parquet" in ran.err


def test_a_trend_of_two_runs(run: Run, checked: Callable[..., str]) -> None:  # noqa: F811
    reports = [checked("friday", GOOD, MIGRATED, day="2026-11-22"), checked("monday", GOOD, OLD, day="2026-11-21")]
    ran = run("trend", *reports)

    assert (ran.code, ran.err) == (0, "")
    assert [line.split()[0] for line in ran.out.splitlines()[1:3]] == ["2026-11-21", "2026-11-22"]
    assert [each["as_of"] for each in json.loads(run("trend", *reports, "--format", "json").out)["reports"]] == [
        "2026-11-21",
        "2026-11-22",
    ]
    assert run("trend", "none.json").code == 2


def test_two_profiles_of_a_pack_on_one_inventory(run: Run, export: Export) -> None:  # noqa: F811
    seed, current = "streamlined-connectivity:2023-09", "streamlined-connectivity:current"
    stale = GOOD.replace("1.421.818.0", "1.385.0.0")
    ran = run("rules", "diff", seed, current, export(stale, GOOD), *AS_OF)

    assert (ran.code, ran.err) == (0, "")
    assert "signature_min: 1.381.1853.0 → 1.391.345.0" in ran.out
    told = json.loads(run("rules", "diff", seed, current, export(stale), *AS_OF, "--format", "json").out)
    assert [each["rules"] for each in told["devices"]] == [["sc.signature-min"]]
    same = run("rules", "diff", seed, "streamlined-connectivity", export(stale), *AS_OF)
    assert "No device comes out otherwise." in same.out


@pytest.mark.parametrize(
    ("pack", "said"),
    [("streamlined-conectivity", "there is no such rule pack"), ("streamlined-connectivity:2024", "2024")],
)
def test_a_pack_or_profile_that_is_none_is_named(pack: str, said: str, run: Run, export: Export) -> None:  # noqa: F811
    ran = run("rules", "diff", "streamlined-connectivity", pack, export(GOOD), *AS_OF)

    assert ran.code == 2
    assert said in ran.err


def test_rules_diff_takes_no_pack_by_option(run: Run, export: Export) -> None:  # noqa: F811
    ran = run("rules", "diff", "a", "b", export(GOOD), "--pack", "c")

    assert ran.code == 2
    assert "No such option '--pack'" in ran.err
