"""A user's own mapping: in the language of those that ship, told of with every problem, and part of the recognition."""

from pathlib import Path
from typing import get_args

import pytest

from checker.errors import RuleError
from checker.inventory.mapping_files import mappings
from checker.inventory.own_mappings import all_mappings, read_own_mappings
from checker.inventory.read import ReadOptions
from checker.inventory.table import Kind
from tests.inventory.records import facts, moment, read_one, refusal, rows

FILE = "own-mapping/assets.csv"
MAPPING = Path("own-mapping/mapping.yaml")


def own(*paths: Path) -> ReadOptions:
    """Return options that know these mappings besides those that ship."""
    return ReadOptions(formats=all_mappings(read_own_mappings([(path, path.as_posix()) for path in paths])))


def problems(*texts: str, folder: Path) -> list[str]:
    """Return what is wrong with mappings of these texts, the files being called 1.yaml, 2.yaml and so on."""
    paths = [folder / f"{number}.yaml" for number in range(1, len(texts) + 1)]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    with pytest.raises(RuleError) as error:
        read_own_mappings([(path, path.name) for path in paths])
    return [str(problem) for problem in error.value.problems]


def test_what_the_worked_example_says_fact_by_fact() -> None:
    first, second, server, mac, retired = rows(FILE, own(MAPPING))
    assert facts(first) == {
        "device.group": "London",
        "device.tags": '["laptops","pilot"]',
        "device.excluded": "no",
        "device.last_seen": "2026-11-05",
        "os.family": "windows",
        "os.role": "client",
        "os.build": "22631",
        "agent.version": "10.8760.22631.5608",
        "av.mode": "active",
        "onboarding.status": "onboarded",
    }
    assert (first["name"], first["observed"]) == ("ws-lon-0001.contoso.example", moment("2026-11-05 08:14:02"))
    assert second["av.mode"] == "passive"
    assert (server["os.role"], server["agent.version"], server["av.mode"]) == ("server", "", "")
    assert server["onboarding.status"] == "can-be-onboarded"
    assert (mac["os.family"], mac["os.version"]) == ("macos", "15.1")
    assert {"os.build", "os.role"}.isdisjoint(mac)
    assert (retired["device.excluded"], retired["device.last_seen"]) == ("yes", "")
    assert {"observed", "onboarding.status"}.isdisjoint(retired)


def test_the_file_is_said_to_be_of_the_users_format_and_unread_columns_are_named() -> None:
    file = read_one(FILE, own(MAPPING)).file
    assert (file.format, file.founds, file.keys) == ("field-assets", True, {"name": "Hostname", "observed": "Seen"})
    assert file.why == "CSV, semicolon, UTF-8; has Hostname, SENSE, Asset no."
    assert file.unmapped == ("Asset no.",)
    assert file.columns["device.tags"] == "Tags"


def test_without_its_mapping_the_file_is_in_no_format_that_is_known() -> None:
    assert "is in no format that is known" in refusal(FILE)


def test_the_mapping_can_be_named_for_a_file_that_does_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    path.write_text("Hostname,Build\nws-1,19045\n")
    known = own(MAPPING)
    assert "field-assets lacks 'SENSE'" in refusal(path, known)
    (row,) = rows(path, ReadOptions(formats=known.formats, read_as={str(path): "field-assets"}))
    assert facts(row) == {"os.build": "19045"}


def test_exports_that_others_have_are_recognised_as_before() -> None:
    assert read_one("advanced-hunting/valid.csv", own(MAPPING)).file.format == "advanced-hunting"


def test_a_mapping_that_fits_another_products_export_makes_that_ambiguous(tmp_path: Path) -> None:
    path = tmp_path / "greedy.yaml"
    path.write_text(
        "id: greedy\ntitle: G\nreads: [csv]\nfounds: true\nsignature: {any: [DeviceId]}\nkeys: {mde_id: DeviceId}\n"
        "facts: {}\n"
    )
    assert "could be advanced-hunting and greedy" in refusal("advanced-hunting/valid.csv", own(path))


def test_a_list_of_one_mapping_that_ships_is_none_of_the_users() -> None:
    assert all_mappings(()) == mappings()


BAD = """\
id: Our Assets
title: Assets
reads: [csv, xls]
founds: maybe
signature: {none: [Other]}
keys: {}
facts:
  agent.verison: {from: SENSE}
  os.family: {from: System, words: os-famly}
  agent.built: {from: SENSE}
  os.build: {from: Build, only: [windows]}
colour: red
"""


def test_every_problem_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    assert problems(BAD, folder=tmp_path) == [
        "1.yaml:1:5: 'Our Assets' is no id\n  hint: lower-case words with hyphens between them: our-cmdb",
        f"1.yaml:3:14: 'xls' is no file format\n  hint: one of: {', '.join(get_args(Kind))}",
        "1.yaml:4:9: 'founds' must be true or false",
        "1.yaml:5:12: 'signature' asks for no column: every file would fit\n  hint: say 'all: [[Title], …]'",
        "1.yaml:6:7: 'keys' names no column: no record would be of a device\n  hint: say for example 'name: Hostname'",
        "1.yaml:8:18: there is no fact 'agent.verison'\n  hint: did you mean 'agent.version'?",
        "1.yaml:9:36: there is no table of words 'os-famly'\n  hint: did you mean 'os-family'?",
        "1.yaml:10:16: 'agent.built' is told from agent.version: no column says it",
        "1.yaml:11:33: 'only' must be a mapping (key: value)",
        "1.yaml:11:33: 'only' must name one fact and its words",
        "1.yaml:12:1: a mapping has no key 'colour'",
    ]


def test_an_id_that_is_taken_is_refused(tmp_path: Path) -> None:
    text = MAPPING.read_text(encoding="utf-8")
    taken = text.replace("field-assets", "machines-api")
    assert problems(taken, text, text, folder=tmp_path) == [
        "1.yaml:2:5: 'machines-api' is the id of a format that ships with mde-readiness\n  hint: choose another",
        "3.yaml:2:5: 'field-assets' is the id of 2.yaml\n  hint: choose another",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "a mapping must be a mapping (key: value)"),
        ("- a\n", "a mapping must be a mapping (key: value)"),
        ("id: [", "is not YAML"),
        ("title: x\n", "a mapping lacks 'id'"),
        ("id: a\nid: b\n", "'id' stands here twice"),
    ],
)
def test_what_is_no_mapping_is_refused_in_words(text: str, told: str, tmp_path: Path) -> None:
    assert told in "\n".join(problems(text, folder=tmp_path))


def test_a_file_that_is_not_there_is_told() -> None:
    with pytest.raises(RuleError, match=r"none\.yaml: cannot be read: No such file or directory"):
        read_own_mappings([(Path("none.yaml"), "none.yaml")])
