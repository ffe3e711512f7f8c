"""The summary of a rollout: the gate with its figures, what unlocks it, who waived what, and simulations first."""

from dataclasses import replace

import pytest

from checker.model.notes import ActionSet, WaiverNote
from checker.model.result import Result, Summary
from checker.reporters.terminal.rollout import ACTIONS_SHOWN, WAIVERS_SHOWN, WAVES_SHOWN, smallest
from checker.reporters.terminal.summary import render_plain
from checker.reporters.waiver_words import flags

from .rollouts import PILOT, RING, SMALLEST, UPDATE, waiver
from .test_summary import terminal

HOPE = "if what is settled turns out well"


def section(shown: Summary, title: str) -> list[str]:
    """Return the lines below a title, without the indent."""
    return [line.strip() for line in render_plain(shown).split(f"\n{title}")[1].split("\n\n")[0].splitlines()[1:]]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("  ") if cell.strip()]


def test_a_gate_shows_each_criterion_with_limit_figure_and_verdict_then_the_decision(gated: Result) -> None:
    heading, *rows, decision = section(gated.summary, "Gate of wave 'pilot'")
    assert cells(heading) == ["criterion", "limit", "verdict", "figure"]
    assert [cells(row)[:3] for row in rows] == [[note.id, note.limit, note.met] for note in PILOT.criteria]
    assert cells(rows[1])[3] == "50.0 % (1 of 2, up to 100 %); 1 undetermined"
    assert decision == f"HOLD: {PILOT.reason}"
    assert "Waves" not in render_plain(gated.summary).splitlines()
    assert "Devices of wave 'pilot': 2 judged of 2" in render_plain(gated.summary)


def test_without_a_gate_each_wave_has_a_row(waved: Result) -> None:
    heading, *rows, nowhere = section(waved.summary, "Waves")
    assert cells(heading) == ["wave", "devices", "ready", "migrated", "verified", "decision"]
    assert [cells(row) for row in rows] == [
        ["pilot", "2", "1", "0", "0", "HOLD: fail.blocker"],
        ["ring-1", "1", "0", "0", "1", "PROMOTE"],
    ]
    assert nowhere == "1 judged device is in no wave"


def test_a_run_without_waves_says_nothing_of_them(small: Result) -> None:
    text = render_plain(replace(small.summary, no_wave=4))
    assert not {"Waves", "Waivers", "Tailored", "What unlocks most"} & set(text.splitlines())
    assert "SIMULATION" not in text


def test_a_run_limited_to_a_wave_says_so(waved: Result) -> None:
    assert "\nDevices of wave 'pilot': 4 judged" in render_plain(replace(waved.summary, wave="pilot"))


def test_what_unlocks_most_is_ranked_and_the_gate_names_its_smallest_set(gated: Result, waved: Result) -> None:
    heading, first, second, sentence = section(gated.summary, "What unlocks most")
    assert cells(heading) == ["action", "ready if only this", "needed on", "what"]
    assert cells(first) == ["update-agent", "1", "2", "Update the agent, then export again."]
    assert cells(second)[:3] == ["settle url.tests", "0", "2"]
    assert sentence == smallest(SMALLEST)
    assert "smallest set" not in render_plain(waved.summary)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            ActionSet(("update-agent", "settle url.tests"), 37, exact=True, enough=True, settles=False),
            (
                "Fix update-agent and settle url.tests: 37 more devices READY, "
                "enough for its least share READY (smallest set, exact)"
            ),
        ),
        (
            ActionSet(("a", "b", "c"), 1, exact=False, enough=True, settles=False),
            (
                "Fix a, b and c: 1 more device READY, "
                "enough for its least share READY (found step by step, a smaller set may exist)"
            ),
        ),
        (
            ActionSet(("settle url.tests",), 5, exact=True, enough=False, settles=True),
            (
                f"Settle url.tests: 5 more devices READY, {HOPE}, "
                "not enough for its least share READY (all actions together)"
            ),
        ),
        (
            ActionSet((), 0, exact=True, enough=False, settles=False),
            "Nothing to do: 0 more devices READY, not enough for its least share READY (all actions together)",
        ),
    ],
)
def test_the_smallest_set_is_one_sentence(found: ActionSet, said: str) -> None:
    assert smallest(found) == said


