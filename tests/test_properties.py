"""What holds for every inventory: order, splits and sizes play no part, and what is not known is never a pass."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.decide.verdict import Judgement, decide
from checker.engine.cells import Cell, Conflict
from checker.engine.records import BUCKET
from checker.engine.rows import Device, Reading, outcome, route, truth
from checker.facts.catalogue import catalogue
from checker.facts.values import read_value
from checker.loading import Loaded, load
from checker.model.notes import RuleTally
from checker.model.outcome import Missing, Outcome, Readiness
from checker.model.plan import Plan
from checker.model.record import FileRecords
from checker.model.result import Summary
from checker.model.truth import Truth, all_of, any_of
from checker.options import Options, Progress
from checker.packs.library import shipped_packs
from checker.pipeline import gather, judge_and_summarise
from tests.engine.packs import TEXTS
from tests.exports import Row, device_id, export, moment

AS_OF = date(2026, 11, 23)
DAYS = (None, moment("2026-09-01"), moment("2026-11-20T08:00"), moment("2026-11-21T08:00"))


def tried(*hosts: str, **how: str) -> str:
    return json.dumps(
        [{"host": host, "method": "sense", "result": "reachable", "status": "200", **how} for host in hosts]
    )


EDR, MDAV = "edr-eus.us.endpoint.security.microsoft.com", "mdav.us.endpoint.security.microsoft.com"
READY = {  # all that the blockers of the streamlined pack ask of a Windows client
    "os.family": "windows",
    "os.role": "client",
    "os.build": "19045",
    "os.ubr": "3448",
    "agent.version": "10.8560.19041.1",
    "av.platform": "4.18.24090.11",
    "av.engine": "1.1.24090.11",
    "av.intelligence": "1.421.10.0",
    "onboarding.status": "onboarded",
    "connectivity.type": "standard",
    "url.tests": tried(EDR, MDAV),
}
OTHERWISE: dict[str, tuple[str | None, ...]] = {
    "os.family": ("macos", "linux", "ios", None),
    "os.role": ("server", None),
    "os.build": ("17134", "14393", "22631", "?"),
    "os.ubr": ("1", "01", "", None),
    "agent.version": ("10.3720.1", "10.3720.1.0", "10.3720.01", "101.24022.1", None),
    "av.platform": ("4.18.1", "4.18.1.0", "4.18.2", "4.18.02", None),
    "onboarding.status": ("can-be-onboarded", "insufficient-info", None),
    "connectivity.type": ("streamlined", "", None),
    "connectivity.evidence": ("streamlined", "standard"),
    "device.excluded": ("yes", "no"),
    "device.merged_to": ("a1", ""),
    "url.tests": (
        tried(EDR),
        tried(MDAV, result="blocked", status="0"),
        tried(EDR, result="blocked", status="0"),
        None,
    ),
}


SURE = {"mde_id": device_id(8), **READY}  # a fleet of which nothing is judged is no run


@st.composite
def fleets(draw: st.DrawFn) -> list[Row]:
    """Return rows of a few devices, most of them almost ready."""
    differs = st.sampled_from([(fact, text) for fact, texts in OTHERWISE.items() for text in texts])
    row = st.tuples(st.integers(1, 5), st.sampled_from(DAYS), st.lists(differs, max_size=3))
    rows = draw(st.lists(row, min_size=1, max_size=9))
    keyed = ({"mde_id": device_id(at), "name": f"ws-{at}", "observed": day} for at, day, _ in rows)
    return [{**keys, **READY, **dict(changes)} for keys, (_, _, changes) in zip(keyed, rows, strict=True)]


@cache
def plans(pack: str = "streamlined-connectivity", profile: str = "seed") -> Loaded:
    return load(Options(("made",), AS_OF, pack=pack, profile=profile))


@cache
def every_plan() -> tuple[Plan, ...]:
    profiles = {pack: plans(pack).plan.pack.profiles for pack in shipped_packs()}
    return tuple(plans(pack, profile.id).plan for pack, listed in profiles.items() for profile in listed)


Found = tuple[Summary, list[dict[str, Any]], list[dict[str, Any]]]


def judged(*inputs: FileRecords, batch_size: int = BUCKET) -> Found:
    """Return summary, devices and findings of the streamlined pack on records."""
    outputs = frozenset({"devices", "findings"})
    options = Options(("made",), AS_OF, outputs=outputs, batch_size=batch_size)
    with TemporaryDirectory() as folder:
        gathered = gather(options, plans(), list(inputs), Progress())
        result = judge_and_summarise(options, plans(), gathered, Path(folder), Progress())
        devices, findings = ([*rows_of(table.frames())] for table in (result.devices, result.findings))
    return result.summary, devices, findings


def rows_of(frames: Iterable[Any]) -> Iterator[dict[str, Any]]:
    for frame in frames:
        yield from frame.to_dicts()


def told(found: Found) -> tuple[object, ...]:
    """Return what is said of the fleet, without saying in which row of which file it was read."""
    summary, devices, findings = found
    return counts(summary), [counts_of(rule) for rule in summary.rules], *bare(devices, findings)


def bare(devices: list[dict[str, Any]], findings: list[dict[str, Any]]) -> tuple[object, object]:
    """Return devices and findings without the places at which they were read."""
    places = ("file", "row", "line")
    said = [
        {**finding, "evidence": [{k: v for k, v in item.items() if k not in places} for item in finding["evidence"]]}
        for finding in findings
    ]
    return [{key: value for key, value in device.items() if key not in places} for device in devices], said


def counts(summary: Summary) -> dict[str, Counter[str]]:
    names = ("devices", "device_side", "by", "scope", "verification", "paths", "routes")
    return {name: Counter(getattr(summary, name)) for name in names}


def counts_of(rule: RuleTally) -> tuple[str, Counter[str]]:
    names = ("passed", "failed", "unknown", "not_applicable")
    return rule.id, Counter({name: getattr(rule, name) for name in names})


slowly = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@slowly
@given(fleets(), st.randoms(use_true_random=False), st.data())
def test_splits_shuffles_and_repeats_change_nothing(rows: list[Row], random: Any, data: st.DataObject) -> None:  # noqa: ANN401
    rows = [SURE, *rows]
    whole = told(judged(export("whole", *rows)))

    assert told(judged(export("shuffled", *random.sample(rows, len(rows))))) == whole
    assert told(judged(export("repeated", *rows, *random.sample(rows, len(rows))))) == whole
    files: dict[int, list[Row]] = {}
    for row in rows:
        files.setdefault(data.draw(st.integers(0, 2)), []).append(row)
    assert told(judged(*(export(f"part-{at}", *part) for at, part in sorted(files.items())))) == whole


@slowly
@given(fleets(), st.sets(st.integers(1, 5)))
def test_the_tallies_of_parts_sum_to_those_of_the_whole(rows: list[Row], chosen: set[int]) -> None:
    ids = {device_id(number) for number in chosen}
    sure = [SURE, {**SURE, "mde_id": device_id(9)}]
    parts = [
        [row, *(other for other in rows if (other["mde_id"] in ids) is inside)]
        for row, inside in zip(sure, (True, False), strict=True)
    ]
    whole, _, _ = judged(export("whole", *sure, *rows))
    halves = [judged(export("part", *part))[0] for part in parts]

    for name, total in counts(whole).items():
        assert sum((counts(half)[name] for half in halves), Counter()) == +total
    once = {rule.id for rule in plans().plan.once_rules}
    for place, rule in enumerate(whole.rules):
        if rule.id not in once:
            assert sum((counts_of(half.rules[place])[1] for half in halves), Counter()) == +counts_of(rule)[1]
            assert rule.passed + rule.failed + rule.unknown + rule.not_applicable == (
                whole.devices["total"] - whole.devices["out_of_scope"]
            )


@settings(slowly, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=fleets(), size=st.integers(1, 3))
def test_how_many_devices_are_judged_at_once_changes_nothing(rows: list[Row], size: int) -> None:
    rows = [SURE, *rows]

    assert judged(export("whole", *rows), batch_size=size) == judged(export("whole", *rows))


@slowly
@given(fleets())
def test_what_is_said_of_a_device_does_not_depend_on_others(rows: list[Row]) -> None:
    _, devices, findings = judged(export("whole", SURE, *rows))
    for device in devices:
        name = device["device_id"]
        alone = judged(export("whole", SURE, *(row for row in rows if row["mde_id"] == name)))
        said = [[each for each in found if each["device_id"] == name] for found in (alone[1], alone[2])]

        assert bare(*said) == bare([device], [each for each in findings if each["device_id"] == name])


def test_the_fleets_above_come_out_in_every_way() -> None:
    """Else the properties would hold of nothing."""
    changes: list[Mapping[str, str | None]] = [
        {}, {"os.ubr": "1"}, {"os.ubr": None}, {"connectivity.evidence": "streamlined"}, {"device.excluded": "yes"}
    ]  # fmt: skip
    rows = [{"mde_id": device_id(at), **READY, **change} for at, change in enumerate(changes)]
    _, devices, _ = judged(export("made", *rows))

    assert [device["readiness"] for device in devices] == [
        Readiness.READY, Readiness.NOT_READY, Readiness.UNDETERMINED, Readiness.MIGRATED, Readiness.OUT_OF_SCOPE
    ]  # fmt: skip


# --- what is not known

STATED = {**TEXTS, **{fact: tuple(text for text in texts if text) for fact, texts in OTHERWISE.items()}}
UNSTATED = [Missing.NOT_EXPORTED, Missing.BLANK, Missing.UNREADABLE, Missing.STALE]


def texts_for(fact: str) -> Sequence[str]:
    """Return texts that are values of a fact."""
    spec = catalogue()[fact]
    by_type = {"flag": ("yes", "no"), "word": spec.words, "number": ("0", "14393", "19045"), "set": ("[]", '["plan1"]')}
    texts = [*STATED.get(fact, ()), *by_type.get(spec.type, ("1.0", "10.8040.1", "2026-11-20", "edr.contoso.example"))]
    return [text for text in texts if not isinstance(read_value(text, spec), Missing)]


@st.composite
def devices_and_lessons(draw: st.DrawFn) -> tuple[Device, Device]:
    """Return a device, and the same once more of it is known: gaps filled, conflicts settled."""
    plan = draw(st.sampled_from(every_plan()))
    names = sorted(name for name in plan.wanted() if not plan.specs[name].view_of)
    before: dict[str, Reading] = {}
    after: dict[str, Reading] = {}
    likely = {fact: READY[fact] for fact in READY if draw(st.booleans())}
    for fact in draw(st.lists(st.sampled_from(names), min_size=1, max_size=8, unique=True)):
        texts = texts_for(fact)
        known = [reading(plan, fact, text) for text in draw(st.lists(st.sampled_from(texts), min_size=1, max_size=2))]
        after[fact] = known[0]
        before[fact] = draw(st.sampled_from([known[0], unsettled(known), *(Reading(gap) for gap in UNSTATED)]))
        if plan.specs[fact].default is not None and before[fact].cell is Missing.NOT_EXPORTED:
            before[fact] = known[0]  # a default is replaced, not learnt
    sure = {fact: reading(plan, fact, text) for fact, text in likely.items() if fact in names}
    return Device(plan, {**sure, **before}), Device(plan, {**sure, **after})


def reading(plan: Plan, fact: str, text: str) -> Reading:
    return Reading(read_value(text, plan.specs[fact]), (text,))


def unsettled(known: Sequence[Reading]) -> Reading:
    """Return a conflict between readings; of equal ones the reading itself."""
    cells = {repr(item.cell): item.cell for item in known}
    texts = tuple(text for item in known for text in item.texts)
    return known[0] if len(cells) == 1 else Reading(Conflict(tuple(cells.values())), texts)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(devices_and_lessons())
def test_learning_a_fact_never_flips_what_is_decided(pair: tuple[Device, Device]) -> None:
    before, after = pair
    plan = before.plan
    whens = [row.when for row in plan.pack.routes] + [when for _, when in plan.scope]
    for condition in (*whens, *(part for rule in plan.pack.rules for part in (rule.applies_to, rule.require))):
        for defaults in (True, False):
            known = truth(before, condition, defaults)
            assert known is Truth.UNKNOWN or truth(after, condition, defaults) is known
    for rule in plan.pack.rules:
        known_outcome = outcome(before, rule)
        learnt = outcome(after, rule)
        if known_outcome is Outcome.PASS:
            assert learnt in (Outcome.PASS, Outcome.NOT_APPLICABLE)
        elif known_outcome is not Outcome.UNKNOWN:
            assert learnt is known_outcome


@pytest.mark.parametrize("plan", every_plan(), ids=lambda plan: f"{plan.pack.id}, {plan.pack.profile.id}")
@pytest.mark.parametrize("gap", [*Missing], ids=lambda gap: gap.name)
def test_no_rule_passes_and_no_device_is_ready_on_missing_facts(plan: Plan, gap: Missing) -> None:
    cell: Cell = gap if gap is not Missing.CONFLICTING else Conflict((Missing.UNREADABLE, Missing.BLANK))
    device = Device(plan, {fact: Reading(cell) for fact in plan.wanted()})
    outcomes = tuple(outcome(device, rule) for rule in plan.device_rules)
    verdict = decide(plan, Judgement("", route(device), outcomes, tuple(False for _ in outcomes), plan.wanted()))

    assert Outcome.PASS not in outcomes
    assert Outcome.PASS not in {outcome(device, rule) for rule in plan.once_rules}
    assert verdict.readiness is Readiness.UNDETERMINED
    assert verdict.undetermined_by


# --- three-valued logic


@pytest.mark.parametrize(("left", "right"), [*product(Truth, Truth)])
def test_de_morgan(left: Truth, right: Truth) -> None:
    assert all_of([left, right]).negated() is any_of([left.negated(), right.negated()])
    assert any_of([left, right]).negated() is all_of([left.negated(), right.negated()])


@pytest.mark.parametrize("truth", Truth)
def test_neutral_and_absorbing_truths(truth: Truth) -> None:
    assert all_of([truth, Truth.TRUE]) is any_of([truth, Truth.FALSE]) is truth.negated().negated() is truth
    assert all_of([truth, Truth.FALSE]) is Truth.FALSE
    assert any_of([truth, Truth.TRUE]) is Truth.TRUE
    assert (all_of([]), any_of([])) == (Truth.TRUE, Truth.FALSE)


@pytest.mark.parametrize(("a", "b", "c"), [*product(Truth, Truth, Truth)])
def test_all_and_any_are_a_lattice(a: Truth, b: Truth, c: Truth) -> None:
    assert all_of([a, b, c]) is all_of([c, all_of([b, a])])
    assert any_of([a, b, c]) is any_of([c, any_of([b, a])])
    assert all_of([a, any_of([b, c])]) is any_of([all_of([a, b]), all_of([a, c])])
    assert all_of([a, any_of([a, b])]) is any_of([a, all_of([a, b])]) is a


def test_unknown_is_its_own_mirror_image() -> None:
    assert [truth.negated() for truth in (Truth.FALSE, Truth.UNKNOWN, Truth.TRUE)] == [
        Truth.TRUE,
        Truth.UNKNOWN,
        Truth.FALSE,
    ]
    assert Truth.FALSE < Truth.UNKNOWN < Truth.TRUE


def test_an_observation_of_tomorrow_is_set_aside() -> None:
    row = {"mde_id": device_id(1), "observed": datetime(2026, 11, 24), **READY}  # noqa: DTZ001 - naive UTC
    summary, _, _ = judged(export("made", {"mde_id": device_id(1), **READY}, row))

    assert (summary.inputs[0].future, summary.inputs[0].devices, summary.inputs[0].merged) == (1, 1, 0)
