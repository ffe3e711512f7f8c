"""An explanation says what ``check`` found, and nothing that its own trees do not show."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from checker.decide.exit import Gate
from checker.engine.records import gather_records
from checker.engine.select import resolve
from checker.errors import UsageError
from checker.explain.device import Asked
from checker.explain.histogram import rule_histogram
from checker.explain.run import Fleet, explain, explain_at, find_device, histogram, open_fleet
from checker.facts.catalogue import catalogue
from checker.inventory.identify import identify
from checker.loading import NO_WAIVERS, NO_WAVES, Loaded
from checker.model.explanation import Explanation, FactNote, RuleStory, Tree, ValueCount
from checker.model.notes import NO_CONTROLS
from checker.model.outcome import Outcome, Readiness
from checker.model.plan import Kind, Plan, Statement
from checker.model.record import FileRecords
from checker.model.selection import Selection
from checker.model.truth import Truth
from checker.model.waiver import Waiver
from checker.options import Options
from checker.packs.build import build_pack
from checker.packs.compile import compile_plan
from checker.pipeline import check
from tests.contoso import FLEET, ROOT
from tests.engine.packs import AS_OF, pack_files, rule
from tests.exports import device_id, entra_id, export, moment

CONTOSO = Options(
    (f"{ROOT}/{FLEET}/inventory",),
    AS_OF,
    attestations=f"{ROOT}/{FLEET}/attestations.yaml",
    gate=Gate("all", "never"),
    all_outcomes=True,
)
EVERYTHING = Asked("all")
FRESH = "2026-11-20T10:00:00"
OLD = "2026-10-01T10:00:00"


@pytest.fixture(scope="module")
def told() -> dict[str, Explanation]:
    """Explain every device of the demo fleet, with every rule that applies."""
    fleet = open_fleet(CONTOSO)
    everyone = [explain_at(fleet, place, EVERYTHING) for place in range(fleet.records.devices)]
    return {one.device_id: one for one in everyone}


@pytest.fixture(scope="module")
def checked() -> Iterator[tuple[pl.DataFrame, pl.DataFrame, dict[str, Any]]]:
    """Check the demo fleet: devices, findings of every outcome, tallies of the rules."""
    with check(CONTOSO) as result:
        devices, findings = (pl.concat(table.frames()) for table in (result.devices, result.findings))
        yield devices, findings, {rule.id: rule for rule in result.summary.rules}


def outcomes(one: Explanation) -> dict[str, str]:
    return {story.id: story.outcome for story in one.rules}


def test_every_outcome_of_every_device_is_that_of_check(
    told: dict[str, Explanation], checked: tuple[pl.DataFrame, pl.DataFrame, Any]
) -> None:
    devices, findings, _ = checked
    expected: dict[str, dict[str, str]] = defaultdict(dict)
    left_out: Counter[str] = Counter()
    for device, name, outcome in findings.select("device_id", "rule_id", "outcome").iter_rows():
        if device and outcome != Outcome.NOT_APPLICABLE.name:
            expected[device][name] = outcome
        elif device:
            left_out[device] += 1

    assert told.keys() == set(devices["device_id"])
    assert {device: outcomes(one) for device, one in told.items() if outcomes(one)} == expected
    assert {device: number for device, one in told.items() for _, number in one.left_out} == left_out


def test_every_verdict_is_that_of_check(
    told: dict[str, Explanation], checked: tuple[pl.DataFrame, pl.DataFrame, Any]
) -> None:
    for row in checked[0].iter_rows(named=True):
        one = told[row["device_id"]]
        for column in ("device_name", "readiness", "by", "route", "path", "verification"):
            assert getattr(one, column) == (row[column] or ""), (one.device_id, column)
        assert list(one.aliases) == row["aliases"]
        if one.scope:
            assert (one.readiness, one.by) == (Readiness.OUT_OF_SCOPE, one.scope)
            assert one.scope_tree is not None
            assert one.scope_tree.truth == "TRUE"


def test_the_last_row_of_the_route_table_is_the_one_that_decides(told: dict[str, Explanation]) -> None:
    for one in told.values():
        effects = [row.effect for row in one.routes]
        taken = [row.id for row in one.routes if row.effect == "taken"]
        assert taken == ([one.route] if one.route not in ("", "undetermined") else [])
        assert set(effects[:-1]) <= {"not this one", "passed over"}
        for row in one.routes:
            assert (row.effect == "taken") == (row.truth == "TRUE")


def trees(one: Explanation) -> Iterator[Tree]:
    for story in one.rules:
        yield from (story.require, *([story.applies_to] if story.applies_to else []))
        yield from (entry for fact in story.facts for entry in fact.told_from)
    yield from (row.tree for row in one.routes)


def joined(node: Tree) -> int:
    """Return the truth that the words of a node make of its parts."""
    parts = [Truth[part.truth] for part in node.parts]
    match node.words:
        case "all of:":
            return min(parts)
        case "any of:":
            return max(parts)
        case "none of:":
            return 2 - max(parts)
        case "not:":
            return 2 - parts[0]
        case _:
            return parts[0] if parts else Truth[node.truth]


def every(node: Tree) -> Iterator[Tree]:
    yield node
    for part in node.parts:
        yield from every(part)


def test_every_part_of_a_tree_is_what_its_parts_make_of_it(told: dict[str, Explanation]) -> None:
    nodes = (node for one in told.values() for tree in trees(one) for node in every(tree))
    assert all(joined(node) == Truth[node.truth] for node in nodes)


def test_the_trees_of_a_rule_give_its_outcome(told: dict[str, Explanation]) -> None:
    by_truth = {Truth.TRUE: "PASS", Truth.FALSE: "FAIL", Truth.UNKNOWN: "UNKNOWN"}
    for one in told.values():
        for story in one.rules:
            applies = Truth[story.applies_to.truth] if story.applies_to else Truth.TRUE
            held = Truth(max(applies.negated(), Truth[story.require.truth]))
            assumed = any("only if" in remark for remark in story.remarks)
            assert story.outcome == ("UNKNOWN" if assumed else by_truth[held]), (one.device_id, story.id)


def test_values_and_places_are_those_of_the_findings(
    told: dict[str, Explanation], checked: tuple[pl.DataFrame, pl.DataFrame, Any]
) -> None:
    compared = 0
    for finding in checked[1].filter(pl.col("outcome") == "FAIL").iter_rows(named=True):
        story = {each.id: each for each in told[finding["device_id"]].rules}[finding["rule_id"]]
        notes = {note.fact: note for note in story.facts}
        assert story.message == finding["message"]
        for evidence in finding["evidence"]:
            note = notes.get(evidence["fact"])
            if note is None or note.because.startswith("assumed"):
                continue
            assert note.missing == (evidence["missing"] or ""), (finding["device_id"], evidence)
            if note.told and not note.missing:
                places = [(each.file, each.row, each.column, each.observed) for each in note.told]
                place = tuple(evidence[key] for key in ("file", "row", "column", "observed"))
                assert place in places or note.fact == "url.tests"  # attempts on other hosts are not told
                compared += 1
    assert compared > 50


def test_every_unknown_says_what_would_settle_it(told: dict[str, Explanation]) -> None:
    for one in told.values():
        for story in one.rules:
            assert bool(story.settles) == (story.outcome == "UNKNOWN"), (one.device_id, story.id)


def test_what_fails_stands_first(told: dict[str, Explanation]) -> None:
    order = ["FAIL", "UNKNOWN", "PASS", "NOT_APPLICABLE"]
    for one in told.values():
        places = [order.index(story.outcome) for story in one.rules]
        assert places == sorted(places)


def test_the_histogram_of_every_rule_adds_up_to_check(checked: tuple[pl.DataFrame, pl.DataFrame, Any]) -> None:
    fleet = open_fleet(CONTOSO)
    for each in fleet.loaded.plan.pack.rules:
        found = rule_histogram(fleet.loaded.plan, fleet.records, each, fleet.lists, limit=7)
        tally = checked[2][each.id]
        assert dict(found.outcomes) == {
            "PASS": tally.passed,
            "FAIL": tally.failed,
            "UNKNOWN": tally.unknown,
            "NOT_APPLICABLE": tally.not_applicable,
        }
        for fact in found.facts:
            assert sum(line.devices for line in fact.lines) + fact.more_devices == found.judged, (each.id, fact.fact)
            assert len(fact.lines) <= 7


# A made pack, for what the demo fleet does not show.

RULES = (
    rule(0, {"agent.version": {"at_least": "$oldest"}}, {"os.family": "windows"}),
    rule(1, {"os.ubr": {"at_least_by": {"key": "os.build", "table": "$updates", "column": "ubr"}}}),
    rule(2, {"url.tests": {"reaches": {"hosts": ["a.contoso.example"], "port": 443}}}, about="site"),
    rule(3, {"any": [{"device.vdi": "none"}, {"device.tags": {"contains": "physical"}}]}),
    rule(4, {"agent.kind": "builtin"}),
    {**rule(5, {"os.build": {"at_least": "19045"}}), "routes": ["go"]},
    rule(6, {"device.group": "pilot"}, {"os.role": "client"}, severity="major"),
    rule(7, {"av.platform": {"at_least": "4.18"}, "av.engine": {"at_least": "1.1"}}),
    rule(8, {"tenant.licences": {"contains": "plan2"}}, about="tenant", phase="advice"),
)
PARAMETERS = {
    "oldest": {"meaning": "Oldest agent", "all": {"source": "made", "value": "10.8040"}},
    "updates": {
        "meaning": "First updates",
        "all": {"source": "made", "table": {"key": ["os.build"], "columns": ["ubr"], "rows": [["19045", "2194"]]}},
    },
}
WORD = Statement(
    "device.group", "pilot", "Nora Lind", "CHG-1042", date(2026, 11, 10), date(2027, 5, 10), "attestations.yaml", 2
)


def plan_of(*words: Statement, waivers: tuple[Waiver, ...] = ()) -> Plan:
    routes = ({"id": "go", "title": "Go", "moves": "true"},)
    pack = build_pack(pack_files(RULES, routes, parameters=PARAMETERS), "seed", AS_OF)
    return replace(compile_plan(pack, AS_OF), statements=words, waivers=waivers)


def fleet_of(plan: Plan, *inputs: FileRecords) -> Fleet:
    identified = identify(inputs)
    records = gather_records(inputs, identified, plan.specs, plan.wanted())
    loaded = Loaded(plan, None, NO_WAIVERS, NO_WAVES, (), (), False, False, NO_CONTROLS)
    return Fleet(loaded, records, resolve(records, plan.selections), False)


def one_device(plan: Plan, *rows: Mapping[str, Any]) -> Explanation:
    same = {"mde_id": device_id(1), "name": "ws-1.contoso.example", "observed": moment(FRESH)}
    return explain_at(fleet_of(plan, export("a.csv", *({**same, **row} for row in rows))), 0, Asked("all"))


def story_of(one: Explanation, number: int) -> RuleStory:
    return next(story for story in one.rules if story.id == f"made.rule-{number}")


def note_of(story: RuleStory, fact: str) -> FactNote:
    return next(note for note in story.facts if note.fact == fact)


def test_a_leaf_names_its_parameter_and_the_threshold_its_source() -> None:
    story = story_of(one_device(plan_of(), {"agent.version": "10.1", "os.family": "windows"}), 0)
    assert story.outcome == "FAIL"
    assert story.require == Tree("agent.version is at least 10.8040 ($oldest)", "FALSE", "10.1")
    assert [(each.parameter, each.value, each.meaning) for each in story.thresholds] == [
        ("oldest", "10.8040", "Oldest agent")
    ]
    assert story.thresholds[0].source.url == "https://contoso.example/made"
    told = note_of(story, "agent.version").told
    assert [(each.value, each.file, each.row, each.column) for each in told] == [("10.1", "a.csv", 1, "agent.version")]
    assert told[0].observed == moment(FRESH)


@pytest.mark.parametrize(
    ("build", "here", "threshold"),
    [
        ("19045", "os.ubr 100, os.build 19045; the table asks for 2194", "ubr 2194 (a table by os.build)"),
        ("22631", "os.ubr 100, os.build 22631; the table has no row for that", "a table by os.build, with no row"),
    ],
)
def test_a_table_is_shown_by_the_device_s_own_row(build: str, here: str, threshold: str) -> None:
    story = story_of(one_device(plan_of(), {"os.ubr": "100", "os.build": build}), 1)
    assert story.require.here == here
    assert story.thresholds[0].value.startswith(threshold)


def tried(host: str, result: str, port: int = 443, **more: object) -> dict[str, object]:
    return {"url.tests": f'[{{"host": "{host}", "port": "{port}", "method": "mdatp", "result": "{result}"}}]', **more}


def test_attempts_are_told_that_the_rule_asks_for_each_with_its_row() -> None:
    others = (tried("b.contoso.example", "reachable"), tried("a.contoso.example", "reachable", 80))
    story = story_of(one_device(plan_of(), tried("a.contoso.example", "blocked"), *others), 2)
    assert story.outcome == "FAIL"
    assert story.require.here == "1 of 3 attempts are on these hosts and port"
    assert [(each.value, each.row) for each in note_of(story, "url.tests").told] == [
        ("a.contoso.example:443 by mdatp blocked", 1)
    ]


@pytest.mark.parametrize("when", [moment(OLD), None], ids=["stale", "undated"])
def test_attempts_that_do_not_count_beside_fresh_ones_are_not_told(when: datetime | None) -> None:
    rows = (tried("a.contoso.example", "blocked", observed=when), tried("a.contoso.example", "reachable"))
    story = story_of(one_device(plan_of(), *rows), 2)
    assert (story.outcome, [each.row for each in note_of(story, "url.tests").told]) == ("PASS", [2])


def test_of_many_attempts_the_newest_are_told_and_the_rest_is_counted() -> None:
    rows = (tried("a.contoso.example", "reachable", observed=moment(f"2026-11-20T10:{at:02}:00")) for at in range(30))
    note = note_of(story_of(one_device(plan_of(), *rows), 2), "url.tests")
    assert ([each.row for each in note.told], note.untold) == ([*range(30, 10, -1)], 10)


def test_a_conflict_shows_both_values_and_their_places() -> None:
    rows = ({"agent.version": "10.1", "os.family": "windows"}, {"agent.version": "10.9000", "os.family": "windows"})
    story = story_of(one_device(plan_of(), *rows, {"agent.version": "10.2", "observed": moment(OLD)}), 0)
    note = note_of(story, "agent.version")
    assert (story.outcome, note.missing) == ("UNKNOWN", "CONFLICTING")
    assert sorted((each.value, each.row) for each in note.told) == [("10.1", 1), ("10.9000", 2)]
    assert "contradict" in story.settles[0]


def test_a_stale_value_is_shown_and_may_be_attested_again() -> None:
    row = {"agent.version": "10.9000", "os.family": "windows", "observed": moment(OLD)}
    story = story_of(one_device(plan_of(), row), 0)
    assert story.require.here == "stale: 10.9000"
    assert note_of(story, "agent.version").value == "10.9000"
    assert story.settles[0].startswith("agent.version alone: its value is too old; export it again")


def test_an_unreadable_value_cannot_be_attested_away() -> None:
    story = story_of(one_device(plan_of(), {"agent.version": "new", "os.family": "windows"}), 0)
    assert story.require.here == "unreadable: new"
    assert "attest" not in story.settles[0]


def test_what_is_assumed_is_marked_and_is_no_proof() -> None:
    story = story_of(one_device(plan_of(), {"os.build": "19045"}), 3)
    assert (story.outcome, story.require.truth) == ("UNKNOWN", "TRUE")
    assert story.require.parts[0].here == "none (assumed)"
    assert note_of(story, "device.vdi").because.startswith("assumed")
    assert "only if device.vdi is none" in story.remarks[0]
    assert story.settles[0].startswith("state device.vdi: ")


def test_a_derived_fact_shows_the_entries_that_were_tried() -> None:
    row = {"os.family": "windows", "os.role": "client", "os.build": "19045"}
    note = note_of(story_of(one_device(plan_of(), row), 4), "agent.kind")
    assert (note.value, note.because) == ("builtin", "told from other facts")
    assert [(entry.words, entry.truth) for entry in note.told_from] == [
        ("mdatp, where", "FALSE"),
        ("builtin, where", "TRUE"),
    ]


def test_an_attested_value_names_who_on_what_evidence_until_when() -> None:
    story = story_of(one_device(plan_of(WORD), {"os.role": "client"}), 6)
    assert story.outcome == "PASS"
    because = note_of(story, "device.group").because
    for text in ("Nora Lind", "2026-11-10", "2027-05-10", "CHG-1042", "attestations.yaml:2"):
        assert text in because


def test_a_value_that_was_read_counts_against_what_is_attested_and_says_so() -> None:
    note = note_of(story_of(one_device(plan_of(WORD), {"os.role": "client", "device.group": "lab"}), 6), "device.group")
    assert (note.value, note.because) == ("lab", "")
    assert "Nora Lind" in note.warning


@pytest.mark.parametrize(
    ("kind", "says"), [(Kind.PLANNED, "planned (attestations.yaml:2)"), (Kind.ASSUMED, "a simulation")]
)
def test_what_is_planned_or_supposed_is_never_called_attested(kind: Kind, says: str) -> None:
    story = story_of(one_device(plan_of(replace(WORD, kind=kind)), {"os.role": "client"}), 6)
    because = note_of(story, "device.group").because
    assert says in because
    assert "attested" not in because


def test_a_supposition_is_the_first_thing_that_is_said() -> None:
    one = one_device(plan_of(replace(WORD, kind=Kind.ASSUMED)), {"os.role": "client"})
    assert one.remarks == ("SIMULATION: device.group is supposed to be pilot; nothing here is a proof",)


def test_words_that_differ_are_all_shown() -> None:
    lab = replace(WORD, value="lab", by="Aoife Byrne", line=9)
    note = note_of(story_of(one_device(plan_of(WORD, lab), {"os.role": "client"}), 6), "device.group")
    assert note.missing == "CONFLICTING"
    assert "Nora Lind" in note.because
    assert "Aoife Byrne" in note.because


def test_facts_that_settle_only_together_are_named_together() -> None:
    story = story_of(one_device(plan_of(), {"os.build": "19045"}), 7)
    assert [line.partition(":")[0] for line in story.settles] == ["av.platform alone", "av.engine alone"]
    applies = story_of(one_device(plan_of(), {"os.build": "19045", "av.platform": "4.18"}), 7)
    assert [line.partition(":")[0] for line in applies.settles] == ["av.engine alone"]


def test_values_that_are_known_and_decide_nothing_ask_for_better_evidence() -> None:
    row = {"url.tests": '[{"host": "a.contoso.example", "method": "tcp", "result": "reachable"}]'}
    story = story_of(one_device(plan_of(), row), 2)
    assert story.settles == (
        f"better evidence, since what is known decides nothing: url.tests ({catalogue()['url.tests'].carried_by})",
    )


def test_a_rule_whose_remedy_is_the_route_does_not_count() -> None:
    story = story_of(one_device(plan_of(), {"os.build": "17134"}), 5)
    assert story.outcome == "FAIL"
    assert story.remarks == ("does not count on the route go, which is its remedy",)


def test_a_waiver_is_named_with_its_reason_and_end() -> None:
    place = plan_of().pack.rules[0].place
    waiver = Waiver(
        "W-1", "made.rule-0", Selection(), True, "Replaced soon", "A", "B", "CHG-1", AS_OF, date(2026, 12, 1), place
    )
    one = one_device(plan_of(waivers=(waiver,)), {"agent.version": "10.1", "os.family": "windows"})
    assert "waived until 2026-12-01 by W-1: Replaced soon" in story_of(one, 0).remarks[0]


def test_only_the_rules_that_are_asked_for_are_told() -> None:
    fleet = fleet_of(plan_of(), export("a.csv", {"mde_id": device_id(1), "os.family": "linux"}))
    one = explain_at(fleet, 0, Asked(only=frozenset({"made.rule-0"})))
    assert outcomes(one) == {"made.rule-0": "NOT_APPLICABLE"}
    assert (one.routes, one.facts, one.route) == ((), (), explain_at(fleet, 0, Asked()).route)
    assert explain_at(fleet, 0, Asked()).routes
    assert explain_at(fleet, 0, Asked()).left_out == (("NOT_APPLICABLE", 1),)
    assert "made.rule-0" in outcomes(explain_at(fleet, 0, Asked(all_outcomes=True)))


# Who is meant.

NAMED = (
    {"mde_id": device_id(1), "name": "WS-1.contoso.example"},
    {"mde_id": device_id(2), "name": "ws-2.contoso.example"},
    {"mde_id": device_id(3), "name": "ws-2.fabrikam.example"},
    {"entra_id": entra_id(4), "name": "ws-4.contoso.example"},
    {"name": "srv-5"},
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (device_id(2), device_id(2)),
        (device_id(10).upper(), device_id(10)),
        ("ws-1.contoso.example", device_id(1)),
        (" WS-1 ", device_id(1)),
        ("ws-2.contoso.example.", device_id(2)),
        (entra_id(4), f"entra:{entra_id(4)}"),
        (f"entra:{entra_id(4)}", f"entra:{entra_id(4)}"),
        ("srv-5", "name:srv-5"),
        ("name:srv-5", "name:srv-5"),
    ],
)
def test_a_device_is_found_by_id_or_name(text: str, found: str) -> None:
    records = fleet_of(plan_of(), export("a.csv", *NAMED, {"mde_id": device_id(10)})).records
    assert records.device_ids[find_device(records, text)] == found


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("ws-2", "2 devices go by this name", f"give one of their ids: {device_id(2)}, {device_id(3)}"),
        ("ws-1.contoso.exmaple", "no device goes by this id or name", "did you mean ws-1.contoso.example"),
        ("nothing-like-it", "no device goes by this id or name", "check -o devices"),
    ],
)
def test_who_is_not_found_is_told_why(text: str, what: str, hint: str) -> None:
    records = fleet_of(plan_of(), export("a.csv", *NAMED)).records
    with pytest.raises(UsageError) as wrong:
        find_device(records, text)
    assert wrong.value.problems[0].what == what
    assert wrong.value.problems[0].hint.startswith(hint)


# The histogram.


def devices(fact: str, values: Sequence[str | None]) -> FileRecords:
    return export("a.csv", *({"mde_id": device_id(at), fact: value} for at, value in enumerate(values, start=1)))


def test_a_histogram_tells_what_fails_first_then_by_frequency_and_counts_the_rest() -> None:
    fleet = fleet_of(plan_of(), devices("os.build", ["19045", "19045.0", "17134", "x", "", None]))
    found = rule_histogram(fleet.loaded.plan, fleet.records, fleet.loaded.plan.pack.rules[5], {}, limit=3)
    told = [(line.value, line.outcome, line.devices) for line in found.facts[0].lines]
    assert told == [("17134", "FAIL", 1), ("blank", "UNKNOWN", 1), ("not exported", "UNKNOWN", 1)]
    assert (found.facts[0].more_values, found.facts[0].more_devices) == (2, 3)
    everything = rule_histogram(fleet.loaded.plan, fleet.records, fleet.loaded.plan.pack.rules[5], {}, limit=30)
    assert {line.value for line in everything.facts[0].lines} == {
        "19045", "17134", "unreadable: x", "blank", "not exported"
    }  # fmt: skip
    assert everything.facts[0].lines[-1] == ValueCount("19045", "PASS", 2)  # spellings of one value are one line


def test_a_rule_about_the_tenant_is_judged_once() -> None:
    fleet = fleet_of(plan_of(), devices("os.build", ["19045", "17134"]))
    found = rule_histogram(fleet.loaded.plan, fleet.records, fleet.loaded.plan.pack.rules[8], {}, limit=3)
    assert (found.judged, dict(found.outcomes)["UNKNOWN"]) == (1, 1)


@pytest.mark.parametrize(
    ("wish", "what", "hint"),
    [
        ("sc.sense-mim", "there is no such rule in streamlined-connectivity, profile 2023-09", "sc.sense-min"),
        ("sc.licence", "is judged once per run, not on a device", "explain --rule sc.licence"),
        ("sc.sense-min-analyzer", "is a note: it has no outcome", "rules show sc.sense-min-analyzer"),
    ],
)
def test_a_rule_that_cannot_be_told_of_a_device_is_refused(wish: str, what: str, hint: str) -> None:
    with pytest.raises(UsageError) as wrong:
        explain(CONTOSO, "ws-osl-004", Asked(only=frozenset({wish})))
    assert wrong.value.problems[0].what == what
    assert hint in wrong.value.problems[0].hint


def test_a_histogram_of_no_rule_is_refused() -> None:
    with pytest.raises(UsageError):
        histogram(CONTOSO, "sc.nothing")
