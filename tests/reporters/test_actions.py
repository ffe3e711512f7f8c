"""Actions by group: their sums are what the summary says, and the action of every failing rule is there."""

from collections import Counter
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from checker.decide.exit import Gate
from checker.decide.steps import AGAIN
from checker.decide.unlock import SETTLE
from checker.model.notes import ActionNote
from checker.model.result import DEVICE_COLUMNS, Result, Table
from checker.pipeline import check
from checker.reporters import shown
from checker.reporters.kinds import Write
from checker.reporters.tables import actions
from tests.contoso import DEMO, ROOT, working_in

from .fleets import AGENT, SENSE, STALE, TENANT, device_id, fleet
from .plans import written
from .results import build


def device(number: int, group: str | None, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    told: dict[str, Any] = {"device_id": device_id(number), "group": group, "readiness": "NOT_READY"}
    return told | {"failed": [], "waived": [], "next_steps": []} | changes


def with_devices(folder: Path, rows: list[dict[str, Any]], *notes: ActionNote) -> Result:
    made = build(folder, fleet(), actions=notes)
    actions_of = {AGENT.id: "update-agent", SENSE.id: "update-sensor", STALE.id: "switch-on", TENANT.id: "wait"}
    rules = tuple(replace(rule, action=actions_of.get(rule.id, rule.id)) for rule in made.summary.rules)
    path = folder / "told.parquet"
    pl.DataFrame(rows, schema=DEVICE_COLUMNS).write_parquet(path)
    told = replace(made.summary, rules=rules)
    return replace(made, summary=told, devices=Table(DEVICE_COLUMNS, (path,), len(rows)))


def figures(result: Result) -> dict[tuple[str, str | None], tuple[int, int, int]]:
    rows = actions.frame(result).select("action", "group", "needed_on", "alone", "failing").iter_rows()
    return {(action, group): tuple(counts) for action, group, *counts in rows}


UPDATE = ActionNote("update-agent", "Update the agent", 2, 3, (AGENT.id,))
FIND_OUT = ActionNote("settle url.tests", "export or attest url.tests", 0, 1, ())


def test_devices_are_counted_by_group_and_those_that_need_nothing_else_apart(tmp_path: Path) -> None:
    only, both = ["update-agent", AGAIN, "apply"], ["update-agent", "settle url.tests", AGAIN, "apply"]
    rows = [
        device(1, "Oslo", failed=[AGENT.id], next_steps=only),
        device(2, "Oslo", failed=[AGENT.id], next_steps=both),
        device(3, None, failed=[AGENT.id], next_steps=only),
        device(4, "Oslo", failed=[AGENT.id], next_steps=["update-agent"]),  # a step of its route, which clears nothing
        device(5, "Dublin", failed=[AGENT.id], waived=[AGENT.id], next_steps=["apply"]),
    ]
    assert figures(with_devices(tmp_path, rows, UPDATE, FIND_OUT)) == {
        ("update-agent", "Oslo"): (2, 1, 3),
        ("update-agent", None): (1, 1, 1),
        ("settle url.tests", "Oslo"): (1, 0, 0),
    }


def test_what_only_minor_rules_ask_for_is_there_too_and_last(tmp_path: Path) -> None:
    rows = [
        device(1, "Oslo", failed=[STALE.id]),
        device(2, "Oslo", failed=[STALE.id, AGENT.id], next_steps=["update-agent", AGAIN]),
        device(3, "Lyon", failed=[SENSE.id]),
    ]
    frame = actions.frame(with_devices(tmp_path, rows, UPDATE))
    told = frame.select("action", "severity", "group", "needed_on", "failing").rows()
    assert told == [
        ("update-agent", "blocker", "Oslo", 1, 1),
        ("update-sensor", "blocker", "Lyon", 0, 1),
        ("switch-on", "minor", "Oslo", 0, 2),
    ]
    assert frame["what"].to_list()[2] == STALE.remediation


def test_the_neediest_group_stands_first_and_the_unknown_one_last_among_equals(tmp_path: Path) -> None:
    groups = ["b", "a", None, "c", "c"]
    rows = [device(number, group, failed=[STALE.id]) for number, group in enumerate(groups, start=1)]
    assert [group for _, group in figures(with_devices(tmp_path, rows))] == ["c", "a", "b", None]


def test_what_the_tenant_needs_is_there_without_devices(tmp_path: Path) -> None:
    made = with_devices(tmp_path, [device(1, "Oslo")])
    rules = tuple(replace(rule, passed=0, failed=1) if rule.id == TENANT.id else rule for rule in made.summary.rules)
    assert figures(made) == {}
    failing = replace(made, summary=replace(made.summary, rules=rules))
    assert figures(failing) == {("wait", None): (0, 0, 0)}


def test_a_fact_that_only_a_route_waits_for_weighs_as_a_blocker(tmp_path: Path) -> None:
    rows = [device(1, "Oslo", next_steps=["settle url.tests", AGAIN])]
    (row,) = actions.frame(with_devices(tmp_path, rows, FIND_OUT)).iter_rows(named=True)
    assert (row["severity"], row["rules"], row["what"]) == ("blocker", [], FIND_OUT.what)


def test_there_are_empty_columns_for_those_who_do_it(tmp_path: Path) -> None:
    frame = actions.frame(with_devices(tmp_path, [device(1, "Oslo", failed=[STALE.id])]))
    assert frame.columns[-3:] == ["owner", "due", "justification"]
    assert frame.select(frame.columns[-3:]).rows() == [(None, None, None)]


def test_words_mean_here_what_they_mean_where_steps_are_made() -> None:
    assert (shown.AGAIN, shown.SETTLE) == (AGAIN, SETTLE)


@pytest.mark.parametrize("wave", ["", "wave-2"])
@pytest.mark.parametrize("phase", ["prerequisite", "all"])
def test_groups_add_up_to_what_the_summary_says(wave: str, phase: str) -> None:
    options = replace(
        DEMO,
        wave=wave,
        gate=Gate(phase, "blocker", False),
        outputs=frozenset({"devices"}),
    )
    with working_in(ROOT), check(options) as result:
        frame, summary = actions.frame(result), result.summary
    needed: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for action, on, only in frame.select("action", "needed_on", "alone").iter_rows():
        needed[action] += on
        alone[action] += only
    assert summary.actions
    assert {note.action: (note.needed_on, note.alone) for note in summary.actions} == {
        action: (on, alone[action]) for action, on in needed.items() if on
    }
    order = list(dict.fromkeys(frame["action"]))
    assert order[: len(summary.actions)] == [note.action for note in summary.actions]
    failing = {rule.id for rule in shown.shown_rules(summary) if shown.weigh(rule).failed}
    assert failing <= {rule for rules in frame["rules"] for rule in rules}


@pytest.mark.parametrize("write", [actions.write_csv, actions.write_ndjson, actions.write_parquet])
def test_the_same_devices_give_the_same_bytes_however_they_were_cut(write: Write, tmp_path: Path) -> None:
    contents = {written(write, build(tmp_path / str(parts), fleet(), parts=parts)) for parts in (1, 2, 4)}
    assert len(contents) == 1


def test_parquet_names_its_schema(small: Result) -> None:
    content = written(actions.write_parquet, small)
    assert pl.read_parquet_metadata(BytesIO(content))["schema"] == actions.SCHEMA
    assert dict(pl.read_parquet(content).schema) == actions.COLUMNS
