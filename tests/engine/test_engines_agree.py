"""The columnar engine judges as the plain one does: any small pack, on any small inventory, for every device."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from checker.engine.cells import Cell, Conflict
from checker.engine.columns import open_bucket
from checker.engine.judged import Judged, judge_columns
from checker.engine.outcomes import UNDETERMINED
from checker.engine.pool import Pool
from checker.engine.records import Records, gather_records
from checker.engine.reference import RowJudgement, judge_rows
from checker.facts.catalogue import catalogue
from checker.facts.values import read_value
from checker.inventory.identify import identify
from checker.model.outcome import Missing, Outcome
from checker.model.plan import Derived, Kind, Plan, Statement
from checker.model.record import FileRecords
from checker.model.selection import EVERYONE, Selection
from checker.packs.compile import compile_plan
from tests.engine.packs import AS_OF, LITERALS, TEXTS, TOLD, condition, conditions, pack, rule
from tests.engine.test_site_rules import rules
from tests.exports import device_id, export

DEVICES = 4
OLDEST = datetime(2026, 10, 26)  # noqa: DTZ001 - 28 days before the as-of day: just not stale
DOUBT = timedelta(hours=14)  # by which a time without a zone may be off
STALE, NOW = datetime(2026, 10, 1), datetime(2026, 11, 22)  # noqa: DTZ001
TIMES = (None, STALE, OLDEST - timedelta(microseconds=1), OLDEST, OLDEST + DOUBT, NOW)
ATTESTED = (date(2026, 10, 1), date(2026, 10, 26), date(2026, 11, 20))
TRICKY = ("os.ubr", "connectivity.type", "onboarding.offboarded_since", "device.vdi", "url.tests", *TOLD)
SOURCES = ("central", "own", "secondary", "local", "own local")
SITE_RULES = st.tuples(
    st.sampled_from(["*", "pilot", "ring 1"]),
    st.sampled_from(["*.contoso.example", "edr.contoso.example", ".example"]),
    st.sampled_from(["allow", "deny"]),
)
UNTIL = (AS_OF, AS_OF - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a run is made of, as plain as it can be shown."""

    rules: tuple[tuple[Any, Any], ...]  # require and applies_to
    routes: tuple[tuple[bool, Any], ...]  # stops and when
    kinds: tuple[tuple[str, Any], ...]  # entries of the derived fact agent.kind, instead of its own
    words: tuple[tuple[str, str, date, date, Kind, Any], ...]  # fact, value, attested, valid until, kind, where
    files: tuple[tuple[str, list[Any]], ...]  # one of SOURCES, and rows: device, time, cells
    require_dates: bool
    split: int  # at which device the second bucket begins
    site_rules: tuple[tuple[str, str, str], ...] = ()  # of a proxy: site, pattern, action

    def plan(self) -> Plan:
        rules = [rule(number, require, applies_to) for number, (require, applies_to) in enumerate(self.rules)]
        routes = [
            {"id": f"route-{number}", "title": "A way", "stops": str(stops), **({"when": when} if when else {})}
            for number, (stops, when) in enumerate(self.routes)
        ]
        words = tuple(
            Statement(fact, value, "Nora Lind", "CHG-1", day, until, "made", 1, devices(where), kind)
            for fact, value, day, until, kind, where in self.words
        )
        plan = compile_plan(pack(rules, routes), AS_OF, require_dates=self.require_dates)
        entries = tuple((value, condition(when)) for value, when in self.kinds)
        derived = tuple(Derived(item.spec, entries or item.entries) for item in plan.derived)
        return replace(plan, derived=derived, statements=words)

    def inputs(self) -> list[FileRecords]:
        return [
            export(
                f"file-{number}",
                *({"mde_id": device_id(device), "observed": time, **dict(cells)} for device, time, cells in rows),
                per_device=kind.startswith("own"),
                local_times=kind.endswith("local"),
                secondary=kind == "secondary",
            )
            for number, (kind, rows) in enumerate(self.files)
        ] + [rules(*self.site_rules)]


