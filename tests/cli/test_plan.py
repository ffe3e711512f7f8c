"""``plan`` as a rollout engineer runs it: printed groups, three files, and exit 0, 2, or 3 for what is supposed."""

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import WAIVERS, WAVES, Ran

Run = Callable[..., Ran]
Write = Callable[..., Path]
Fleet = tuple[Path, Path]
DAY = ("--as-of", "2026-11-23")
FILES = ("plan.csv", "plan.xlsx", "plan.md")


def outputs(folder: Path, *names: str) -> list[str]:
    return [arg for name in names for arg in ("-o", f"plan:{folder / name}")]


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def test_every_group_of_devices_is_printed_with_its_way_and_steps(run: Run, fleet: Fleet) -> None:
    ran = run("plan", *fleet, *DAY, "--tool", "group-policy")
    assert ran.code == 0, ran.err
    assert "Plan: 4 devices\n" in ran.out
    for group in (
        "\n2 devices: reonboard (READY, tool group-policy)\n  ws-1.contoso.example, ws-2.contoso.example\n   1. ",
        "\n1 device: update-first, then reonboard (NOT_READY, tool group-policy)\n  ws-3.contoso.example\n   1. ",
        "\n1 device: migrated (MIGRATED, tool group-policy)\n  ws-4.contoso.example\n   1. ",
    ):
        assert group in ran.out


def test_devices_that_fail_nothing_fail_no_plan(run: Run, fleet: Fleet) -> None:
    """A plan is no verdict: who is not ready has steps, and the command ends well."""
    assert run("plan", *fleet, *DAY).code == 0


def test_the_file_has_a_row_for_each_judged_device_in_the_order_of_ids(run: Run, fleet: Fleet, tmp_path: Path) -> None:
    run("plan", *fleet, *DAY, *outputs(tmp_path, "plan.csv"))
    found = rows(tmp_path / "plan.csv")
    assert [row["device_name"][:4] for row in found] == ["ws-1", "ws-2", "ws-3", "ws-4"], "and none for the phone"
    assert [row["readiness"] for row in found] == ["READY", "READY", "NOT_READY", "MIGRATED"]
    assert {row["wave"] for row in found} == {""}


def test_the_steps_are_those_of_the_tool(run: Run, fleet: Fleet, tmp_path: Path) -> None:
    steps = {}
    for tool in ("local-script", "group-policy", "intune", "configuration-manager"):
        run("plan", *fleet, *DAY, "--tool", tool, *outputs(tmp_path, f"{tool}.csv"))
        (first, *_) = rows(tmp_path / f"{tool}.csv")
        assert first["tool"] == tool
        steps[tool] = first["next_steps"]
    assert len(set(steps.values())) == len(steps)
    assert "WindowsDefenderATPLocalOnboardingScript.cmd" in steps["local-script"]


def test_waves_say_the_tool_of_their_devices(run: Run, fleet: Fleet, governing: Write, tmp_path: Path) -> None:
    run("plan", *fleet, *DAY, "--waves", governing(WAVES), *outputs(tmp_path, "plan.csv"))
    assert [(row["wave"], row["tool"]) for row in rows(tmp_path / "plan.csv")] == [
        ("pilot", "local-script"),
        ("pilot", "local-script"),
        ("broad", "intune"),
        ("broad", "intune"),
    ]


def test_a_plan_of_one_wave_has_its_devices_only(run: Run, fleet: Fleet, governing: Write, tmp_path: Path) -> None:
    ran = run("plan", *fleet, *DAY, "--waves", governing(WAVES), "--wave", "broad", *outputs(tmp_path, *FILES))
    assert ran.code == 0
    assert "Plan: 2 devices of wave broad\n" in ran.out
    assert [row["device_name"][:4] for row in rows(tmp_path / "plan.csv")] == ["ws-3", "ws-4"]
    text = (tmp_path / "plan.md").read_text(encoding="utf-8")
    assert text.startswith("# Plan of wave `broad`: 2 devices\n")
    assert "ws-1.contoso" not in text


def test_a_wave_without_devices_cannot_be_planned(run: Run, fleet: Fleet, governing: Write) -> None:
    ran = run("plan", *fleet, *DAY, "--waves", governing(WAVES), "--wave", "kiosks")
    assert (ran.code, ran.out) == (2, "")
    assert "nothing was judged" in ran.err