def test_waivers_that_need_somebody_come_first_and_totals_last(waved: Result) -> None:
    heading, *rows, totals = section(waved.summary, "Waivers")
    assert cells(heading) == ["waiver", "rule", "used on", "until", "owner → approver"]
    assert [cells(row)[0] for row in rows] == ["W-13", "W-14", "W-15", "W-16", "W-12"]
    assert cells(rows[-1])[2:] == ["1", "2027-03-31", "A. Owner → B. Approver"]
    assert totals == "READY 1, of which 1 by waivers; without waivers 0"


@pytest.mark.parametrize(
    ("note", "said"),
    [
        (waiver(1), ()),
        (waiver(1, used_on=0, unused=True), ("unused",)),
        (waiver(1, state="expiring"), ("expires soon",)),
        (waiver(1, state="expiring", used_on=0, unused=True), ("expires soon", "unused")),
        (waiver(1, state="expired", used_on=0), ("expired",)),
        (waiver(1, state="future", used_on=0), ("not in force yet",)),
        (waiver(1, broad=True, devices=1_200), ("broad: speaks of 1,200 devices",)),
        (waiver(1, unknown_rule=True, used_on=0), ("unknown rule",)),
        (waiver(1, unmatched=("a", "b\x1b")), ("unknown device: a, b\\x1b",)),
        (waiver(1, unmatched=tuple("abcde")), ("unknown device: a, b, c and 2 more",)),
    ],
)
def test_what_is_wrong_with_a_waiver_is_said_in_words(note: WaiverNote, said: tuple[str, ...]) -> None:
    assert flags(note) == said


def test_a_statement_that_expired_or_was_no_attestation_says_so(waved: Result) -> None:
    (note,) = waved.summary.attestations
    assert section(waved.summary, "Attested")[1].endswith("A. Owner, expired 2026-11-20")
    planned = replace(note, kind="planned", by="", valid_until="", state="active")
    shown = replace(waved.summary, attestations=(planned,) * 14)
    lines = section(shown, "Attested")
    assert lines[1].endswith("  planned")
    assert lines[-1] == "… and 2 more statements, see the report"


def test_a_simulation_is_the_first_thing_said(simulated: Result) -> None:
    said = "SIMULATION: agent.version = 101.23052.0004, supposed on 2 devices; nothing here is a proof"
    assert render_plain(simulated.summary).splitlines()[0] == said
    assert terminal(simulated.summary, 120).splitlines()[0] == f"✘ {said}"


def test_tailoring_stands_below_the_guidance(waved: Result) -> None:
    text = render_plain(waved.summary)
    assert text.index("Judged by") < text.index("\nTailored\n  sc.last-seen is minor") < text.index("\nWaves\n")


def test_what_is_too_much_is_counted_instead(waved: Result, gated: Result) -> None:
    more = replace(
        waved.summary,
        waves=tuple(replace(RING, name=f"ring-{number}") for number in range(WAVES_SHOWN + 2)),
        actions=(UPDATE,) * (ACTIONS_SHOWN + 3),
        waivers=tuple(waiver(number) for number in range(WAIVERS_SHOWN + 4)),
    )
    text = render_plain(more)
    assert "… and 2 more waves, see the report" in text
    assert "… and 3 more actions, see the report" in text
    assert "… and 4 more waivers, see the report" in text
    assert text.count("update-agent") == ACTIONS_SHOWN
    assert len(render_plain(gated.summary)) < 4_000


@pytest.mark.parametrize("width", [30, 60, 80, 120])
def test_no_width_cuts_a_figure_of_a_gate(gated: Result, width: int) -> None:
    text = terminal(gated.summary, width)
    assert max(map(len, text.splitlines())) <= width
    unfolded = text.replace("\n", "").replace(" ", "")
    for shown in ("fail.blocker", "UNDETERMINED", "50.0%(1of2,upto100%)", "HOLD:1of4", "37moredevices"):
        assert shown in unfolded
