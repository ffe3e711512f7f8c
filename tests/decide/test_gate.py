"""The truth table of gates (gates.yaml): verdicts of a wave's devices to criteria and decision; what always holds."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from checker.decide.criteria import Context, Members
from checker.decide.gate import decide_wave
from checker.decide.limits import share
from checker.decide.verdict import Verdict
from checker.model.notes import WaveNote
from checker.model.outcome import Decision, Met, Outcome, Severity
from checker.model.selection import EVERYONE, Selection
from checker.model.wave import Criteria, Limit, Previous, Wave
from tests.decide.cases import cases
from tests.decide.made import AS_OF, GUIDANCE, HERE, RULES, made_plan, made_verdict

PLAN = made_plan()
FLEET = 1_000
ONCE = {rule.id: rule for rule in RULES if rule.once}
PREVIOUS = ("previous.verified", "previous.soak", "previous.lost", "previous.changed")


def limit(amount: object) -> Limit:
    text = str(amount)
    return Limit(Decimal(text.removesuffix(" %")), percent=text.endswith(" %"))


def criteria(asked: dict[str, Any]) -> Criteria:
    """Return what a gate asks, from how a case writes it."""
    previous = dict(asked.get("previous", {}))
    if "verified" in previous:
        previous["verified"] = limit(previous["verified"])
    found: dict[str, Any] = {**asked, "previous": Previous(**previous)}
    if "ready" in asked:
        found["ready"] = limit(asked["ready"])
    for key in ("fail", "unknown"):
        found[key] = tuple((Severity(name), limit(amount)) for name, amount in asked.get(key, {}).items())
    return Criteria(**found)


def members(groups: list[dict[str, Any]]) -> Members:
    known = {"n", "is", "fail", "unknown", "moved"}
    assert all(group.keys() <= known for group in groups)
    return Members(
        tuple(
            (
                made_verdict(
                    group.get("is", "READY"),
                    group.get("fail", ()),
                    group.get("unknown", ()),
                    group.get("moved", "UNVERIFIED"),
                ),
                group["n"],
            )
            for group in groups
        )
    )


def context(case: dict[str, Any]) -> Context:
    before = case.get("before")
    return Context(
        fleet_judged=FLEET,
        unsure=case.get("unsure", 0),
        missing=tuple(case.get("missing", ())),
        baseline="give an earlier report with --baseline",
        whole_fleet=case.get("whole_fleet", 0),
        perhaps_whole=case.get("perhaps_whole", 0),
        once=tuple((ONCE[name], Outcome[said]) for name, said in case.get("once", {}).items()),
        previous=members(before["of"]) if before else None,
        previous_wave=wave({"starts": before.get("started")}) if before else None,
        lost=tuple(case["lost"]) if "lost" in case else None,
        changed=tuple(case["changed"]) if "changed" in case else None,
        profile="2023-09",
        named_profile=case.get("named_profile", False),
        guidance_date=case.get("guidance", GUIDANCE),
        as_of=AS_OF,
        simulated=case.get("simulated", False),
        partial=case.get("partial", False),
    )


def wave(said: dict[str, Any], gate: Criteria = Criteria()) -> Wave:  # noqa: B008
    return Wave(**{"name": "pilot", "devices": EVERYONE, "gate": gate, "place": HERE, **said})


@pytest.mark.parametrize("case", cases("gates.yaml"), ids=lambda case: case["says"])
def test_the_gate_says(case: dict[str, Any]) -> None:
    said = dict(case.get("wave", {}))
    if "listed" in said:
        said["devices"] = Selection(listed=tuple(said.pop("listed")))
    asked = wave(said, criteria(case.get("gate", {})))

    note = decide_wave(PLAN, asked, members(case.get("of", [{"n": 10}])), context(case))

    by_id = {item.id: item for item in note.criteria}
    assert len(by_id) == len(note.criteria)
    assert note.decision == case["decision"], note.reason
    found = {name: [by_id[name].met, by_id[name].figure] for name in case["expect"]}
    assert found == {name: expected[:2] for name, expected in case["expect"].items()}
    for name, expected in case["expect"].items():
        assert "".join(expected[2:]) in by_id[name].why
    assert {name for name, item in by_id.items() if item.met != Met.MET} <= case["expect"].keys()
    assert {name: by_id[name].limit for name in case.get("asked", ())} == case.get("asked", {})
    assert note.reason == case.get("reason", note.reason)


def test_every_kind_of_criterion_is_shown_with_all_that_it_may_be() -> None:
    shown: dict[str, set[str]] = {}
    for case in cases("gates.yaml"):
        for name, expected in case["expect"].items():
            kind = name if name.startswith("previous") else name.partition(".")[0]
            shown.setdefault(kind, set()).add(expected[0])
    any_of_three = ("devices", "ready", "fail", "unknown", "must_have_data", "must_not_fail", *PREVIOUS)

    assert shown == {
        **{kind: {"MET", "MISSED", "UNDETERMINED"} for kind in any_of_three},
        "once": {"MET", "MISSED", "UNDETERMINED"},
        "whole_fleet": {"MET", "MISSED", "UNDETERMINED"},
        **{kind: {"MET", "MISSED"} for kind in ("most_devices", "guidance")},
        "listed": {"MET", "UNDETERMINED"},
        **{kind: {"UNDETERMINED"} for kind in ("profile", "all_rules", "measured")},
    }


def test_a_wave_is_told_by_its_devices() -> None:
    groups = members(
        [
            {"n": 4, "moved": "NOT_VERIFIED"},
            {"n": 3, "is": "NOT_READY"},
            {"n": 2, "is": "UNDETERMINED"},
            {"n": 1, "is": "MIGRATED", "moved": "VERIFIED"},
            {"n": 7, "is": "OUT_OF_SCOPE"},
        ]
    )

    note = decide_wave(PLAN, wave({"tool": "intune", "starts": date(2026, 12, 1)}), groups, context({}))

    assert (note.name, note.tool, note.starts, note.gated) == ("pilot", "intune", "2026-12-01", False)
    assert note.devices == {
        "total": 17,
        "ready": 4,
        "not_ready": 3,
        "undetermined": 2,
        "migrated": 1,
        "out_of_scope": 7,
    }
    assert note.verification == {"NOT_VERIFIED": 4, "UNVERIFIED": 5, "VERIFIED": 1}


def test_what_lifts_the_wave_over_its_gate_is_as_many_devices_as_are_short() -> None:
    """Of 9 devices 80 % are 7.2, so 8 must be READY; 5 are, and 3 are short."""
    fixes = [(made_verdict("NOT_READY", ["agent"], needs=(["update-agent"], [])), 2)]
    waits = [(made_verdict("UNDETERMINED", [], ["network"], needs=([], ["url.tests"])), 2)]
    groups = Members(((made_verdict(), 5), *fixes, *waits))

    short = decide_wave(PLAN, wave({}, criteria({"ready": "80 %"})), groups, context({}))
    enough = decide_wave(PLAN, wave({}, criteria({"ready": "55 %"})), groups, context({}))
    unasked = decide_wave(PLAN, wave({}), groups, context({}))

    assert short.smallest is not None
    assert (short.smallest.actions, short.smallest.devices) == (("settle url.tests", "update-agent"), 4)
    assert enough.smallest is None
    assert unasked.smallest is None
    assert [note.action for note in short.actions] == ["settle url.tests", "update-agent"]


def test_a_reason_names_five_criteria_at_most() -> None:
    names = [f"rule-{number}" for number in range(8)]

    note = decide_wave(PLAN, wave({}, criteria({"must_not_fail": names})), members([{"n": 1}]), context({}))

    assert note.reason.startswith("8 of 10 criteria are undetermined: must_not_fail.rule-0, must_not_fail.rule-1, ")
    assert note.reason.endswith(" and 3 more.")


# --- what always holds

SEVERE = [rule.id for rule in RULES[:4]]
OUTCOMES = st.fixed_dictionaries({name: st.sampled_from(["PASS", "FAIL", "UNKNOWN"]) for name in SEVERE})
DEVICES = st.lists(
    st.tuples(OUTCOMES, st.sampled_from(["VERIFIED", "UNVERIFIED", "NOT_VERIFIED"]), st.booleans()), max_size=6
)
LIMITS = st.one_of(
    st.integers(0, 6).map(lambda number: Limit(Decimal(number), percent=False)),
    st.decimals(0, 100, places=2).map(lambda number: Limit(number, percent=True)),
)
BY_SEVERITY = st.dictionaries(st.sampled_from([Severity.BLOCKER, Severity.MAJOR]), LIMITS)
CRITERIA = st.builds(
    Criteria,
    ready=st.none() | LIMITS,
    fail=BY_SEVERITY.map(lambda found: tuple(found.items())),
    unknown=BY_SEVERITY.map(lambda found: tuple(found.items())),
    devices=st.integers(1, 4),
    must_have_data=st.lists(st.sampled_from(SEVERE), max_size=2, unique=True).map(tuple),
    must_not_fail=st.lists(st.sampled_from(SEVERE), max_size=2, unique=True).map(tuple),
)


def verdict(device: tuple[dict[str, str], str, bool]) -> Verdict:
    """Return the verdict of a device by the outcomes of its rules, as route and blockers would make it."""
    outcomes, moved, migrated = device
    fails, unknowns = ([name for name in SEVERE if outcomes[name] == word] for word in ("FAIL", "UNKNOWN"))
    if migrated:
        return made_verdict("MIGRATED", verification=moved)
    gates = {outcomes[name] for name in SEVERE if name != "disk"}
    readiness = "NOT_READY" if "FAIL" in gates else "UNDETERMINED" if "UNKNOWN" in gates else "READY"
    return made_verdict(readiness, fails, unknowns, moved)


def decided(gate: Criteria, devices: list[Any], before: list[Any] | None = None) -> WaveNote:
    about = replace(
        context({"before": {"of": []}}), previous=Members(tuple((verdict(device), 1) for device in before or []))
    )
    return decide_wave(PLAN, wave({}, gate), Members(tuple((verdict(device), 1) for device in devices)), about)


@given(CRITERIA, DEVICES, st.data())
def test_a_device_that_gets_better_never_holds_what_could_go(
    gate: Criteria, devices: list[Any], data: st.DataObject
) -> None:
    assume(devices)
    place = data.draw(st.integers(0, len(devices) - 1))
    outcomes, moved, migrated = devices[place]
    better = {name: data.draw(st.sampled_from([word, "PASS"])) for name, word in outcomes.items()}
    after = [*devices[:place], (better, moved, migrated), *devices[place + 1 :]]

    if decided(gate, devices).decision == Decision.PROMOTE:
        assert decided(gate, after).decision == Decision.PROMOTE
    if decided(gate, devices).decision != Decision.HOLD:
        assert decided(gate, after).decision != Decision.HOLD


@given(CRITERIA, DEVICES, st.data())
def test_what_turns_out_never_turns_over_what_was_decided(
    gate: Criteria, devices: list[Any], data: st.DataObject
) -> None:
    """Only what is most UNKNOWN may be met later: that is what it asks."""
    gate = replace(gate, unknown=(), must_have_data=())
    truth = st.sampled_from(["PASS", "FAIL"])
    known = [
        ({name: data.draw(truth) if word == "UNKNOWN" else word for name, word in outcomes.items()}, moved, migrated)
        for outcomes, moved, migrated in devices
    ]

    before = {note.id: note.met for note in decided(gate, devices).criteria if note.met != Met.UNDETERMINED}

    after = {note.id: note.met for note in decided(gate, known).criteria}
    assert before == {name: after[name] for name in before}
    assert decided(gate, devices).decision in (Decision.UNDETERMINED, decided(gate, known).decision)


@given(LIMITS, DEVICES, st.data())
def test_nor_what_turns_out_of_the_wave_before(asked: Limit, before: list[Any], data: st.DataObject) -> None:
    gate = Criteria(previous=Previous(verified=asked))
    truth = st.sampled_from(["VERIFIED", "NOT_VERIFIED"])
    known = [(outcomes, data.draw(truth) if moved == "UNVERIFIED" else moved, past) for outcomes, moved, past in before]
    here = [(dict.fromkeys(SEVERE, "PASS"), "UNVERIFIED", False)]

    assert decided(gate, here, before).decision in (Decision.UNDETERMINED, decided(gate, here, known).decision)


@given(CRITERIA, DEVICES, st.randoms())
def test_the_order_of_devices_does_not_matter(gate: Criteria, devices: list[Any], random: Random) -> None:
    shuffled = random.sample(devices, len(devices))

    assert decided(gate, shuffled) == decided(gate, devices)


@given(st.integers(0, 2_000), st.integers(1, 2_000), st.integers(0, 3), st.decimals(0, 100, places=3))
def test_a_figure_stands_on_the_side_of_its_limit_where_the_share_is(
    part: int, whole: int, places: int, bound: Decimal
) -> None:
    part = min(part, whole)
    bound = round(bound, places)
    exact = Fraction(100 * part, whole)

    for up in (False, True):
        text = share(part, whole, places, up=up)
        shown = Decimal(text.strip("<> %"))
        if text.startswith("<"):
            assert 0 < exact < Fraction(shown)
        elif text.startswith(">"):
            assert Fraction(shown) < exact < 100
        elif up:
            assert (exact > Fraction(bound)) == (shown > bound)
        else:
            assert (exact >= Fraction(bound)) == (shown >= bound)
        assert (shown == 100) <= (part == whole or text.startswith("<"))
        assert (shown == 0) <= (part == 0 or text.startswith(">"))
