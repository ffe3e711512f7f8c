"""The plan on a terminal: the largest groups with their steps by title; what is left out is counted, nothing acts."""

from pathlib import Path

from checker.model.notes import WaveNote
from checker.reporters.plan import summary as plan_summary
from checker.reporters.plan.summary import render
from checker.reporters.wording import visible

from .fleets import HOSTILE
from .plans import APPLY, DONE, FAILS, GONE, RESTART, UPDATE, VERIFIED, WAITS, plan, row, some_rows


def wave(name: str) -> WaveNote:
    return WaveNote(name, "", "", {}, {}, "HOLD", "", (), (), None)


def groups_of(text: str) -> list[str]:
    """Return the blocks below the line that counts the devices, without the last, which says where there is more."""
    return text.split("\n\n")[2:-1]


def test_a_group_shows_who_goes_which_way_and_what_to_do_in_order(tmp_path: Path) -> None:
    text = render(plan(tmp_path, [row(1), row(2)], waves=(wave("pilot"),)))
    assert text == (
        "Judged by Microsoft's guidance of 2023-09 (1,160 days before the as-of date).\n"
        "Under current (read 2026-11-22): 1 of the READY devices fails: sc.macos-agent-min 1.\n"
        "\n"
        "Plan: 2 devices\n"
        "\n"
        "2 devices of wave pilot: reonboard (READY, tool local-script)\n"
        "  pc-1.contoso.example, pc-2.contoso.example\n"
        f"   1. {APPLY.title}\n"
        f"   2. {RESTART.title}\n"
        f"  verify: {VERIFIED.title}\n"
        "\n"
        "Commands, queries and sources of each step: -o plan:FILE.md, .xlsx or .csv\n"
    )


def test_waves_stand_in_their_order_the_largest_group_first_and_no_wave_last(tmp_path: Path) -> None:
    rows = [row(1, wave="broad"), row(2, wave="broad", **WAITS), row(3, wave="broad", **WAITS), row(4), row(5, **DONE)]
    rows.append(row(6, **GONE))
    text = render(plan(tmp_path, rows, waves=(wave("pilot"), wave("broad"))))
    assert [block.split("\n")[0] for block in groups_of(text)] == [
        "1 device of wave pilot: migrated (MIGRATED, tool local-script)",
        "1 device of wave pilot: reonboard (READY, tool local-script)",
        "2 devices of wave broad: undetermined, then reonboard (UNDETERMINED, tool local-script)",
        "1 device of wave broad: reonboard (READY, tool local-script)",
        "1 device: out-of-scope (OUT_OF_SCOPE)",
    ]


def test_what_clears_the_way_is_told_apart_from_the_route_that_follows(tmp_path: Path) -> None:
    text = render(plan(tmp_path, [row(1, **FAILS)]))
    assert "update-first, then reonboard (NOT_READY, tool local-script)" in text
    assert text.index(UPDATE.title) < text.index(APPLY.title)


def test_the_first_devices_are_named_and_the_others_counted(tmp_path: Path) -> None:
    most = plan_summary.DEVICES_SHOWN
    text = render(plan(tmp_path, [row(number) for number in range(1, most + 1_235)], parts=3))
    assert f"  {', '.join(f'pc-{number}.contoso.example' for number in range(1, most + 1))} and 1,234 more\n" in text


def test_a_device_without_a_name_goes_by_its_id(tmp_path: Path) -> None:
    assert f"\n  {row(1)['device_id']}\n" in render(plan(tmp_path, [row(1, "")]))


def test_groups_beyond_the_first_are_counted_by_their_devices(tmp_path: Path) -> None:
    most = plan_summary.GROUPS_SHOWN
    rows = [row(number, tool=f"tool-{number:03d}") for number in range(1, most + 4)]
    text = render(plan(tmp_path, [*rows, row(most + 4, tool="tool-001")]))
    assert len(groups_of(text)) == most
    assert text.endswith("\n… and 3 more devices in smaller groups; -o plan:FILE.xlsx, .csv or .md has them all\n")


def test_of_a_long_list_of_checks_the_first_three_are_named(tmp_path: Path) -> None:
    checks = ["pm.verified", "apply-package", "restart-service", "update-agent", "settle os.ubr"]
    text = render(plan(tmp_path, [row(1, verify=checks)]))
    assert f"  verify: {VERIFIED.title}; {APPLY.title}; {RESTART.title}; and 2 more\n" in text


def test_a_simulation_says_so_in_the_first_line(tmp_path: Path) -> None:
    text = render(plan(tmp_path, [row(1, simulated=True)], simulated=("os.ubr = 5000", "os.build = 19045")))
    assert text.split("\n")[:2] == [
        "SIMULATION: nothing here is a proof: os.ubr = 5000",
        "SIMULATION: nothing here is a proof: os.build = 19045",
    ]


def test_rules_that_were_left_out_are_said_before_the_groups(tmp_path: Path) -> None:
    text = render(plan(tmp_path, [row(1)], partial=True))
    assert "--select or --ignore" in text.split("Plan: ")[0]


def test_a_plan_of_one_wave_names_it(tmp_path: Path) -> None:
    assert "\nPlan: 1 device of wave pilot\n" in render(plan(tmp_path, [row(1)], wave="pilot"))


def test_a_plan_without_devices_says_so(tmp_path: Path) -> None:
    assert "\nPlan: 0 devices\n" in render(plan(tmp_path, []))


def test_hostile_names_do_nothing_to_a_terminal(tmp_path: Path) -> None:
    names = ("\x1b[2J", "\u202eexe", "a\nb", *HOSTILE)
    rows = [row(number, name, wave=name, tool=name, route=name) for number, name in enumerate(names, start=1)]
    text = render(plan(tmp_path, rows, wave="\x1b[2J", simulated=("\x1b[2J",)))
    assert text.replace("\n", "") == visible(text.replace("\n", ""))
    assert all(visible(name) in text for name in names)


def test_the_same_plan_in_other_parts_is_the_same_text(tmp_path: Path) -> None:
    found = set()
    for parts in (1, 3, 7):
        (tmp_path / str(parts)).mkdir()
        found.add(render(plan(tmp_path / str(parts), some_rows(), parts=parts)))
    assert len(found) == 1


def test_lines_fit_the_terminal_and_lose_no_word(tmp_path: Path) -> None:
    made = plan(tmp_path, [row(number) for number in range(1, 9)], waves=(wave("pilot"),))
    whole, fitted = render(made), render(made, 60)

    assert max(map(len, whole.splitlines())) > 60 >= max(map(len, fitted.splitlines()))
    assert whole.split() == fitted.split()
    assert whole.count("\n\n") == fitted.count("\n\n")
