"""``check`` with waves, waivers, tailoring, suppositions and a baseline: what each of them may change, and not."""

import hashlib
import json
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.cli.conftest import ATTESTATIONS, GOOD, OLD, TAILORING, WAIVERS, WAVES, Ran

Run = Callable[..., Ran]
Write = Callable[..., Path]
Fleet = tuple[Path, Path]
DAY = ("--as-of", "2026-11-23")


def checked(run: Run, folder: Path, *args: object) -> tuple[Ran, dict[str, Any], pl.DataFrame, pl.DataFrame]:
    """Run a check; return what the command did, its JSON report, and the tables of devices and findings."""
    folder.mkdir(exist_ok=True)
    report, devices, findings = (folder / name for name in ("report.json", "devices.parquet", "findings.parquet"))
    ran = run("check", *args, "-o", report, "-o", f"devices:{devices}", "-o", f"findings:{findings}")
    told = json.loads(report.read_text(encoding="utf-8"))
    return ran, told, pl.read_parquet(devices), pl.read_parquet(findings)


# Waivers


def test_a_waived_fail_is_exit_0_and_stays_a_finding(run: Run, fleet: Fleet, governing: Write, tmp_path: Path) -> None:
    waivers = governing(WAIVERS, "waivers.yaml")
    ran, told, devices, findings = checked(run, tmp_path / "out", *fleet, *DAY, "--waivers", waivers)
    assert ran.code == 0, ran.out
    waived = devices.filter(pl.col("device_name").str.starts_with("ws-3."))
    assert waived.select("readiness", "by").rows() == [("READY", "waived")]
    assert waived["failed"].to_list() == [["sc.sense-min", "sc.windows-update"]]
    assert findings.filter(pl.col("outcome") == "FAIL").select("rule_id", "waived").rows() == [
        ("sc.sense-min", "W-1"),
        ("sc.windows-update", "W-2"),
    ]
    assert (told["by"]["waived"], told["devices"]["ready"], told["unwaived"]["ready"]) == (1, 3, 2)
    (rule,) = [rule for rule in told["rules"] if rule["id"] == "sc.sense-min"]
    assert (rule["fail"], rule["waived"]) == (1, 1)


def test_one_waived_rule_of_two_does_not_make_a_device_ready(run: Run, fleet: Fleet, governing: Write) -> None:
    first, _ = WAIVERS.split("  - id: W-2")
    assert run("check", *fleet, *DAY, "--waivers", governing(first, "waivers.yaml")).code == 1


@pytest.mark.parametrize(
    ("day", "code", "state", "used"),
    [
        ("2026-11-22", 0, "expiring", 1),
        ("2026-11-23", 0, "expiring", 1),  # the last day, inclusive
        ("2026-11-24", 1, "expired", 0),
    ],
)
def test_a_waiver_has_its_full_effect_on_its_last_day_and_none_on_the_next(
    day: str, code: int, state: str, used: int, run: Run, fleet: Fleet, governing: Write, tmp_path: Path
) -> None:
    waivers = ("--waivers", governing(WAIVERS, "waivers.yaml"))
    ran, told, _, findings = checked(run, tmp_path / "out", *fleet, "--as-of", day, *waivers)
    assert ran.code == code
    assert [(note["state"], note["used_on"]) for note in told["waivers"]] == [(state, used)] * 2
    assert findings["waived"].count() == 2 * used


def test_a_waiver_of_another_day_to_come_has_no_effect_yet(run: Run, fleet: Fleet, governing: Write) -> None:
    later = WAIVERS.replace("created: 2026-11-02", "created: 2026-11-24").replace("2026-11-23", "2026-12-31")
    assert run("check", *fleet, *DAY, "--waivers", governing(later, "waivers.yaml")).code == 1


def test_a_waiver_of_unknown_does_not_cover_a_fail(run: Run, fleet: Fleet, governing: Write) -> None:
    unknown = WAIVERS.replace("    reason:", "    accepts: unknown\n    reason:")
    assert run("check", *fleet, *DAY, "--waivers", governing(unknown, "waivers.yaml")).code == 1


