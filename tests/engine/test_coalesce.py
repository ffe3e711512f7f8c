"""What the records of a device say of a fact together: each line holds in both engines."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pytest

from checker.engine.cells import Cell, Conflict
from checker.engine.columns import open_bucket
from checker.engine.records import gather_records
from checker.engine.reference import judge_rows
from checker.facts.catalogue import catalogue
from checker.inventory.identify import identify
from checker.model.fact import KnownNone, SetValue
from checker.model.outcome import Missing
from checker.model.plan import Plan, Statement
from checker.packs.compile import compile_plan
from tests.engine.packs import AS_OF, pack, rule
from tests.exports import device_id, export, moment

UNDATED = None
STALE, LAST_DAY = moment("2026-10-25T23:59:59"), moment("2026-10-26")  # 28 days before the as-of day
MONDAY, TUESDAY = moment("2026-11-16T09:00"), moment("2026-11-17T09:00")
LATER, SURELY_LATER = moment("2026-11-16T23:00"), moment("2026-11-16T23:00:01")  # 14 hours, and more
CENTRAL, OWN = False, True  # whether a file was made on the device itself
SECONDARY = None
LOCAL, OTHER = "local", "other"  # whether the times of a file name no zone; and of whose: each is a clock of its own
Said = tuple[bool | str | None, datetime | None, str]


@dataclass(frozen=True)
class Scenario:
    """What records say, in any order, and what the device's value is."""

    says: str
    fact: str
    said: Sequence[Said]
    value: Any
    attested: tuple[str, str] = ("", "")  # value and day
    require_dates: bool = False


def conflict(*values: Any) -> Conflict:  # noqa: ANN401 - typed values of any kind
    return Conflict(values)


def tried(result: str, host: str = "a.example", status: str = "", error: str = "") -> str:
    return f'[{{"host": "{host}", "method": "mdatp", "result": "{result}", "status": "{status}", "error": "{error}"}}]'


def results(cell: Cell) -> Any:  # noqa: ANN401
    """Return of attempts what came back, of any other cell the cell."""
    attempts = isinstance(cell, tuple) and hasattr(cell[0], "result")
    return {attempt.host: attempt.result for attempt in cell} if attempts else cell


