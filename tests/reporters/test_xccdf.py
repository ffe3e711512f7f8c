"""XCCDF: the results of one device, by the truth table of outcomes; valid for oscap, whatever names are in it."""

import os
import shutil
import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from checker.errors import UsageError
from checker.model.result import Manner, Result, Table
from checker.reporters.assessors import xccdf

from .fleets import AGENT, HOSTILE, LIVE, PROXY, SENSE, STALE, TENANT, URLS, device_id, fleet
from .results import build
from .rollouts import rollout

NS = {"": xccdf.XMLNS}


def written(result: Result) -> bytes:
    stream = BytesIO()
    xccdf.write(result, stream)
    return stream.getvalue()


def parsed(result: Result) -> ET.Element:
    return ET.fromstring(written(result))  # noqa: S314 (of our own making)


def about(result: Result, device: str) -> Result:
    return replace(result, manner=Manner(device=device))


def results(root: ET.Element) -> dict[str, str | None]:
    prefix = "xccdf_io.github.mde-readiness_rule_"
    return {
        each.attrib["idref"].removeprefix(prefix): each.findtext("result", namespaces=NS)
        for each in root.iterfind("TestResult/rule-result", NS)
    }


def test_every_outcome_has_its_result(small: Result) -> None:
    assert results(parsed(small)) == {
        AGENT.id: "pass",
        SENSE.id: "pass",
        URLS.id: "unknown",
        STALE.id: "fail",
        LIVE.id: "notselected",
        PROXY.id: "notselected",
        TENANT.id: "pass",
    }


def test_another_phase_selects_other_rules(small: Result) -> None:
    shown = replace(small, summary=replace(small.summary, phase="all"))
    assert results(parsed(shown)) | {LIVE.id: "fail", PROXY.id: "notapplicable"} == results(parsed(shown))
    shown = replace(small, summary=replace(small.summary, phase="verification"))
    told = results(parsed(shown))
    assert told.pop(LIVE.id) == "fail"
    assert set(told.values()) == {"notselected"}


def test_scores_count_what_is_unknown_as_not_passed(small: Result) -> None:
    scores = {
        each.attrib["system"]: (each.text, each.attrib["maximum"])
        for each in parsed(small).iter(f"{{{xccdf.XMLNS}}}score")
    }
    assert scores == {"urn:xccdf:scoring:flat": ("30.0", "41.0"), "urn:xccdf:scoring:flat-unweighted": ("3.0", "5.0")}


def test_a_waiver_annotates_and_rewrites_nothing(tmp_path: Path) -> None:
    result = rollout(tmp_path)
    three = device_id(3)
    assert result.cases is not None
    rows = result.cases.filter(pl.col("device_id") == three)
    more = [
        rows[:1].with_columns(rule_id=pl.lit(name), outcome=pl.lit(outcome), waived=pl.lit(None, pl.String))
        for name, outcome in ((URLS.id, "UNKNOWN"),)
    ]
    root = parsed(about(replace(result, device=pl.concat([rows, *more])), three))
    (found,) = (each for each in root.iterfind("TestResult/rule-result", NS) if each.attrib["idref"].endswith(AGENT.id))
    assert found.findtext("result", namespaces=NS) == "fail"
    assert found.find("override", NS) is None
    assert [each.text for each in found.iterfind("message", NS)][-1] == (
        "Waived by W-12, until 2027-03-31; owner A. Owner, approver B. Approver: Replaced in December."
    )


@pytest.mark.parametrize(
    "name", [device_id(1), device_id(1).upper(), "pc-1.contoso.example", "PC-1.contoso.example.", "pc-1", " Pc-1 "]
)
def test_a_device_is_found_by_what_people_call_it(name: str, small: Result) -> None:
    assert parsed(about(small, name)).findtext("TestResult/target", namespaces=NS) == "pc-1.contoso.example"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("pc-9.contoso.example", "no device goes by this id or name\n  hint: did you mean pc-"),
        ("zz", "no device goes by this id or name\n  hint: -o devices:FILE.ndjson lists the devices"),
        ("", "no device goes by this id or name"),
    ],
)
def test_an_unknown_device_is_an_error_that_helps(name: str, message: str, small: Result) -> None:
    with pytest.raises(UsageError) as error:
        written(about(small, name))
    assert str(error.value).startswith(f"--device {name}: {message}")