def test_a_pinned_file_of_waivers_is_taken_however_its_digest_is_written(
    run: Run, fleet: Fleet, governing: Write
) -> None:
    path = governing(WAIVERS, "waivers.yaml")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    for pin in (digest, digest.upper(), f"sha256:{digest}", f"SHA256:{digest.upper()}"):
        assert run("check", *fleet, *DAY, "--waivers", path, "--waivers-sha256", pin).code == 0


def test_a_changed_file_of_waivers_cannot_exempt_itself(run: Run, fleet: Fleet, governing: Write) -> None:
    path = governing(WAIVERS, "waivers.yaml")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    governing(WAIVERS.replace("2026-11-23", "2026-12-31"), "waivers.yaml")
    ran = run("check", *fleet, *DAY, "--waivers", path, "--waivers-sha256", digest)
    assert (ran.code, ran.out) == (2, "")
    assert "is not the file that --waivers-sha256 pins" in ran.err
    assert hashlib.sha256(path.read_bytes()).hexdigest() in ran.err


# Waves


def test_a_wave_limits_devices_findings_and_exit_and_the_ledger_stays(
    run: Run, fleet: Fleet, governing: Write, tmp_path: Path
) -> None:
    args = (*fleet, *DAY, "--waves", governing(WAVES))
    whole = checked(run, tmp_path / "whole", *args)
    assert whole[0].code == 1
    for wave, code, names in (("pilot", 0, ["ws-1", "ws-2"]), ("broad", 1, ["ws-3", "ws-4"])):
        ran, told, devices, findings = checked(run, tmp_path / wave, *args, "--wave", wave)
        assert ran.code == code, ran.out
        assert [name[:4] for name in devices["device_name"]] == names
        assert set(findings["device_id"]) <= {"", *devices["device_id"]}
        assert told["wave"] == wave
        assert told["devices"]["total"] == 2
        assert told["inputs"] == whole[1]["inputs"]
        assert told["waves"] == whole[1]["waves"], "every wave is told as in the whole"


def test_without_a_wave_no_gate_sets_the_exit_code(run: Run, export: Write, urls: Write, governing: Write) -> None:
    """The gate of kiosks is UNDETERMINED; that is a matter of ``gate``."""
    ran = run("check", export(GOOD, GOOD), urls(2), *DAY, "--waves", governing(WAVES))
    assert ran.code == 0
    assert "UNDETERMINED: " in ran.out


# Suppositions


@pytest.mark.parametrize(
    "more", [(), ("--allow-unknown",), ("--fail-on", "never"), ("--phase", "all", "--fail-on", "never")]
)
def test_a_simulation_never_ends_well_and_nobody_is_ready_by_it(
    more: tuple[str, ...], run: Run, export: Write, urls: Write, tmp_path: Path
) -> None:
    inputs = (export(GOOD, OLD), urls(2))
    wishes = ("--assume", "os.ubr=3448", "--assume", "agent.version=10.8760.19045.5608 where {os.build: 19045}")
    ran, told, devices, findings = checked(run, tmp_path / "out", *inputs, *DAY, *wishes, *more)
    assert ran.code == 3, ran.out
    assert devices.select("readiness", "by").rows() == [("READY", "measured"), ("UNDETERMINED", "simulated")]
    assert (told["devices"]["ready"], told["by"]["measured"], told["by"]["simulated"]) == (1, 1, 1)
    assert devices["simulated"].all()
    assert findings["simulated"].all()


def test_a_simulation_that_fails_is_exit_1(run: Run, export: Write, urls: Write) -> None:
    assert run("check", export(GOOD), urls(1), *DAY, "--assume", "os.ubr=1").code == 1