VERSION, CORES, ROLE, TYPE, TAGS, KBS, URLS = (
    "agent.version", "hardware.cores", "os.role", "connectivity.type", "device.tags", "updates.kbs", "url.tests"
)  # fmt: skip
SCENARIOS = [
    Scenario("nobody says anything", CORES, [], Missing.NOT_EXPORTED),
    Scenario("the newest wins", CORES, [(CENTRAL, MONDAY, "1"), (CENTRAL, TUESDAY, "2")], 2),
    Scenario("an undated one loses to any dated one", CORES, [(OWN, UNDATED, "1"), (CENTRAL, MONDAY, "2")], 2),
    Scenario("even to a stale one", CORES, [(OWN, UNDATED, "1"), (CENTRAL, STALE, "2")], Missing.STALE),
    Scenario("a blank is passed over", CORES, [(CENTRAL, MONDAY, "1"), (CENTRAL, TUESDAY, "")], 1),
    Scenario("only blanks are a blank", CORES, [(CENTRAL, MONDAY, ""), (CENTRAL, UNDATED, "n/a")], Missing.BLANK),
    Scenario("a blank hides no stale value", CORES, [(CENTRAL, STALE, "1"), (CENTRAL, TUESDAY, "")], Missing.STALE),
    Scenario(
        "what cannot be read hides what is older",
        CORES,
        [(CENTRAL, MONDAY, "1"), (CENTRAL, TUESDAY, "x")],
        Missing.UNREADABLE,
    ),
    Scenario("a secondary source counts where no other says anything", CORES, [(SECONDARY, MONDAY, "1")], 1),
    Scenario("and loses to any other, however old", CORES, [(SECONDARY, TUESDAY, "1"), (CENTRAL, UNDATED, "2")], 2),
    Scenario("even to a stale one", CORES, [(SECONDARY, TUESDAY, "1"), (CENTRAL, STALE, "2")], Missing.STALE),
    Scenario("and to a blank", CORES, [(SECONDARY, TUESDAY, "1"), (CENTRAL, MONDAY, "")], Missing.BLANK),
    Scenario("nor does it conflict", ROLE, [(SECONDARY, MONDAY, "server"), (CENTRAL, MONDAY, "client")], "client"),
    Scenario(
        "two secondary sources are told apart as others are",
        CORES,
        [(SECONDARY, MONDAY, "1"), (SECONDARY, TUESDAY, "2")],
        2,
    ),
    Scenario(
        "it adds nothing to a set",
        TAGS,
        [(SECONDARY, TUESDAY, '["a"]'), (CENTRAL, MONDAY, '["b"]')],
        SetValue(frozenset({"b"})),
    ),
    Scenario("equal time, different values", CORES, [(CENTRAL, MONDAY, "1"), (CENTRAL, MONDAY, "3")], conflict(1, 3)),
    Scenario("undated, different values", CORES, [(CENTRAL, UNDATED, "1"), (CENTRAL, UNDATED, "3")], conflict(1, 3)),
    Scenario("equal time, the device's own", CORES, [(OWN, MONDAY, "1"), (CENTRAL, MONDAY, "3")], 1),
    Scenario("newer is better than its own", CORES, [(OWN, MONDAY, "1"), (CENTRAL, TUESDAY, "3")], 3),
    Scenario("spellings of one value do not differ", CORES, [(CENTRAL, MONDAY, "3"), (CENTRAL, MONDAY, "3.0")], 3),
    Scenario(
        "what cannot be read takes part",
        CORES,
        [(CENTRAL, MONDAY, "2"), (CENTRAL, MONDAY, "x")],
        conflict(2, Missing.UNREADABLE),
    ),
    Scenario(
        "nobody knows whether two unreadable texts are the same",
        CORES,
        [(CENTRAL, MONDAY, "x"), (CENTRAL, MONDAY, "y")],
        conflict(Missing.UNREADABLE, Missing.UNREADABLE),
    ),
    Scenario(
        "no zone, within 14 hours: which is newer?",
        CORES,
        [(CENTRAL, MONDAY, "1"), (LOCAL, LATER, "3")],
        conflict(1, 3),
    ),
    Scenario("nor does it help to be older", CORES, [(LOCAL, MONDAY, "1"), (CENTRAL, LATER, "3")], conflict(1, 3)),
    Scenario("nor to be made on the device", CORES, [(LOCAL, MONDAY, "1"), (OWN, MONDAY, "3")], conflict(1, 3)),
    Scenario("two clocks without a zone", CORES, [(OTHER, MONDAY, "1"), (LOCAL, LATER, "3")], conflict(1, 3)),
    Scenario("the same value does not differ", CORES, [(CENTRAL, MONDAY, "3"), (LOCAL, LATER, "3")], 3),
    Scenario("more than 14 hours apart", CORES, [(CENTRAL, MONDAY, "1"), (LOCAL, SURELY_LATER, "3")], 3),
    Scenario(
        "of each clock the newest", CORES, [(CENTRAL, MONDAY, "1"), (CENTRAL, LATER, "2"), (LOCAL, LATER, "2")], 2
    ),
    Scenario(
        "a chain of doubts ends with the newest",
        CORES,
        [(LOCAL, MONDAY, "1"), (CENTRAL, LATER, "2"), (OTHER, SURELY_LATER, "3")],
        conflict(2, 3),
    ),
    Scenario("an undated one is older than any", CORES, [(CENTRAL, UNDATED, "1"), (LOCAL, MONDAY, "3")], 3),
    Scenario(
        "what never changes has no newest", ROLE, [(CENTRAL, MONDAY, "client"), (LOCAL, LATER, "client")], "client"
    ),
    Scenario(
        "latest: a blank may be the newest",
        TYPE,
        [(CENTRAL, LATER, "standard"), (LOCAL, MONDAY, "")],
        conflict(Missing.BLANK, "standard"),
    ),
    Scenario(
        "a doubt about what is stale is stale", CORES, [(CENTRAL, STALE, "1"), (LOCAL, STALE, "3")], Missing.STALE
    ),
    Scenario("older than the limit", CORES, [(CENTRAL, STALE, "1")], Missing.STALE),
    Scenario("as old as the limit", CORES, [(CENTRAL, LAST_DAY, "1")], 1),
    Scenario("undated is not stale", CORES, [(CENTRAL, UNDATED, "1")], 1),
    Scenario("unless dates are required", CORES, [(CENTRAL, UNDATED, "1")], Missing.STALE, require_dates=True),
    Scenario("a stale conflict is stale", CORES, [(CENTRAL, STALE, "1"), (CENTRAL, STALE, "2")], Missing.STALE),
    Scenario("what never changes does not grow stale", ROLE, [(CENTRAL, STALE, "server")], "server"),
    Scenario("nor without a date", ROLE, [(CENTRAL, UNDATED, "server")], "server", require_dates=True),
    Scenario(
        "and any difference is a conflict",
        ROLE,
        [(OWN, TUESDAY, "server"), (CENTRAL, STALE, "client")],
        conflict("client", "server"),
    ),
    Scenario("a blank is none", ROLE, [(OWN, TUESDAY, ""), (CENTRAL, STALE, "client")], "client"),
    Scenario(
        "latest: the newest row decides", TYPE, [(CENTRAL, MONDAY, "standard"), (CENTRAL, TUESDAY, "")], Missing.BLANK
    ),
    Scenario(
        "latest: a blank of the same time differs",
        TYPE,
        [(CENTRAL, MONDAY, "standard"), (CENTRAL, MONDAY, "")],
        conflict(Missing.BLANK, "standard"),
    ),
    Scenario("latest: its own blank wins", TYPE, [(CENTRAL, MONDAY, "standard"), (OWN, MONDAY, "")], Missing.BLANK),
    Scenario("where blank is a statement", TAGS, [(CENTRAL, MONDAY, '["a"]'), (CENTRAL, TUESDAY, "")], KnownNone()),
    Scenario(
        "union: all that is said",
        KBS,
        [(CENTRAL, MONDAY, '{"open": ["a"]}'), (OWN, TUESDAY, '["b"]')],
        SetValue(frozenset("ab"), closed=True),
    ),
    Scenario(
        "union: what is stale does not count",
        KBS,
        [(CENTRAL, STALE, '["a"]'), (CENTRAL, TUESDAY, '{"open": ["b"]}')],
        SetValue(frozenset("b"), closed=False),
    ),
    Scenario("union: all is stale", KBS, [(CENTRAL, STALE, '["a"]')], Missing.STALE),
    Scenario(
        "union: a fresh blank does not freshen it", KBS, [(CENTRAL, STALE, '["a"]'), (OWN, MONDAY, "")], Missing.STALE
    ),
    Scenario(
        "attempts: the last of each kind",
        URLS,
        [(CENTRAL, MONDAY, tried("blocked")), (CENTRAL, TUESDAY, tried("reachable"))],
        {"a.example": "reachable"},
    ),
    Scenario(
        "attempts: of one time, that differ",
        URLS,
        [(CENTRAL, MONDAY, tried("blocked")), (OWN, MONDAY, tried("reachable"))],
        {"a.example": "conflicting"},
    ),
    Scenario(
        "attempts: of one time, that prove the same",
        URLS,
        [(CENTRAL, UNDATED, tried("reachable", status="404")), (OWN, UNDATED, tried("reachable", status="200"))],
        {"a.example": "reachable"},
    ),
    Scenario(
        "attempts: what was not tested says nothing beside",
        URLS,
        [(CENTRAL, MONDAY, tried("not_tested")), (OWN, MONDAY, tried("blocked"))],
        {"a.example": "blocked"},
    ),
    Scenario("attested where nobody says it", CORES, [], 7, ("7", "2026-11-01")),
    Scenario("attested where it is blank", CORES, [(CENTRAL, TUESDAY, "")], 7, ("7", "2026-11-01")),
    Scenario("attested after it was observed too long ago", CORES, [(CENTRAL, STALE, "1")], 7, ("7", "2026-11-01")),
    Scenario("attested before that", CORES, [(CENTRAL, STALE, "1")], Missing.STALE, ("7", "2026-10-25")),
    Scenario("a measured value stands", CORES, [(CENTRAL, MONDAY, "1")], 1, ("7", "2026-11-20")),
    Scenario(
        "so does one that cannot be read", CORES, [(CENTRAL, MONDAY, "x")], Missing.UNREADABLE, ("7", "2026-11-20")
    ),
    Scenario(
        "and a conflict", CORES, [(CENTRAL, MONDAY, "1"), (CENTRAL, MONDAY, "3")], conflict(1, 3), ("7", "2026-11-20")
    ),
    Scenario("a view is attested like any fact", "agent.built", [], date(2024, 2, 1), ("2024-02-01", "2026-11-01")),
]


