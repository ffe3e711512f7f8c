"""OSCAL: what is said of each control, what is never satisfied, what hostile names cannot do, what stays the same."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from checker.errors import OutputError
from checker.model.notes import NO_CONTROLS, ControlEvidence, ControlMap, ControlNote, FileNote
from checker.model.result import Result
from checker.reporters.assessors import oscal, oscal_findings

from .fleets import AGENT, HOSTILE, SENSE, STALE, URLS, Fleet, Spec, fleet, large_fleet
from .results import build
from .rollouts import rollout, simulation

# OSCAL's StringDatatype and TokenDatatype, as NIST's JSON schema has them.
STRING = re.compile(r"^\S(.*\S)?$")
TOKEN = re.compile(r"^[^\W\d][\w.-]*$")
UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
SEEN = Spec("sc.seen", "The device was seen")


def written(result: Result) -> dict[str, Any]:
    stream = BytesIO()
    oscal.write(result, stream)
    document: dict[str, Any] = json.loads(stream.getvalue())["assessment-results"]
    return document


def only(document: dict[str, Any]) -> dict[str, Any]:
    (found,) = document["results"]
    return dict(found)


def said(result: Result) -> dict[str, tuple[str, str]]:
    """Return state and reason by control."""
    targets = (each["target"] for each in only(written(result))["findings"])
    return {each["target-id"]: (each["status"]["state"], each["status"]["reason"]) for each in targets}


def of_one_rule(folder: Path, outcomes: dict[str, str], **changes: Any) -> Result:  # noqa: ANN401 (of any field)
    """Return the result of one rule, which is evidence on si-2; ``waived`` are numbers of devices."""
    names = fleet().names
    keys = dict(zip("1234", names, strict=True))
    waived = {(SEEN.id, keys[number]): "W-12" for number in str(changes.pop("waived", ""))}
    made = Fleet(names, {SEEN: {keys[number]: told for number, told in outcomes.items()}}, waived)
    controls = ControlMap((ControlNote("si-2", "Flaw Remediation", (ControlEvidence((SEEN.id,), "It is."),)),))
    return replace(build(folder, made, **changes), controls=controls)


@pytest.mark.parametrize(
    ("outcomes", "changes", "state", "reason"),
    [
        ({"1": "PASS", "2": "PASS"}, {}, "satisfied", "pass"),
        ({"1": "PASS", "2": "FAIL"}, {}, "not-satisfied", "fail"),
        ({"1": "PASS", "2": "UNKNOWN"}, {}, "not-satisfied", "undetermined"),
        ({"1": "FAIL", "2": "UNKNOWN"}, {}, "not-satisfied", "fail"),
        ({}, {}, "not-satisfied", "not-applicable"),
        ({"1": "PASS", "2": "FAIL"}, {"waived": "2"}, "not-satisfied", "fail"),
        ({"1": "PASS", "2": "UNKNOWN"}, {"waived": "2"}, "not-satisfied", "undetermined"),
        ({"1": "PASS"}, {"partial": True}, "not-satisfied", "undetermined"),
        ({"1": "FAIL"}, {"partial": True}, "not-satisfied", "fail"),
        ({"1": "PASS"}, {"simulated": ("os.build is supposed to be 1",)}, "not-satisfied", "undetermined"),
    ],
)
def test_a_control_is_satisfied_only_by_what_passed_whole(
    outcomes: dict[str, str], changes: dict[str, object], state: str, reason: str, tmp_path: Path
) -> None:
    assert said(of_one_rule(tmp_path, outcomes, **changes)) == {"si-2_smt": (state, reason)}


def test_one_finding_for_each_control_that_has_a_shown_rule(small: Result) -> None:
    assert said(small) == {
        "si-2_smt": ("not-satisfied", "fail"),
        "cm-10_smt": ("satisfied", "pass"),
        "cisc-7.4_stmt": ("not-satisfied", "undetermined"),
    }
    shown = replace(small, summary=replace(small.summary, phase="all"))
    assert said(shown)["cm-6_smt"] == ("not-satisfied", "not-applicable")


def test_counts_are_the_summary_s(small: Result) -> None:
    told = {
        found["rule-id"]: [int(found[name]) for name in ("passed", "failed", "unknown", "not-applicable", "waived")]
        for found in map(properties, only(written(small))["observations"])
    }
    assert told == {
        rule.id: [rule.passed, rule.failed, rule.unknown, rule.not_applicable, rule.waived]
        for rule in small.summary.rules
        if rule.phase == "prerequisite"
    }


def properties(entry: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["value"] for each in entry["props"]}


def test_devices_are_named_failing_first_up_to_the_limit_and_counted_beyond_it(large: Result) -> None:
    found = {properties(each)["rule-id"]: each for each in only(written(large))["observations"]}
    fails = properties(found[SENSE.id])
    assert (fails["devices-shown"], fails["devices-not-shown"]) == ("100", "2900")
    assert len(found[SENSE.id]["subjects"]) == oscal_findings.MOST_DEVICES
    assert "2,900 more devices" in found[SENSE.id]["remarks"]
    assert [each["title"] for each in found[AGENT.id]["subjects"]][:2] == [
        "pc-2.contoso.example",
        "pc-3.contoso.example",
    ]
    assert {properties(each)["outcome"] for each in found[STALE.id]["subjects"]} == {"UNKNOWN"}
    assert (
        found[URLS.id]["remarks"] == "No input carries url.tests. 3,000 more devices with a problem not named here: "
        "see the table of findings."
    )


def test_failing_devices_stand_before_unknown_ones(tmp_path: Path) -> None:
    result = of_one_rule(tmp_path, {"1": "UNKNOWN", "2": "FAIL", "3": "UNKNOWN", "4": "FAIL"})
    (observation,) = only(written(result))["observations"]
    assert [properties(each)["outcome"] for each in observation["subjects"]] == ["FAIL", "FAIL", "UNKNOWN", "UNKNOWN"]


def test_a_waiver_is_a_risk_beside_the_finding(waved: Result) -> None:
    found = only(written(waved))
    risks = {each["uuid"]: each for each in found["risks"]}
    assert [properties(each)["owner"] for each in risks.values()] == ["A. Owner", "A. Owner"]
    assert {each["status"] for each in risks.values()} == {"deviation-approved"}
    assert {each["deadline"] for each in risks.values()} == {"2027-03-31T23:59:59Z", "2026-12-01T23:59:59Z"}
    first = found["findings"][0]
    assert first["target"]["status"]["state"] == "not-satisfied"
    assert {each["risk-uuid"] for each in first["related-risks"]} == set(risks)
    subjects = [each for observation in found["observations"] for each in observation.get("subjects", ())]
    assert {properties(each).get("waiver") for each in subjects} == {None, "W-12", "W-13"}


def test_everything_that_is_referred_to_is_there(waved: Result) -> None:
    summary = replace(waved.summary, tables=(FileNote("findings", "findings.parquet"),))
    document = written(replace(waved, summary=summary))
    found = only(document)
    known = {each["uuid"] for each in (*found["observations"], *found["risks"], *document["back-matter"]["resources"])}
    known |= {each["uuid"] for each in found["local-definitions"]["inventory-items"]}
    known |= {each["uuid"] for each in found["local-definitions"]["assessment-assets"]["components"]}
    referred = set(values(document, "observation-uuid", "risk-uuid", "subject-uuid", "actor-uuid", "component-uuid"))
    referred |= {each.removeprefix("#") for each in values(document, "href") if each.startswith("#")}
    assert referred <= known
    assert any(observation.get("relevant-evidence") for observation in found["observations"])


def values(node: object, *keys: str) -> Iterator[str]:
    """Yield the texts under these keys, anywhere below."""
    if isinstance(node, dict):
        yield from (value for key, value in node.items() if key in keys)
        for value in node.values():
            yield from values(value, *keys)
    elif isinstance(node, list):
        for value in node:
            yield from values(value, *keys)


def test_every_uuid_is_its_own(waved: Result) -> None:
    found = list(values(written(waved), "uuid"))
    assert len(found) == len(set(found)) > 20
    assert all(UUID.fullmatch(each) for each in found)


def test_inputs_and_what_governs_are_there_with_their_hashes(waved: Result) -> None:
    resources = written(waved)["back-matter"]["resources"]
    hashes = {
        link["href"]: link["hashes"][0]["value"] for each in resources for link in each["rlinks"] if "hashes" in link
    }
    assert hashes == {
        "exports/devices%202026-11.csv": "cd" * 32,
        "gates/waivers.yaml": "12" * 32,
        "waves.yaml": "34" * 32,
    }
    assert "ab" * 32 in values(resources, "value")


def test_hostile_names_stay_texts(hostile: Result) -> None:
    document = written(hostile)
    for value in (*values(document, "value"), *values(document, "href")):
        assert STRING.fullmatch(value), value
    for name in values(document, "name"):
        assert TOKEN.fullmatch(name), name
    text = json.dumps(document, ensure_ascii=False)
    assert not [character for character in text if not character.isprintable()]
    for markup in values(document, "title", "remarks", "description", "statement"):
        words = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", markup)  # in code nothing acts
        assert "<b>" not in re.sub(r"\\<", "", words)
        assert "](https://evil.example)" not in re.sub(r"\\[\]\[]", "", words)
    titles = {each["description"] for each in only(document)["local-definitions"]["inventory-items"]}
    assert len(titles) == len(HOSTILE)


@pytest.mark.parametrize("name", [" ", "\t", "", "\u00a0", "=1+1"])
def test_a_name_of_nothing_that_shows_is_filled_in(name: str, tmp_path: Path) -> None:
    made = Fleet({name or "id": name}, {SENSE: {name or "id": "FAIL"}})
    document = written(build(tmp_path, made))
    assert all(STRING.fullmatch(value) for value in values(document, "value", "title"))


def test_a_simulation_says_so_first(tmp_path: Path) -> None:
    assert only(written(simulation(tmp_path)))["description"].startswith("SIMULATION: ")


def test_a_change_of_the_result_is_another_document_with_the_same_parts(tmp_path: Path) -> None:
    one, other = rollout(tmp_path / "1"), rollout(tmp_path / "2", exit_reason="another")
    first, second = written(one), written(other)
    assert first["uuid"] != second["uuid"]
    assert [each["uuid"] for each in only(first)["findings"]] == [each["uuid"] for each in only(second)["findings"]]


def test_how_the_table_is_cut_changes_nothing(tmp_path: Path) -> None:
    made = large_fleet()
    assert written(build(tmp_path / "1", made, parts=1)) == written(build(tmp_path / "9", made, parts=9))


def test_without_a_control_there_is_no_assessment(small: Result) -> None:
    with pytest.raises(OutputError) as error:
        written(replace(small, controls=NO_CONTROLS))
    assert str(error.value) == (
        "--output oscal: no rule of this run is evidence on a control\n"
        "  hint: write rules/<pack>/controls.yaml: see mde-readiness rules schema controls"
    )