def test_a_supposition_that_changes_nothing_is_a_simulation_all_the_same(
    run: Run, export: Write, urls: Write, tmp_path: Path
) -> None:
    ran, told, devices, _ = checked(
        run, tmp_path / "out", export(GOOD), urls(1), *DAY, "--assume", "os.ubr=1 where {os.build: 22631}"
    )
    assert ran.code == 3
    assert ran.out.startswith("SIMULATION: os.ubr = 1, supposed on 0 devices")
    assert told["simulated"] == ["os.ubr = 1, supposed on 0 devices"]
    assert devices.select("by", "simulated").rows() == [("measured", True)], "nothing was supposed of the device"


def test_every_format_says_that_it_is_a_simulation(run: Run, fleet: Fleet, tmp_path: Path) -> None:
    kinds = {
        "junit": "j.xml",
        "sarif": "p.sarif",
        "sarif-full": "s.sarif",
        "json": "r.json",
        "findings": "f.ndjson",
        "devices": "d.ndjson",
        "plan": "p.md",
    }
    files = [f"{kind}:{tmp_path / name}" for kind, name in kinds.items()]
    files += [f"{kind}:{tmp_path / kind}.parquet" for kind in ("findings", "devices")]
    files += [f"plan:{tmp_path / name}" for name in ("p.csv", "p.xlsx")]
    ran = run("check", *fleet, *DAY, "--assume", "os.ubr=3448", *(arg for file in files for arg in ("-o", file)))
    assert ran.out.startswith("SIMULATION: os.ubr = 3448, supposed on 4 devices")
    for file in files:
        path = Path(file.partition(":")[2])
        content = path.read_bytes()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                content = b"".join(book.read(name) for name in book.namelist())
        if path.suffix == ".parquet":
            content = b"simulated" if pl.read_parquet(path)["simulated"].all() else b""
        if path.suffix == ".ndjson":
            assert all(json.loads(line)["simulated"] for line in content.splitlines())
        assert b"simulat" in content.lower(), file


# What governs, all at once


def test_the_report_names_its_tables_and_what_governed_it(
    run: Run, fleet: Fleet, governing: Write, tmp_path: Path
) -> None:
    texts = {"waves": WAVES, "waivers": WAIVERS, "attestations": ATTESTATIONS, "tailoring": TAILORING}
    files = {kind: governing(text, f"{kind}.yaml") for kind, text in texts.items()}
    args = [arg for kind, path in files.items() for arg in (f"--{kind}", path)]
    _, told, _, _ = checked(run, tmp_path / "out", *fleet, *DAY, *args)
    assert {entry["kind"]: (entry["path"], entry["sha256"]) for entry in told["governed_by"]} == {
        kind: (str(path), hashlib.sha256(path.read_bytes()).hexdigest()) for kind, path in files.items()
    }
    assert told["tables"] == [
        {"kind": "devices", "path": "devices.parquet"},
        {"kind": "findings", "path": "findings.parquet"},
    ]
    assert told["profile"] == "current"
    assert told["tailoring"] == [
        "profile current: The proxies were opened by the list of 2026.",
        "rule sc.sense-min is rated major: The pilot showed it.",
    ]
    assert len(told["packs"][0]["sha256"]) == 64
    assert {entry["path"]: entry["sha256"] for entry in told["inputs"]} == {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in fleet
    }