def plan_of(scenario: Scenario) -> Plan:
    plan = compile_plan(
        pack([rule(0, {scenario.fact: {"exists": "true"}})]), AS_OF, require_dates=scenario.require_dates
    )
    value, day = scenario.attested
    if not day:
        return plan
    word = Statement(scenario.fact, value, "Nora Lind", "CHG-1", date.fromisoformat(day), AS_OF, "made:1", 1)
    return replace(plan, statements=(word,))


def cells_of(scenario: Scenario, plan: Plan) -> tuple[Cell, Cell]:
    """Return the device's cell from the plain engine and from the columnar one."""
    fact = catalogue()[scenario.fact].view_of or scenario.fact
    inputs = [export("always", {"mde_id": device_id(1)})] + [
        export(
            f"file-{at}",
            {"mde_id": device_id(1), "observed": time, fact: text},
            per_device=own is True,
            secondary=own is None,
            local_times=own in (LOCAL, OTHER),
        )
        for at, (own, time, text) in enumerate(scenario.said)
    ]
    identified = identify(inputs)
    records = gather_records(inputs, identified, plan.specs, plan.wanted())
    column = open_bucket(plan, records, 0, 1, {}).column(scenario.fact)
    (row,) = judge_rows(plan, inputs, identified)
    return row.device.cell(scenario.fact), column.pool.cells[column.codes[0]]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.says)
