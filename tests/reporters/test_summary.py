"""The summary says first what matters, cuts no number, and shows names without letting them act."""

import unicodedata
from dataclasses import replace
from io import BytesIO, TextIOWrapper

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from checker.model.notes import ActionSet, InputTally, Unlock
from checker.model.result import Result, Summary
from checker.reporters.terminal.lines import INPUTS_SHOWN, NOTICES_SHOWN, RULES_SHOWN, UNLOCKS_SHOWN
from checker.reporters.terminal.parts import Row, Section
from checker.reporters.terminal.summary import _widths, print_rich, render_plain

from .fleets import AGENT, PROXY, SENSE, STALE, TENANT, URLS, fleet
from .results import summary
from .rollouts import PILOT, RING, UPDATE, WAIVERS
from .test_wording import ANY_TEXT


def terminal(shown: Summary, width: int = 100, encoding: str = "utf-8", *, colour: bool = False) -> str:
    content = BytesIO()
    stream = TextIOWrapper(content, encoding=encoding)
    console = Console(file=stream, width=width, force_terminal=colour, color_system="standard" if colour else None)
    print_rich(shown, console)
    stream.flush()
    return content.getvalue().decode(encoding)


def test_guidance_comes_first_and_the_exit_line_last(small: Result) -> None:
    for text in (render_plain(small.summary), terminal(small.summary)):
        lines = text.rstrip().splitlines()
        assert lines[0].startswith("Judged by Microsoft's guidance of 2023-09")
        assert lines[-1].endswith("exit 1: 1 blocker fails on 1 device")


def test_both_sides_are_told_in_one_line_each(small: Result) -> None:
    text = render_plain(small.summary)
    assert "\ndevice side: 1 clear, 1 not ready, 2 undecided\n" in text
    site = f"\nsite side: not assessed: {URLS.id}; 1 device waits for nothing else: settle url.tests\n"
    assert site in text


def test_a_site_side_that_was_assessed_or_unlocks_nothing_promises_nothing(small: Result) -> None:
    assert "\nsite side: assessed\n" in render_plain(replace(small.summary, site_side=(), site_unlocks=0))
    nothing = render_plain(replace(small.summary, site_unlocks=0))
    assert f"\nsite side: not assessed: {URLS.id}\n" in nothing
    many = tuple(f"sc.site-{number}" for number in range(9))
    assert "sc.site-5, and 3 more;" in render_plain(replace(small.summary, site_side=many))


def test_readiness_is_shared_over_judged_devices_only(small: Result) -> None:
    text = render_plain(small.summary)
    assert "Devices: 4 judged of 5" in text
    rows = {line.split()[0]: line.split() for line in text.splitlines() if line.startswith("  ") and line.split()}
    assert rows["READY"][1:4] == ["1", "25.0", "%"]
    assert rows["UNDETERMINED"][1:4] == ["2", "50.0", "%"]
    assert rows["OUT_OF_SCOPE"][1:3] == ["1", "-"]
    assert "never judged; 1 phone" in text
    assert "1 measured" in text


def test_nothing_judged_divides_nothing(small: Result) -> None:
    nothing = replace(small.summary, devices=dict.fromkeys(small.summary.devices, 0), scope={}, paths={})
    assert "READY               0      -" in render_plain(nothing)


def test_rules_are_ordered_by_what_to_fix_first(small: Result) -> None:
    text = render_plain(small.summary)
    rules = text.split("Rules to look at\n")[1].split("\n\n")[0].splitlines()[1:]
    assert [line.split()[1] for line in rules] == [AGENT.id, URLS.id, SENSE.id, STALE.id]
    assert PROXY.id not in text
    assert TENANT.id not in text  # it passed: nothing to look at


def test_of_one_severity_the_rule_that_most_devices_fail_comes_first(large: Result) -> None:
    rules = render_plain(large.summary).split("Rules to look at\n")[1].split("\n\n")[0].splitlines()[1:]
    assert [line.split()[1] for line in rules] == [SENSE.id, AGENT.id, URLS.id, STALE.id]


def test_a_tenant_rule_is_not_counted_in_devices(small: Result) -> None:
    failing = tuple(replace(rule, passed=0, failed=1) if rule.id == TENANT.id else rule for rule in small.summary.rules)
    line = next(line for line in render_plain(replace(small.summary, rules=failing)).splitlines() if TENANT.id in line)
    assert line.split()[:5] == ["blocker", TENANT.id, "once", "0", "0"]


def test_what_is_too_much_is_counted_instead(small: Result) -> None:
    first = small.summary.rules[0]
    more = replace(
        small.summary,
        rules=tuple(replace(first, id=f"sc.rule-{number:02}") for number in range(RULES_SHOWN + 3)),
        inputs=tuple(InputTally(f"{n}.csv", "a" * 64, "f", 10, 9, 0, 0, 0, 1, 0) for n in range(INPUTS_SHOWN + 2)),
        notices=tuple(f"notice {number}" for number in range(NOTICES_SHOWN + 4)),
        unlocks=tuple(Unlock(f"fact.{n}", "x", "device", 5, ()) for n in range(UNLOCKS_SHOWN + 1)),
    )
    text = render_plain(more)
    assert "… and 3 more rules, see the report" in text
    assert "… and 4 more notices, see the report" in text
    assert [line.split() for line in text.splitlines() if "more files" in line] == [
        ["20", "18", "2", "…", "and", "2", "more", "files"]
    ]
    assert text.count("fact.") == UNLOCKS_SHOWN


def test_the_ledger_adds_up_and_leaves_out_what_is_nought(small: Result) -> None:
    lines = render_plain(small.summary).splitlines()
    heading = next(number for number, line in enumerate(lines) if line.split()[:2] == ["rows", "devices"])
    assert lines[heading].split() == ["rows", "devices", "merged", "out", "of", "scope", "rejected", "file"]
    rows, *parts = (int(number) for number in lines[heading + 1].split()[:5])
    assert rows == sum(parts)