def test_tables_are_named_from_the_folder_of_the_report(run: Run, fleet: Fleet, tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    report = tmp_path / "reports" / "r.json"
    run("check", *fleet, *DAY, "-o", report, "-o", f"devices:{tmp_path / 'd.parquet'}")
    assert json.loads(report.read_text())["tables"] == [{"kind": "devices", "path": "../d.parquet"}]


def test_broken_files_are_told_of_all_at_once(run: Run, fleet: Fleet, governing: Write) -> None:
    broken = {
        "waves": WAVES.replace("100 %", "101 %", 1),
        "waivers": WAIVERS.replace("sc.sense-min", "sc.sense-mini").replace("2026-11-23", "23.11.2026"),
        "attestations": ATTESTATIONS.replace("  evidence: Defender portal, read on 2026-11-02\n", ""),
        "tailoring": TAILORING.replace(", reason: The pilot showed it.", ""),
    }
    args = [arg for kind, text in broken.items() for arg in (f"--{kind}", governing(text, f"{kind}.yaml"))]
    ran = run("check", *fleet, *DAY, *args)
    assert (ran.code, ran.out) == (2, "")
    for says in (
        "waves.yaml:6:19: 'ready' is over 100 %: 101 %",
        "waivers.yaml:3:11: there is no rule 'sc.sense-mini'\n  hint: did you mean 'sc.sense-min'?",
        "waivers.yaml:10:14: '23.11.2026' is no date",
        "waivers.yaml:19:14: '23.11.2026' is no date",
        "attestations.yaml:1:3: an attestation lacks 'evidence'",
        "tailoring.yaml:3:17: the change of rule 'sc.sense-min' lacks 'reason'",
    ):
        assert says in ran.err, ran.err


MISUSES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "waivers that are not pinned": (
        ("--waivers", "WAIVERS", "--waivers-sha256", "0" * 64),
        ("is not the file that --waivers-sha256 pins", "its SHA-256 is "),
    ),
    "a pin of nothing": (("--waivers-sha256", "0" * 64), ("--waivers-sha256: pins no file", "--waivers")),
    "a pin that is cut": (
        ("--waivers", "WAIVERS", "--waivers-sha256", "abc"),
        ("--waivers-sha256 abc: is no SHA-256",),
    ),
    "a pin that is not set": (("--waivers", "WAIVERS", "--waivers-sha256", ""), ("'--waivers-sha256': is empty",)),
    "waivers that are not set": (("--waivers", ""), ("'--waivers': is empty",)),
    "waves that are not set": (("--waves", ""), ("'--waves': is empty",)),
    "a wave without waves": (("--wave", "pilot"), ("--wave pilot: is no wave", "give the file with --waves")),
    "an unknown wave": (("--waves", "WAVES", "--wave", "pilt"), ("--wave pilt: is no wave", "did you mean 'pilot'?")),
    "an unknown fact": (("--assume", "os.ub=1"), ("'os.ub' is no fact that can be supposed", "did you mean 'os.ubr'?")),
    "no value": (("--assume", "os.ubr"), ("must be FACT=VALUE",)),
    "a value of another type": (("--assume", "os.ubr=new"), ("'new' is no value of 'os.ubr'", "is a number")),
    "a word outside the vocabulary": (("--assume", "os.family=dos"), ("'dos' is no value of 'os.family'", "one of: ")),
    "a derived fact": (("--assume", "agent.kind=x"), ("'agent.kind' is no fact that can be supposed", "told from")),
    "an unknown fact in where": (
        ("--assume", "os.ubr=1 where {os.buil: 19045}"),
        ("unknown fact 'os.buil'", "did you mean 'os.build'?"),
    ),
    "where without a condition": (("--assume", "os.ubr=1 where 19045"), ("after 'where' stands a condition",)),
    "where that is no YAML": (("--assume", "os.ubr=1 where {os.build: ["), ("is not YAML",)),
    "several suppositions": (
        ("--assume", "os.ub=1", "--assume", "os.ubr=x"),
        ("'os.ub' is no fact", "'x' is no value"),
    ),
    "two profiles": (
        ("--tailoring", "TAILORING", "--profile", "2023-09"),
        ("the profile is named differently (the tailoring: current, --profile: 2023-09)", "name one"),
    ),
    "a baseline that is not there": (("--baseline", "absent.json"), ("absent.json: there is no such file",)),
    "a baseline that is not set": (("--baseline", ""), ("'--baseline': is empty",)),
}


@pytest.mark.parametrize(("args", "says"), MISUSES.values(), ids=MISUSES)
def test_a_misuse_is_exit_2_and_says_what_to_do(
    args: tuple[str, ...], says: tuple[str, ...], run: Run, fleet: Fleet, governing: Write
) -> None:
    texts = {"WAVES": WAVES, "WAIVERS": WAIVERS, "TAILORING": TAILORING}
    given = [governing(texts[arg], f"{arg.lower()}.yaml") if arg in texts else arg for arg in args]
    ran = run("check", *fleet, *DAY, *given)
    assert (ran.code, ran.out) == (2, "")
    assert all(text in ran.err for text in says), ran.err
    assert "Traceback" not in ran.err