def test_what_is_waived_is_no_step(run: Run, fleet: Fleet, governing: Write, tmp_path: Path) -> None:
    waivers = ("--waivers", governing(WAIVERS, "waivers.yaml"))
    run("plan", *fleet, *DAY, *waivers, *outputs(tmp_path, "waived.csv"))
    run("plan", *fleet, *DAY, *outputs(tmp_path, "bare.csv"))
    bare, waived = rows(tmp_path / "bare.csv")[2], rows(tmp_path / "waived.csv")[2]
    assert (bare["path"], bare["readiness"]) == ("update-first", "NOT_READY")
    assert (waived["path"], waived["readiness"]) == ("reonboard", "READY")


def test_quiet_prints_nothing_and_writes(run: Run, fleet: Fleet, tmp_path: Path) -> None:
    ran = run("plan", *fleet, *DAY, "--quiet", *outputs(tmp_path, *FILES))
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert all((tmp_path / name).stat().st_size for name in FILES)


def test_a_plan_is_the_same_file_whichever_command_writes_it_in_whatever_order(
    run: Run, fleet: Fleet, governing: Write, tmp_path: Path
) -> None:
    waves = ("--waves", governing(WAVES))
    written = []
    for number, (command, inputs) in enumerate((("plan", fleet), ("plan", fleet[::-1]), ("check", fleet))):
        folder = tmp_path / str(number)
        folder.mkdir()
        run(command, *inputs, *DAY, *waves, *outputs(folder, *FILES))
        written.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert len(written[0]) == len(FILES)
    assert written[0] == written[1] == written[2]


def test_a_plan_on_a_supposition_is_exit_3_and_says_so_everywhere(run: Run, fleet: Fleet, tmp_path: Path) -> None:
    ran = run("plan", *fleet, *DAY, "--assume", "os.ubr=3448", *outputs(tmp_path, *FILES))
    assert ran.code == 3
    assert ran.out.startswith("SIMULATION: nothing here is a proof: os.ubr = 3448, supposed on 4 devices\n")
    planned = rows(tmp_path / "plan.csv")
    assert {row["simulated"] for row in planned} == {"true"}
    ready = {row["device_name"] for row in planned if row["readiness"] == "READY"}
    assert ready == {"ws-1.contoso.example", "ws-2.contoso.example"}, "as they are without it"
    assert (tmp_path / "plan.md").read_text(encoding="utf-8").startswith("# Simulated plan: 4 devices\n\n**SIMULATION:")
    with zipfile.ZipFile(tmp_path / "plan.xlsx") as book:
        assert any(b"SIMULATION" in book.read(name) for name in book.namelist())


def test_a_partial_plan_says_so(run: Run, fleet: Fleet, tmp_path: Path) -> None:
    ran = run("plan", *fleet, *DAY, "--select", "sc.sense-min", *outputs(tmp_path, "plan.md"))
    for text in (ran.out, (tmp_path / "plan.md").read_text(encoding="utf-8")):
        assert "rules were left out by --select or --ignore" in text
        assert "(READY" not in text


MISUSES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "an unknown tool": (("--tool", "intunes"), ("--tool intunes: is no tool", "did you mean 'intune'?")),
    "a tool that is like no other": (
        ("--tool", "zzz"),
        ("--tool zzz: is no tool", "one of: local-script, group-policy, intune"),
    ),
    "a tool that says nothing": (("--tool", "unstated"), ("--tool unstated: is no tool",)),
    "an empty tool": (("--tool", ""), ("'--tool': is empty",)),
    "a tool and waves": (("--tool", "intune", "--waves", "WAVES"), ("--tool: and --waves exclude each other",)),
    "a wave without a file of waves": (("--wave", "pilot"), ("--wave pilot: is no wave", "--waves")),
    "an unknown wave": (("--waves", "WAVES", "--wave", "pilott"), ("--wave pilott: is no wave", "mean 'pilot'?")),
    "a threshold": (("--fail-on", "never"), ("option '--fail-on'",)),
    "a plan as a picture": (("-o", "plan:plan.png"), ("plan: is not written as .png", "plan:FILE.md")),
    "a bare workbook": (("-o", "plan.xlsx"), ("plan.xlsx",)),
}


@pytest.mark.parametrize(("args", "says"), MISUSES.values(), ids=MISUSES)
def test_a_misuse_is_exit_2_and_says_what_to_do(
    args: tuple[str, ...], says: tuple[str, ...], run: Run, fleet: Fleet, governing: Write
) -> None:
    ran = run("plan", *fleet, *DAY, *(governing(WAVES) if arg == "WAVES" else arg for arg in args))
    assert (ran.code, ran.out) == (2, "")
    assert all(text in ran.err for text in says), ran.err
    assert "Traceback" not in ran.err