def test_an_ambiguous_name_is_an_error_that_names_the_ids(tmp_path: Path) -> None:
    result = build(tmp_path, fleet(("pc-1", "pc-1", "pc-3", "pc-4")))
    with pytest.raises(UsageError) as error:
        written(about(result, "pc-1"))
    assert str(error.value) == (
        f"--device pc-1: several devices go by this name\n  hint: give one of their ids: {device_id(1)}, {device_id(2)}"
    )


def test_a_whole_name_goes_before_the_beginning_of_one(tmp_path: Path) -> None:
    made = fleet()
    names = dict(zip(made.names, ("pc-1", "pc-1.contoso.example", "pc-3", "pc-4"), strict=True))
    result = build(tmp_path, replace(made, names=names))
    assert parsed(about(result, "pc-1")).findtext("TestResult/target", namespaces=NS) == "pc-1"


def test_a_device_out_of_scope_is_an_error(small: Result, tmp_path: Path) -> None:
    changed = next(small.devices.frames()).with_columns(readiness=pl.lit("OUT_OF_SCOPE"), by=pl.lit("phone"))
    path = tmp_path / "devices.parquet"
    changed.write_parquet(path)
    devices = Table(small.devices.columns, (path,), changed.height)
    with pytest.raises(UsageError, match=r"--device pc-1: is out of scope \(phone\): no rule judged it"):
        written(about(replace(small, devices=devices), "pc-1"))


def test_a_result_of_problems_alone_is_not_enough(small: Result) -> None:
    with pytest.raises(UsageError, match="the result holds only its problems, not every outcome"):
        written(replace(small, device=None, cases=None))


def test_a_table_of_every_outcome_is_enough(small: Result, tmp_path: Path) -> None:
    assert small.device is not None
    path = tmp_path / "findings.parquet"
    small.device.reverse().write_parquet(path)
    stored = replace(
        small, device=None, cases=None, findings=Table(small.findings.columns, (path,), small.device.height)
    )
    assert written(stored) == written(small)


def test_a_simulation_says_so(tmp_path: Path) -> None:
    result = build(tmp_path, fleet(), simulated=("os.build is supposed to be 1",))
    root = parsed(result)
    assert str(root.findtext("TestResult/title", namespaces=NS)).startswith("SIMULATION: ")
    assert str(root.findtext("description", namespaces=NS)).startswith("SIMULATION: ")


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_names_act_nowhere(number: int, tmp_path: Path) -> None:
    text = written(about(build(tmp_path, fleet(HOSTILE[number:] + HOSTILE[:number])), device_id(1))).decode()
    assert not [character for character in text if not character.isprintable() and character != "\n"]
    assert "<b>" not in text


def test_a_pack_s_id_of_any_characters_is_made_one_of_xml(small: Result) -> None:
    pack = replace(small.summary.packs[0], id="our pack: <1>")
    root = parsed(replace(small, summary=replace(small.summary, packs=(pack,))))
    assert root.attrib["id"] == "xccdf_io.github.mde-readiness_benchmark_our-pack---1-"
    assert root.find("TestResult/benchmark", NS).attrib["id"] == root.attrib["id"]  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["small", "hostile", "waved", "gated", "simulated"])
def test_oscap_takes_it(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    oscap = shutil.which("oscap")
    if oscap is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("oscap is not here: run .ci/assessors.sh")
    result = request.getfixturevalue(name)
    path = tmp_path / "device.xccdf.xml"
    path.write_bytes(written(about(result, device_id(1))))
    for words in (("validate",), ("generate", "report")):
        ran = subprocess.run([oscap, "xccdf", *words, path], capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
    assert "TestResult" not in ran.stderr