def test_tailoring_and_the_command_line_may_name_one_profile(run: Run, fleet: Fleet, governing: Write) -> None:
    path = governing(TAILORING, "tailoring.yaml")
    ran = run("check", *fleet, *DAY, "--tailoring", path, "--profile", "current")
    assert ran.code == 1
    assert "Judged by Microsoft's guidance of 2026-09" in ran.out


# Baseline


def states(path: Path) -> dict[tuple[str, str], str]:
    """Return, by rule and device, what became of each result of a SARIF file; of what is the same in both nothing."""
    results = [result for part in json.loads(path.read_text(encoding="utf-8"))["runs"] for result in part["results"]]
    return {
        (result["ruleId"], json.dumps(result.get("partialFingerprints", {}), sort_keys=True)): result["baselineState"]
        for result in results
    }


def test_a_baseline_tells_what_is_new_gone_and_the_same(run: Run, export: Write, urls: Write, tmp_path: Path) -> None:
    inputs = (export(GOOD, OLD, GOOD), urls(3))
    checked(run, tmp_path / "earlier", *inputs, *DAY)
    export(OLD, GOOD, GOOD)
    full = tmp_path / "full.sarif"
    baseline = ("--baseline", tmp_path / "earlier" / "report.json", "-o", f"sarif-full:{full}")
    assert run("check", *inputs, *DAY, *baseline).code == 1
    found = Counter(state for (rule, _), state in states(full).items() if rule == "sc.windows-update")
    assert found == {"new": 1, "absent": 1, "unchanged": 1}


def test_a_run_that_equals_its_baseline_has_nothing_new(run: Run, fleet: Fleet, tmp_path: Path) -> None:
    checked(run, tmp_path / "earlier", *fleet, *DAY)
    full = tmp_path / "full.sarif"
    run("check", *fleet, *DAY, "--baseline", tmp_path / "earlier" / "report.json", "-o", f"sarif-full:{full}")
    assert {"new", "absent"}.isdisjoint(states(full).values())


def test_a_run_that_equals_its_baseline_has_nothing_updated(run: Run, fleet: Fleet, tmp_path: Path) -> None:
    checked(run, tmp_path / "earlier", *fleet, *DAY)
    full = tmp_path / "full.sarif"
    run("check", *fleet, *DAY, "--baseline", tmp_path / "earlier" / "report.json", "-o", f"sarif-full:{full}")
    assert set(states(full).values()) == {"unchanged"}


def test_a_baseline_without_its_tables_is_refused(run: Run, fleet: Fleet, tmp_path: Path) -> None:
    report = tmp_path / "alone.json"
    run("check", *fleet, *DAY, "-o", report)
    ran = run("check", *fleet, *DAY, "--baseline", report)
    assert ran.code == 2
    assert "alone.json: names no table of devices" in ran.err
    assert "alone.json: names no table of findings" in ran.err


# Order


def test_order_of_inputs_and_of_waivers_does_not_show(
    run: Run, export: Write, urls: Write, governing: Write, tmp_path: Path
) -> None:
    inputs = [export(GOOD, GOOD, OLD), urls(3), export(GOOD, name="more.csv")]
    texts = {"waves": WAVES, "waivers": WAIVERS, "tailoring": TAILORING}
    files = [arg for kind, text in texts.items() for arg in (f"--{kind}", governing(text, f"{kind}.yaml"))]
    assumed = ("--assume", "os.ubr=3448 where {os.build: 19045}")
    found = set()
    for number, order in enumerate((inputs, inputs[::-1])):
        folder = tmp_path / str(number)
        checked(run, folder, *order, *DAY, *files, *assumed)
        found.add(tuple((path.name, path.read_bytes()) for path in sorted(folder.iterdir())))
    assert len(found) == 1
