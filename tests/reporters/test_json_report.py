"""The JSON report keeps its promised shape and leaves nothing of the summary out."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, timedelta
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from checker.model.notes import ActionSet, FileNote
from checker.model.result import Result, Summary
from checker.reporters.json import report as json_report
from checker.reporters.json import rollout as json_rollout

from .fleets import HOSTILE, fleet
from .results import build
from .rollouts import CRITERIA, PILOT, RING

SHAPE = json.loads(files("checker").joinpath("schemas/report-v1.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SHAPE, format_checker=Draft202012Validator.FORMAT_CHECKER)


def written(result: Result) -> dict[str, Any]:
    stream = BytesIO()
    json_report.write(result, stream)
    report: dict[str, Any] = json.loads(stream.getvalue())
    return report


def other(value: object) -> object:
    """Return a value that differs from the given one."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return f"{value}x"
        case date():
            return value + timedelta(days=1)
        case dict():
            return {**value, next(iter(value)): value[next(iter(value))] + 1}
        case tuple() if value:
            return value[1:]
        case ActionSet():
            return None
        case _:
            return ("x",)


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SHAPE)


@pytest.mark.parametrize("name", ["small", "large", "hostile", "waved", "gated", "simulated"])
def test_reports_have_the_promised_shape(name: str, request: pytest.FixtureRequest) -> None:
    VALIDATOR.validate(written(request.getfixturevalue(name)))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda report: report.pop("guidance"),
        lambda report: report.update(more=1),
        lambda report: report.update(schema="mde-readiness/report/v2"),
        lambda report: report.update(as_of="yesterday"),
        lambda report: report["exit"].update(code=2),
        lambda report: report["rules"][0].update(fail=-1),
        lambda report: report["rules"][0].update(severity="fatal"),
        lambda report: report["inputs"][0].update(sha256="abc"),
        lambda report: report["devices"].pop("undetermined"),
        lambda report: report["paths"].update(reonboard="many"),
        lambda report: report["waves"][0].update(decision="GO"),
        lambda report: report["waves"][0]["criteria"][0].update(met="PASS"),
        lambda report: report["waves"][0]["smallest"].pop("exact"),
        lambda report: report["waves"][0]["devices"].pop("migrated"),
        lambda report: report["waivers"][0].update(state="forgotten"),
        lambda report: report["actions"][0].update(alone=-1),
        lambda report: report["governed_by"][0].update(sha256=""),
        lambda report: report["attestations"][0].update(kind="guessed"),
        lambda report: report.pop("simulated"),
    ],
)
def test_the_schema_refuses_another_shape(waved: Result, spoil: Callable[[dict[str, Any]], None]) -> None:
    report = written(waved)
    spoil(report)
    assert not VALIDATOR.is_valid(report)


def changed(value: Any, name: str) -> Any:  # noqa: ANN401 (of any frozen type, and of the same)
    """Return a frozen value of which one field is another."""
    return replace(value, **{name: other(getattr(value, name))})


def test_nothing_of_the_summary_is_left_out(waved: Result) -> None:
    whole = replace(waved.summary, notices=("a",), simulated=("b",), ready_paths={"reonboard": 1})
    before = json_report.report(whole)
    for entry in fields(Summary):
        assert json_report.report(changed(whole, entry.name)) != before, entry.name


PARTS = ("packs", "inputs", "rules", "unlocks", "attestations", "waves", "waivers", "actions", "governed_by", "tables")


@pytest.mark.parametrize("part", PARTS)
def test_nothing_of_its_parts_is_left_out(waved: Result, part: str) -> None:
    def report(value: object) -> dict[str, Any]:
        only: dict[str, Any] = {part: (value,)}
        return json_report.report(replace(waved.summary, **only))

    (fullest,) = sorted(getattr(waved.summary, part), key=lambda found: len(repr(found)))[-1:]
    for entry in fields(fullest):
        if getattr(fullest, entry.name) != ():  # rules of the small fleet have failing or unknown examples, not both
            assert report(changed(fullest, entry.name)) != report(fullest), entry.name


def test_nothing_of_a_gate_is_left_out() -> None:
    assert PILOT.smallest is not None
    for entry in fields(PILOT.smallest):
        assert json_rollout.wave(replace(PILOT, smallest=changed(PILOT.smallest, entry.name))) != json_rollout.wave(
            PILOT
        )
    for entry in fields(CRITERIA[0]):
        criteria = (changed(CRITERIA[0], entry.name), *CRITERIA[1:])
        assert json_rollout.wave(replace(PILOT, criteria=criteria)) != json_rollout.wave(PILOT), entry.name
    assert json_rollout.wave(RING)["smallest"] is None


def test_numbers_of_rules_and_devices_are_those_of_the_summary(small: Result) -> None:
    report = written(small)
    assert report["devices"] == small.summary.devices
    for rule, tally in zip(report["rules"], small.summary.rules, strict=True):
        numbers = (tally.passed, tally.failed, tally.unknown, tally.not_applicable, tally.waived)
        assert tuple(rule[key] for key in ("pass", "fail", "unknown", "not_applicable", "waived")) == numbers


def test_texts_are_exact_and_escaped(hostile: Result) -> None:
    stream = BytesIO()
    json_report.write(hostile, stream)
    assert not set(range(0x20)) - {0x0A} & set(stream.getvalue())
    report = json.loads(stream.getvalue())
    assert report["notices"] == list(hostile.summary.notices)
    assert report["inputs"][0]["path"] == hostile.summary.inputs[0].path


def test_the_id_can_be_reckoned_by_anybody_and_is_of_the_result_alone(tmp_path: Path) -> None:
    result = build(tmp_path, fleet(HOSTILE))
    told = written(result)
    said = {key: value for key, value in told.items() if key not in ("schema", "id", "tables", "controls")}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    assert told["id"] == hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
    tables = replace(result.summary, tables=(FileNote("devices", "devices.parquet", ""),))
    assert written(replace(result, summary=tables))["id"] == told["id"]
    assert written(replace(result, summary=replace(result.summary, exit_code=3)))["id"] != told["id"]
