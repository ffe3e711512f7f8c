"""What the rules of a proxy do to the devices of a site: the same in both engines, and never a pass."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from checker.decide.ledger import tally_inputs
from checker.engine.coalesce import applied_rules
from checker.engine.columns import open_bucket
from checker.engine.outcomes import outcome_of
from checker.engine.records import gather_records
from checker.engine.reference import judge_rows
from checker.facts.attempts import read_proxy_authentication, read_tls_inspection
from checker.inventory.identify import identify
from checker.inventory.rule_lines import read_rule
from checker.model.outcome import Missing, Outcome
from checker.model.plan import Plan
from checker.model.record import FileRecords
from checker.packs.compile import compile_plan
from tests.engine.packs import AS_OF, pack, rule
from tests.exports import device_id, export, moment

HOST = "edr-eus.us.endpoint.security.microsoft.com"
ALL_BELOW = "*.endpoint.security.microsoft.com"
FRESH, STALE = moment("2026-11-20"), moment("2026-09-01")
Rule = tuple[str | None, str, str]  # site, pattern, action


def tried(result: str, host: str = HOST, **how: str) -> str:
    return json.dumps([{"host": host, "method": "sense", "result": result, **how}])


def rules(*said: Rule, name: str = "rules.csv", sites: bool = True) -> FileRecords:
    """Return a file of rules as the reader gives it."""
    keys = {"site": "site_or_group"} if sites else {}
    rows = [{"name": site, "url.tests": read_rule(pattern, action)} for site, pattern, action in said]
    return export(name, *rows, founds=False, of_sites=True, keys=keys)


@dataclass(frozen=True)
class Scenario:
    """Rules and what is known of one device, and how a rule that needs the host comes out."""

    says: str
    rules: Sequence[Rule]
    outcome: Outcome
    device: Mapping[str, Any]
    tests: Sequence[tuple[Any, str]] = ()  # time and attempts


OSLO: dict[str, Any] = {"device.group": "Oslo", "device.tags": '["pilot","Ring 1"]'}
ALLOW, DENY = (("oslo", ALL_BELOW, "allow"),), (("oslo", ALL_BELOW, "deny"),)
REACHED = ((FRESH, tried("reachable")),)
PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
SCENARIOS = [
    Scenario("what is allowed is not proven", ALLOW, UNKNOWN, OSLO),
    Scenario("nor by a rule for the very host", (("oslo", HOST, "allow"),), UNKNOWN, OSLO),
    Scenario("what is allowed and was reached is proven by that", ALLOW, PASS, OSLO, REACHED),
    Scenario("what is allowed and stayed blocked is blocked", ALLOW, FAIL, OSLO, ((FRESH, tried("blocked")),)),
    Scenario("what is denied fails", DENY, FAIL, OSLO),
    Scenario("even beside an answer", DENY, FAIL, OSLO, REACHED),
    Scenario("what is denied elsewhere does not", DENY, PASS, {"device.group": "Lyon"}, REACHED),
    Scenario("nor where the group is not known", DENY, UNKNOWN, {}),
    Scenario("a tag is a site, too, in any case", ((" RING 1 ".strip().lower(), HOST, "deny"),), FAIL, OSLO),
    Scenario("a part of a group's name is none", (("osl", HOST, "deny"),), UNKNOWN, OSLO),
    Scenario("rules for all are for devices of no group", (("*", HOST, "deny"),), FAIL, {}),
    Scenario("a line of no site is of no device", ((None, HOST, "deny"),), UNKNOWN, OSLO),
    Scenario("inspection spared proves nothing", (("oslo", ALL_BELOW, "bypass_inspection"),), UNKNOWN, OSLO),
    Scenario("another port is another matter", (("oslo", f"{HOST}:80", "deny"),), PASS, OSLO, REACHED),
    Scenario("a path is no rule for its host", (("oslo", f"https://{HOST}/x/*", "deny"),), PASS, OSLO, REACHED),
    Scenario(
        "a denial of all hosts settles nothing, for what is allowed may stand before it",
        (("oslo", ALL_BELOW, "allow"), ("oslo", "*", "deny")),
        UNKNOWN,
        OSLO,
    ),
    Scenario(
        "nor does a wide one in which something is allowed",
        (("oslo", "*.microsoft.com", "deny"), ("oslo", ALL_BELOW, "allow")),
        UNKNOWN,
        OSLO,
    ),
    Scenario("a narrow one in what is allowed does", (*ALLOW, ("oslo", HOST, "deny")), FAIL, OSLO),
    Scenario("and what is both is denied", (*ALLOW, *DENY), FAIL, OSLO),
    Scenario("whichever of its sites says so", (*ALLOW, ("pilot", ALL_BELOW, "deny")), FAIL, OSLO),
    Scenario("old tests do not bring a rule down with them", DENY, FAIL, OSLO, ((STALE, tried("reachable")),)),
    Scenario("nor does a rule bring old tests back", ALLOW, UNKNOWN, OSLO, ((STALE, tried("reachable")),)),
    Scenario("what cannot be read stays so", ALLOW, UNKNOWN, OSLO, ((FRESH, "[{]"),)),
]  # fmt: skip


def plan_that_asks() -> Plan:
    asked = rule(0, {"url.tests": {"reaches": ["edr-*.*.endpoint.security.microsoft.com"]}}, None)
    return compile_plan(pack([asked], [{"id": "route-0", "title": "A way", "stops": "no"}]), AS_OF)


def outcomes(inputs: Sequence[FileRecords]) -> tuple[Outcome, Outcome, Any]:
    """Return how the device comes out in either engine, and what is known of its attempts in both."""
    plan = plan_that_asks()
    identified = identify(inputs)
    (row,) = judge_rows(plan, inputs, identified)
    records = gather_records(inputs, identified, plan.specs, plan.wanted())
    bucket = open_bucket(plan, records, 0, 1, {})
    column = bucket.column("url.tests")
    cell = column.pool.cells[column.codes[0]]
    assert cell == row.device.cell("url.tests")
    assert int(column.record[0]) == row.device.reading("url.tests").record
    return row.outcomes[0], Outcome(int(outcome_of(bucket, plan.device_rules[0])[0])), cell


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.says)
@pytest.mark.parametrize("turned", [False, True], ids=["as given", "turned round"])
def test_a_host_comes_out(scenario: Scenario, turned: bool) -> None:
    inputs = [
        export("fleet.csv", {"mde_id": device_id(1), "observed": FRESH, **scenario.device}),
        rules(*(scenario.rules[::-1] if turned else scenario.rules)),
        *(
            export(f"tests-{at}", {"mde_id": device_id(1), "observed": time, "url.tests": text}, founds=False)
            for at, (time, text) in enumerate(scenario.tests)
        ),
    ]
    plain, fast, _ = outcomes(inputs[::-1] if turned else inputs)

    assert (plain, fast) == (scenario.outcome, scenario.outcome)


def test_rules_show_neither_inspection_nor_a_proxy_that_asks_for_names() -> None:
    pinned = json.loads(tried("reachable"))
    wide = [*json.loads(read_rule("*.microsoft.com", "deny")), *pinned]
    for more in ([], wide, [*wide, {**wide[0], "result": "conflicting"}]):
        text = json.dumps([*pinned, *more])
        assert read_tls_inspection(text) is False
        assert read_proxy_authentication(json.dumps(more)) in (Missing.BLANK, False)


def test_the_ledger_tells_lines_that_are_for_some_device_from_those_that_are_for_none() -> None:
    inputs = [
        export("fleet.csv", {"mde_id": device_id(1), **OSLO}, {"mde_id": device_id(2), **OSLO}),
        rules(("oslo", HOST, "allow"), ("lyon", HOST, "deny"), ("*", HOST, "allow"), (None, HOST, "deny")),
        rules((None, HOST, "allow"), name="plain.txt", sites=False),
    ]
    plan = plan_that_asks()
    identified = identify(inputs)
    records = gather_records(inputs, identified, plan.specs, plan.wanted())
    told = tally_inputs(inputs, [0, 0, 0], identified.device, np.zeros(2, dtype=np.bool_), applied_rules(records, plan))

    assert [(item.rows, item.devices, item.merged, item.unmatched) for item in told] == [
        (2, 2, 0, 0), (4, 0, 2, 2), (1, 0, 1, 0)
    ]  # fmt: skip
    assert identified.unmatched == ()