def test_a_partial_run_is_told(small: Result) -> None:
    assert "rules were left out by --select or --ignore" in render_plain(replace(small.summary, partial=True))


@pytest.mark.parametrize(("code", "sign"), [(0, "✔"), (1, "✘"), (3, "?")])
def test_colour_is_not_the_only_sign(small: Result, code: int, sign: str) -> None:
    text = terminal(replace(small.summary, exit_code=code))
    assert text.rstrip().splitlines()[-1].startswith(f"{sign} exit {code}:")
    assert "✘  NOT_READY" in text
    assert "?  UNDETERMINED" in text
    assert "\x1b" not in text


def test_a_terminal_gets_colour(small: Result) -> None:
    assert "\x1b[31m" in terminal(small.summary, colour=True)


def test_a_terminal_without_these_signs_gets_plain_ones(small: Result) -> None:
    text = terminal(replace(small.summary, notices=()), encoding="ascii")
    assert text.isascii()
    assert "x  NOT_READY" in text
    assert "######" in text


def test_bars_are_as_long_as_their_part_and_never_empty_for_something(small: Result) -> None:
    devices = {"total": 10_000, "ready": 5_000, "not_ready": 1, "undetermined": 4_999, "migrated": 0, "out_of_scope": 0}
    lines = terminal(replace(small.summary, devices=devices)).splitlines()
    bars = {
        line.split()[1]: line.count("█") + line.count("▌") for line in lines if "_READY" in line or "✔  READY" in line
    }
    assert bars == {"READY": 12, "NOT_READY": 1}


@pytest.mark.parametrize("width", [30, 40, 60, 80, 120, 200])
def test_no_width_cuts_a_number_or_a_name(large: Result, width: int) -> None:
    text = terminal(large.summary, width)
    assert max(map(len, text.splitlines())) <= width
    unfolded = text.replace("\n", "").replace(" ", "")
    for shown in ("2,250", "3,003", "3,000", AGENT.id, SENSE.id, "UNDETERMINED", "2,998"):
        assert shown in unfolded


def test_names_do_not_act_on_the_terminal(hostile: Result) -> None:
    for text in (render_plain(hostile.summary), terminal(hostile.summary)):
        assert "\x1b" not in text
        assert "\\x1b[2J" in text
        assert "[x](y)" in text


@settings(max_examples=50)
@given(ANY_TEXT, st.booleans())
def test_no_text_of_an_input_reaches_the_terminal_as_a_control(text: str, gated: bool) -> None:
    changed = replace(PILOT.criteria[0], id=text, limit=text, figure=text, why=text)
    actions = ActionSet((text, f"settle {text}"), 1, exact=False, enough=False, settles=True)
    shown = summary(
        fleet(),
        notices=(text,),
        waivers=(replace(WAIVERS[0], id=text, rule=text, owner=text, approver=text, unmatched=(text,)),),
        waves=(
            replace(RING, name=text, reason=text),
            replace(PILOT, name=text, reason=text, criteria=(changed,), smallest=actions, gated=gated),
        ),
        actions=(replace(UPDATE, action=text, what=text),),
        tailoring=(text,),
        simulated=(text,),
        exit_reason=text,
        guidance=(text,),
        paths={text: 1},
        scope={text: 1},
        inputs=(InputTally(text, "a" * 64, text, 1, 1, 0, 0, 0, 0, 0, (text,)),),
        unlocks=(Unlock(text, text, "site", 1, ()),),
        site_side=(text,),
    )
    for said in (render_plain(shown), terminal(shown)):
        categories = {unicodedata.category(character) for character in said.replace("\n", "")}
        assert not categories & {"Cc", "Cs", "Zl", "Zp"}


def test_a_cell_or_line_of_monstrous_length_is_cut_visibly(small: Result) -> None:
    entry = replace(small.summary.inputs[0], path="x" * 1_000_000, notices=("y" * 1_000_000,))
    text = render_plain(replace(small.summary, inputs=(entry,)))
    assert f"  {'x' * 199}…\n" in text
    assert f"  {'x' * 499}…\n" in text  # the notice starts with the file's name
    assert len(text) < 20_000


def rules_of(text: str) -> list[str]:
    """Return the lines of the rules to look at."""
    return text.split("Rules to look at\n")[1].split("\n\n")[0].splitlines()


@pytest.mark.parametrize(("width", "cut"), [(120, False), (80, True), (58, None)])
def test_a_narrow_terminal_cuts_the_last_column_and_keeps_the_grid(small: Result, width: int, cut: bool | None) -> None:
    heading, *rows = rules_of(terminal(small.summary, width))

    assert heading.split()[:3] == ["severity", "rule", "fail"]
    assert ("what to do" in heading) == (cut is not None)  # left out where there is no room for it at all
    assert all(row[: heading.index("severity")].split() in (["✘"], ["?"], []) for row in rows)
    if cut:
        assert any(row.rstrip().endswith("…") for row in rows)


def test_words_that_are_folded_never_end_in_an_ellipsis(large: Result) -> None:
    text = terminal(large.summary, 40).split("Rules to look at\n")[1].split("\n\n")[0]

    assert "severity blocker, rule" in text
    assert "…" not in text.split("\n… and")[0]


def test_headings_are_folded_before_anything_is_cut() -> None:
    section = Section(
        "", (), ("action", "ready if only this>", "what"), (Row(("update-agent", "3", "Update it.")),), clip=True
    )

    assert _widths(section) == [12, 18, 10]
    assert _widths(section, folded=True) == [12, 9, 10]