@st.composite
def drawn(draw: st.DrawFn) -> Drawn:
    some = st.sampled_from(TRICKY) | st.sampled_from([*TEXTS, *TOLD])
    facts = draw(st.lists(some, min_size=1, max_size=3, unique=True))
    read = list(dict.fromkeys(base for fact in facts for base in TOLD.get(fact, (fact,))))
    read += ["device.tags"] if "url.tests" in read else []
    read += ["os.build"] if "os.ubr" in read and "os.build" not in read else []
    asked = conditions(facts)
    attestable = [(fact, value) for fact in (*facts, *read) for value in values_of(fact)]
    said = st.sampled_from([(fact, text) for fact in read for text in TEXTS[fact]])
    cells = st.lists(said, min_size=1, max_size=3, unique_by=lambda pair: pair[0])
    rows = st.lists(st.tuples(st.integers(0, DEVICES - 1), st.sampled_from(TIMES), cells), min_size=1, max_size=4)
    kinds = st.lists(st.tuples(st.sampled_from(["mdatp", "mma"]), conditions(TOLD["agent.kind"])), max_size=3)
    days = (st.sampled_from(ATTESTED), st.sampled_from(UNTIL))
    words = st.tuples(st.sampled_from(attestable), *days, st.sampled_from(Kind), st.none() | asked)
    return Drawn(
        rules=tuple(draw(st.lists(st.tuples(asked, st.none() | asked), min_size=1, max_size=2))),
        routes=tuple(draw(st.lists(st.tuples(st.booleans(), st.none() | asked), min_size=1, max_size=2))),
        kinds=tuple(draw(kinds)) if "agent.kind" in facts else (),
        words=tuple(
            (fact, value, day, until, kind, where)
            for (fact, value), day, until, kind, where in draw(st.lists(words, max_size=3))
        )
        if attestable
        else (),
        files=tuple(draw(st.lists(st.tuples(st.sampled_from(SOURCES), rows), min_size=1, max_size=3))),
        require_dates=draw(st.booleans()),
        split=draw(st.integers(0, DEVICES)),
        site_rules=tuple(draw(st.lists(SITE_RULES, max_size=3))) if "url.tests" in read else (),
    )


SEVERAL_REASONS_OUT_OF_SCOPE = Drawn(
    rules=(({"os.family": "windows"}, None),),
    routes=((False, {"device.merged_to": {"exists": "true"}}),),
    kinds=(),
    words=(),
    files=(("central", [(0, None, [("os.family", "ios"), ("device.merged_to", "a1")])]),),
    require_dates=False,
    split=0,
)


def devices(where: Any) -> Selection:  # noqa: ANN401
    return Selection(condition(where)) if where else EVERYONE


def values_of(fact: str) -> list[str]:
    """Return texts of a fact that can be attested: a derived fact has none."""
    spec = catalogue()[fact]
    if spec.derived:
        return []
    texts = TEXTS.get(fact, LITERALS[fact])
    return [text for text in texts if not isinstance(read_value(text, spec), Missing)]


A_VIEW_AND_ITS_FACT_STATED = Drawn(
    rules=(({"agent.built": {"not_equals": "2023-05-01"}}, None),),
    routes=((False, None),),
    kinds=(),
    words=tuple(
        (fact, value, ATTESTED[0], AS_OF, Kind.ATTESTED, None)
        for fact, value in (("agent.built", "2024-02-01"), ("agent.version", "101.23052.0004"))
    ),
    files=(("central", [(0, None, [("agent.version", "101.23052.0004")])]),),
    require_dates=True,
    split=0,
)


A_VIEW_OF_TEXTS_THAT_NOBODY_CAN_READ = Drawn(
    rules=(({"agent.built": {"not_equals": {"fact": "agent.built"}}}, None),),
    routes=((False, None),),
    kinds=(),
    words=(),
    files=(("central", [(1, None, [("agent.version", "0.0")]), (1, None, [("agent.version", "?")])]),),
    require_dates=False,
    split=0,
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn())
@example(SEVERAL_REASONS_OUT_OF_SCOPE)
@example(A_VIEW_AND_ITS_FACT_STATED)
@example(A_VIEW_OF_TEXTS_THAT_NOBODY_CAN_READ)
def test_every_device_comes_out_the_same(run: Drawn) -> None:
    plan, inputs = run.plan(), run.inputs()
    identified = identify(inputs)
    expected = judge_rows(plan, inputs, identified)
    records = gather_records(inputs, identified, plan.specs, plan.wanted())
    pools: dict[str, Pool] = {}
    at = min(run.split, records.devices)
    for first, last in ((0, at), (at, records.devices)):
        judged = judge_columns(open_bucket(plan, records, first, last, pools))
        for place, row in enumerate(expected[first:last]):
            same_verdict(judged, place, row, plan)
            same_facts(judged, place, row, records)


def same_verdict(judged: Judged, place: int, row: RowJudgement, plan: Plan) -> None:
    assert tuple(Outcome(value) for value in judged.outcomes[:, place].tolist()) == row.outcomes
    scope, route = int(judged.scope[place]), int(judged.route[place])
    assert (plan.scope[scope][0] if scope >= 0 else "") == row.scope
    assert (None if route == UNDETERMINED else plan.pack.routes[route].id) == row.route


def same_facts(judged: Judged, place: int, row: RowJudgement, records: Records) -> None:
    bucket = judged.bucket
    for fact, column in bucket.columns.items():
        assert shape(column.pool.cells[column.codes[place]]) == shape(row.device.cell(fact)), fact
        if not bucket.plan.specs[fact].derived:
            reading = row.device.reading(fact)
            assert max(int(column.record[place]), -1) == reading.record or column.record[place] < -1, fact
            assert (column.record[place] < -1) == (reading.record == -1 and reading.texts != ()), fact
            assert reading.observed is None or records.time[reading.record] >= 0, fact


def shape(cell: Cell) -> tuple[object, object]:
    """Return a cell so that cells are equal only if they are of one type, whatever the order of a conflict."""
    if isinstance(cell, Conflict):
        return "conflict", frozenset(shape(part) for part in cell.candidates)
    return type(cell), cell
