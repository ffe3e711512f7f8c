"""``gate`` as a pipeline sees it: PROMOTE is 0, HOLD 1, UNDETERMINED 3, and no misuse ends as any of them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.cli.conftest import ATTESTATIONS, GOOD, MIGRATED, OLD, TAILORING, WAIVERS, WAVES, Ran

Run = Callable[..., Ran]
Write = Callable[..., Path]
Fleet = tuple[Path, Path]
DAY = ("--as-of", "2026-11-23")
PREVIOUS = "{guidance_days: 2000, previous: {none_lost: true, ids_unchanged: true}}"


def told(run: Run, tmp_path: Path, *args: object) -> tuple[Ran, dict[str, Any]]:
    """Run a gate; return what the command did, and its JSON report."""
    report = tmp_path / "gate.json"
    ran = run("gate", *args, "-o", report)
    return ran, json.loads(report.read_text(encoding="utf-8"))


def met(report: dict[str, Any]) -> dict[str, str]:
    """Return the verdict on each criterion of the wave that was decided."""
    (wave,) = [wave for wave in report["waves"] if wave["gated"]]
    return {criterion["id"]: criterion["met"] for criterion in wave["criteria"]}


@pytest.mark.parametrize(
    ("wave", "code", "decision"), [("pilot", 0, "PROMOTE"), ("broad", 1, "HOLD"), ("kiosks", 3, "UNDETERMINED")]
)
def test_the_exit_code_is_the_decision(
    wave: str, code: int, decision: str, run: Run, fleet: Fleet, governing: Write, tmp_path: Path
) -> None:
    ran, report = told(run, tmp_path, *fleet, *DAY, "--waves", governing(WAVES), "--wave", wave)
    assert ran.code == code, ran.out + ran.err
    assert f"Gate of wave '{wave}'" in ran.out
    assert f"{decision}: " in ran.out
    assert report["wave"] == wave
    assert report["exit"]["code"] == code
    assert [each["decision"] for each in report["waves"] if each["gated"]] == [decision]


def test_without_network_evidence_the_wave_is_undetermined(
    run: Run, fleet: Fleet, governing: Write, tmp_path: Path
) -> None:
    ran, report = told(run, tmp_path, fleet[0], *DAY, "--waves", governing(WAVES), "--wave", "pilot")
    assert ran.code == 3
    assert met(report)["ready"] == "UNDETERMINED"


def test_a_wave_without_devices_is_undetermined_whatever_else_is_met(
    run: Run, fleet: Fleet, governing: Write, tmp_path: Path
) -> None:
    ran, report = told(run, tmp_path, *fleet, *DAY, "--waves", governing(WAVES), "--wave", "kiosks")
    assert ran.code == 3
    assert met(report) == {"devices": "UNDETERMINED", "listed": "UNDETERMINED", "guidance": "MET"}
    assert "no device is called kiosk-1.contoso.example" in ran.out


def test_every_report_of_a_gate_says_what_it_decided(run: Run, fleet: Fleet, governing: Write, tmp_path: Path) -> None:
    names = ("junit.xml", "problems.sarif", "full.sarif", "gate.json")
    kinds = ("junit", "sarif", "sarif-full", "json")
    outputs = [arg for kind, name in zip(kinds, names, strict=True) for arg in ("-o", f"{kind}:{tmp_path / name}")]
    assert run("gate", *fleet, *DAY, "--waves", governing(WAVES), "--wave", "broad", *outputs).code == 1
    for name in names:
        assert "HOLD" in (tmp_path / name).read_text(encoding="utf-8"), name
    tree = ET.parse(tmp_path / "junit.xml")  # noqa: S314 - our own file
    failed = [case.get("name", "") for case in tree.iter("testcase") if case.find("failure") is not None]
    assert any("READY or MIGRATED" in name or "ready" in name for name in failed), failed


def test_a_gate_limits_its_reports_to_the_wave_and_the_ledger_stays(
    run: Run, fleet: Fleet, governing: Write, tmp_path: Path
) -> None:
    devices = tmp_path / "devices.ndjson"
    waves = governing(WAVES)
    _, report = told(run, tmp_path, *fleet, *DAY, "--waves", waves, "--wave", "pilot", "-o", f"devices:{devices}")
    assert [json.loads(line)["device_name"][:4] for line in devices.read_text().splitlines()] == ["ws-1", "ws-2"]
    assert report["devices"]["total"] == 2
    assert [(entry["rows"], entry["devices"], entry["out_of_scope"]) for entry in report["inputs"]] == [
        (5, 4, 1),
        (8, 4, 0),
    ]


def test_the_deployment_tool_has_its_limit(run: Run, export: Write, urls: Write, governing: Write) -> None:
    names = ", ".join(f"ws-{number}.contoso.example" for number in range(1, 12))
    waves = governing(WAVES.replace("ws-1.contoso.example, ws-2.contoso.example", names).split("  - name: broad")[0])
    ran = run("gate", export(*[GOOD] * 11), urls(11), *DAY, "--waves", waves, "--wave", "pilot")
    assert ran.code == 1
    assert "the tool local-script serves at most 10" in ran.out


def test_old_guidance_holds_a_wave_unless_the_profile_is_named_with_a_reason(
    run: Run, fleet: Fleet, governing: Write
) -> None:
    old = WAVES.replace(", guidance_days: 2000", "")
    named = old.replace("    tool: local-script\n", "    profile: {name: 2023-09, reason: CHG-1040}\n", 1)
    for text, code in ((old, 1), (named, 0)):
        assert run("gate", *fleet, *DAY, "--waves", governing(text), "--wave", "pilot").code == code


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_a_wave_never_goes_on_a_part_of_the_rules(option: str, run: Run, fleet: Fleet, governing: Write) -> None:
    text = WAVES.replace("ready: 100 %, ", "")
    ran = run("gate", *fleet, *DAY, "--waves", governing(text), "--wave", "pilot", option, "sc.url-*")
    assert ran.code == 3, ran.out


@pytest.mark.parametrize(("day", "code"), [("2026-11-23", 0), ("2026-11-24", 1)])
def test_waivers_lift_a_wave_until_the_end_of_their_last_day(
    day: str, code: int, run: Run, fleet: Fleet, governing: Write
) -> None:
    files = ("--waves", governing(WAVES), "--waivers", governing(WAIVERS, "waivers.yaml"))
    assert run("gate", *fleet, "--as-of", day, *files, "--wave", "broad").code == code


@pytest.mark.parametrize(("day", "code"), [("2026-11-21", 1), ("2026-11-23", 0)])
def test_the_wave_before_must_have_soaked(day: str, code: int, run: Run, fleet: Fleet, governing: Write) -> None:
    first, broad = WAVES.replace("starts: 2026-11-02", "starts: 2026-11-09").split("  - name: broad")
    text = f"{first}  - name: broad{broad.replace('ready: 100 %', 'previous: {soak_days: 14}', 1)}"
    ran = run("gate", *fleet, "--as-of", day, "--waves", governing(text), "--wave", "broad")
    assert ran.code == code, ran.out


def earlier(run: Run, fleet: Fleet, waves: Path, folder: Path) -> Path:
    """Return the report of an earlier run, with its tables beside it."""
    folder.mkdir()
    tables = [arg for kind in ("devices", "findings") for arg in ("-o", f"{kind}:{folder}/{kind}.parquet")]
    run("check", *fleet, *DAY, "--waves", waves, "-o", folder / "report.json", *tables)
    return folder / "report.json"


@pytest.fixture
def after_pilot(governing: Write) -> Path:
    """Write waves of which the second asks that no device of the first is lost or has another id."""
    return governing(WAVES.replace("tool: intune\n    gate: {ready: 100 %, guidance_days: 2000}", f"gate: {PREVIOUS}"))


def test_what_became_of_the_wave_before_is_not_known_without_a_baseline(
    run: Run, fleet: Fleet, after_pilot: Path, tmp_path: Path
) -> None:
    ran, report = told(run, tmp_path, *fleet, *DAY, "--waves", after_pilot, "--wave", "broad")
    assert ran.code == 3
    assert (met(report)["previous.lost"], met(report)["previous.changed"]) == ("UNDETERMINED", "UNDETERMINED")
    assert "--baseline" in ran.out


@pytest.mark.parametrize(
    ("old", "new", "code", "lost", "changed"),
    [
        ("nothing", "nothing", 0, "MET", "MET"),
        ("ws-1.contoso", "elsewhere.contoso", 0, "MET", "MET"),  # renamed: the id is what counts
        (f"{1:040x}", f"{170:040x}", 1, "MET", "MISSED"),
        (f"{1:040x},ws-1.contoso", f"{170:040x},elsewhere.contoso", 1, "MISSED", "MET"),
    ],
    ids=["the same", "another name", "another id", "gone"],
)
def test_devices_of_the_wave_before_are_looked_for(
    old: str,
    new: str,
    code: int,
    lost: str,
    changed: str,
    run: Run,
    fleet: Fleet,
    after_pilot: Path,
    tmp_path: Path,
) -> None:
    baseline = earlier(run, fleet, after_pilot, tmp_path / "earlier")
    text = fleet[0].read_text(encoding="utf-8-sig")
    assert old == "nothing" or old in text
    fleet[0].write_text(text.replace(old, new), encoding="utf-8")
    ran, report = told(run, tmp_path, *fleet, *DAY, "--waves", after_pilot, "--wave", "broad", "--baseline", baseline)
    assert ran.code == code, ran.out
    assert (met(report)["previous.lost"], met(report)["previous.changed"]) == (lost, changed)


def test_a_baseline_that_knows_nothing_of_the_wave_before_proves_nothing(
    run: Run, fleet: Fleet, governing: Write, after_pilot: Path, tmp_path: Path
) -> None:
    other = governing(WAVES.replace("pilot", "first"), "other.yaml")
    baseline = earlier(run, fleet, other, tmp_path / "earlier")
    ran = run("gate", *fleet, *DAY, "--waves", after_pilot, "--wave", "broad", "--baseline", baseline)
    assert ran.code == 3


def test_quiet_prints_nothing_and_decides(run: Run, fleet: Fleet, governing: Write) -> None:
    ran = run("gate", *fleet, *DAY, "--waves", governing(WAVES), "--wave", "broad", "--quiet")
    assert (ran.code, ran.out, ran.err) == (1, "", "")


MISUSES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "no file of waves": (("--wave", "pilot"), ("gate: lacks --waves", "mde-readiness rules schema waves")),
    "no wave": (("--waves", "WAVES"), ("gate: lacks --wave", "has: pilot")),
    "an unknown wave": (("--waves", "WAVES", "--wave", "pilott"), ("--wave pilott: is no wave", "mean 'pilot'?")),
    "a wave of another case": (("--waves", "WAVES", "--wave", "Pilot"), ("--wave Pilot: is no wave",)),
    "a variable that is not set": (("--waves", "WAVES", "--wave", ""), ("'--wave': is empty",)),
    "a supposition": (
        ("--waves", "WAVES", "--wave", "pilot", "--assume", "os.ubr=3448"),
        ("--assume: is refused: no wave goes on a supposition", "check or plan"),
    ),
    "another threshold": (("--waves", "WAVES", "--wave", "pilot", "--fail-on", "never"), ("option '--fail-on'",)),
    "unknowns allowed": (("--waves", "WAVES", "--wave", "pilot", "--allow-unknown"), ("option '--allow-unknown'",)),
    "another phase": (("--waves", "WAVES", "--wave", "pilot", "--phase", "all"), ("option '--phase'",)),
    "a tool": (("--waves", "WAVES", "--wave", "pilot", "--tool", "intune"), ("option '--tool'",)),
    "waves that are not there": (("--waves", "absent.yaml", "--wave", "pilot"), ("absent.yaml: cannot be read",)),
    "a baseline that is not there": (
        ("--waves", "WAVES", "--wave", "pilot", "--baseline", "absent.json"),
        ("absent.json: there is no such file",),
    ),
}


@pytest.mark.parametrize(("args", "says"), MISUSES.values(), ids=MISUSES)
def test_a_misuse_is_exit_2_and_says_what_to_do(
    args: tuple[str, ...], says: tuple[str, ...], run: Run, fleet: Fleet, governing: Write
) -> None:
    ran = run("gate", *fleet, *DAY, *(governing(WAVES) if arg == "WAVES" else arg for arg in args))
    assert (ran.code, ran.out) == (2, "")
    assert all(text in ran.err for text in says), ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("waves: [\n", "waves.yaml:2:1: is not YAML"),
        ("pilot: {}\n", "waves.yaml:1:1: a file of waves has no key 'pilot'"),
        ("", "waves.yaml:1:1: a file of waves must be a mapping"),
        ("waves: []\n", "'waves' must be a list of at least one wave"),
        (WAVES.replace("100 %", "101 %", 1), "waves.yaml:6:19: 'ready' is over 100 %"),
    ],
    ids=["not YAML", "another key", "empty", "no wave", "over 100 %"],
)
def test_a_file_of_waves_that_cannot_be_used_is_exit_2(
    text: str, says: str, run: Run, fleet: Fleet, governing: Write
) -> None:
    ran = run("gate", *fleet, *DAY, "--waves", governing(text), "--wave", "pilot")
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err


def test_a_wave_and_the_command_line_may_not_name_two_profiles(run: Run, fleet: Fleet, governing: Write) -> None:
    text = WAVES.replace("    tool: local-script\n", "    profile: {name: 2023-09, reason: CHG-1040}\n", 1)
    ran = run("gate", *fleet, *DAY, "--waves", governing(text), "--wave", "pilot", "--profile", "current")
    assert ran.code == 2
    assert "the profile is named differently (the wave: 2023-09, --profile: current)" in ran.err


@pytest.mark.parametrize("option", ["--waves", "--waivers", "--attestations", "--tailoring", "--baseline"])
def test_no_report_is_written_over_a_file_that_governs_the_run(
    option: str, run: Run, fleet: Fleet, governing: Write, tmp_path: Path
) -> None:
    texts = {
        "--waves": WAVES,
        "--waivers": WAIVERS,
        "--attestations": ATTESTATIONS,
        "--tailoring": TAILORING,
    }
    waves = governing(WAVES, "waves.yaml")
    if option == "--baseline":
        path = earlier(run, fleet, waves, tmp_path / "earlier")
    else:
        path = governing(texts[option], f"{option[2:]}.json")
    before = path.read_bytes()
    files = {"--waves": waves, option: path}
    ran = run("gate", *fleet, *DAY, *(arg for pair in files.items() for arg in pair), "--wave", "pilot", "-o", path)
    assert ran.code == 2
    assert "inputs are never written over" in ran.err
    assert path.read_bytes() == before


def test_tables_of_the_baseline_are_never_written_over(
    run: Run, fleet: Fleet, governing: Write, tmp_path: Path
) -> None:
    waves = governing(WAVES)
    baseline = earlier(run, fleet, waves, tmp_path / "earlier")
    output = f"devices:{tmp_path / 'earlier' / 'devices.parquet'}"
    ran = run("gate", *fleet, *DAY, "--waves", waves, "--wave", "pilot", "--baseline", baseline, "-o", output)
    assert ran.code == 2
    assert "inputs are never written over" in ran.err


def test_the_order_of_the_inputs_does_not_show_in_any_report(
    run: Run, export: Write, urls: Write, governing: Write, tmp_path: Path
) -> None:
    inputs = [export(GOOD, GOOD, OLD, MIGRATED), urls(4), export(GOOD, name="more.csv")]
    texts = {"waves": WAVES, "waivers": WAIVERS, "attestations": ATTESTATIONS}
    files = [arg for kind, text in texts.items() for arg in (f"--{kind}", governing(text, f"{kind}.yaml"))]
    kinds = ("j.xml", "p.sarif", "r.json", "sarif-full:s.sarif", "findings:f.parquet", "devices:d.ndjson", "plan:p.md")
    written = []
    for number, order in enumerate((inputs, inputs[::-1], inputs[1:] + inputs[:1])):
        folder = tmp_path / str(number)
        folder.mkdir()
        names = [kind.rpartition(":") for kind in kinds]
        outputs = [arg for prefix, colon, name in names for arg in ("-o", f"{prefix}{colon}{folder / name}")]
        assert run("gate", *order, *DAY, *files, "--wave", "broad", *outputs).code == 0
        written.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert len(written[0]) == len(kinds)
    assert written[0] == written[1] == written[2]