@pytest.mark.parametrize("turned", [False, True], ids=["as given", "files turned round"])
def test_the_value_is(scenario: Scenario, turned: bool) -> None:
    said = scenario.said[::-1] if turned else scenario.said
    for cell in cells_of(replace(scenario, said=said), plan_of(scenario)):
        if isinstance(scenario.value, Conflict):
            assert isinstance(cell, Conflict)
            assert sorted(map(repr, cell.candidates)) == sorted(map(repr, scenario.value.candidates))
        else:
            assert (type(results(cell)), results(cell)) == (type(scenario.value), scenario.value)


@pytest.mark.parametrize("turned", [False, True], ids=["as given", "files turned round"])
def test_a_file_of_which_no_row_is_left_says_nothing(turned: bool) -> None:
    inputs = [
        export("one", {"mde_id": device_id(1), ROLE: "server"}),
        export("two", {"mde_id": device_id(2), CORES: "3"}),
    ]
    inputs[1].frames[:] = [frame.clear() for frame in inputs[1].frames]
    inputs = inputs[::-1] if turned else inputs
    plan = plan_of(Scenario("", CORES, [], None))
    records = gather_records(inputs, identify(inputs), plan.specs, plan.wanted())

    column = open_bucket(plan, records, 0, 1, {}).column(CORES)

    assert column.pool.cells[column.codes[0]] is Missing.NOT_EXPORTED


SPELLED = [  # of one moment, and what is shown: of each value the least of its spellings
    (("3", "3.0"), "3"),
    (("3.0", "3"), "3"),
    (("3.0", "3", "1"), "1 | 3"),
    (("1", "3", "3.0"), "1 | 3"),
    (("x", "3.00", "3.0"), "3.0 | x"),
    (("1", "1"), "1"),
]


@pytest.mark.parametrize("turned", [False, True], ids=["as given", "files turned round"])
def test_what_is_shown_hangs_on_no_order(turned: bool) -> None:
    inputs = [
        export(
            f"file-{at}",
            *(
                {"mde_id": device_id(number), "observed": MONDAY, CORES: texts[at]}
                for number, (texts, _) in enumerate(SPELLED)
                if at < len(texts)
            ),
        )
        for at in range(3)
    ]
    plan = plan_of(Scenario("", CORES, [], None))
    inputs = inputs[::-1] if turned else inputs
    identified = identify(inputs)
    records = gather_records(inputs, identified, plan.specs, plan.wanted())

    column = open_bucket(plan, records, 0, len(SPELLED), {}).column(CORES)

    shown = dict(zip(identified.device_ids, (column.pool.word(code) for code in column.shown.tolist()), strict=True))
    assert shown == {device_id(number): text for number, (_, text) in enumerate(SPELLED)}


def test_a_view_reads_what_was_attested_of_the_other_fact() -> None:
    scenario = Scenario("", "agent.built", [], None)
    word = Statement("agent.version", "101.24012.1", "Nora Lind", "CHG-1", AS_OF, AS_OF, "made:1", 1)
    for cell in cells_of(scenario, replace(plan_of(scenario), statements=(word,))):
        assert cell == date(2024, 1, 1)


def test_a_view_of_a_conflict_is_decided_where_all_its_readings_are_one() -> None:
    same = [(CENTRAL, MONDAY, "101.24012.1"), (CENTRAL, MONDAY, "101.24012.2")]
    other = [*same, (CENTRAL, MONDAY, "101.24022.1")]
    for cell in cells_of(scenario := Scenario("", "agent.built", same, None), plan_of(scenario)):
        assert cell == date(2024, 1, 1)
    for cell in cells_of(scenario := Scenario("", "agent.built", other, None), plan_of(scenario)):
        assert set(cell.candidates) == {date(2024, 1, 1), date(2024, 2, 1)}


def test_no_fact_that_never_changes_lets_its_newest_row_decide() -> None:
    assert [name for name, spec in catalogue().items() if spec.merge == "latest" and not spec.changes] == []


def test_a_file_without_a_zone_orders_its_own_observations() -> None:
    rows = [{"mde_id": device_id(1), "observed": time, CORES: text} for time, text in ((MONDAY, "1"), (LATER, "3"))]
    for inputs in ([export("file", *rows, local_times=True)], [export("file", *rows[::-1], local_times=True)]):
        plan = plan_of(Scenario("", CORES, [], None))
        identified = identify(inputs)
        records = gather_records(inputs, identified, plan.specs, plan.wanted())
        column = open_bucket(plan, records, 0, 1, {}).column(CORES)
        (row,) = judge_rows(plan, inputs, identified)
        assert (row.device.cell(CORES), column.pool.cells[column.codes[0]]) == (3, 3)
