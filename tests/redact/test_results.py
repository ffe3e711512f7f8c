"""Pseudonyms of results: same key same names, so that results can be compared; every field of a summary is decided."""

import json
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args, get_type_hints

import polars as pl
import pytest
from jsonschema import Draft202012Validator

from checker.facts.catalogue import IDENTIFIES, catalogue
from checker.model import notes
from checker.model.condition import Lookup
from checker.model.result import DEVICE_COLUMNS, EVIDENCE, FINDING_COLUMNS, PLAN_COLUMNS, Summary, Table
from checker.model.rule import FactPart, Message
from checker.redact.pseudonyms import Pseudonyms
from checker.redact.sentences import change, comparison, input_notice, notice, supposition
from checker.redact.summary import FIELDS, keep
from checker.redact.tables import Told, redacted_frame, redacted_table
from checker.redact.values import shown
from tests.cli.conftest import GOOD, OLD, WAVES, Ran
from tests.contoso import ROOT

Run = Callable[..., Ran]
Write = Callable[..., Path]

NEVER, MAY_BE = "never stale; --require-dates makes them so", "may be day/month or month/day"
LIMIT = (
    "has exactly 30,000 rows, at which its source cuts results off: others may be missing; ask for fewer at a time "
    "(one row a device, a part of the devices), and give all files"
)
RAGGED = "2 rows are longer or shorter than the header: cells that are missing at the end say nothing"
CUT = "1 value is only PowerShell's short form of an object, '@{…}': export again with ConvertTo-Json -Depth 5"
NAMES_OF_TWO = re.compile(r"device-[0-9a-f]{16}\.domain-[0-9a-f]{12}\.example")
NAMES = Pseudonyms(b"k" * 32)
OTHERS = Pseudonyms(b"q" * 32)
SCHEMA = ROOT / "checker/schemas/report-v1.schema.json"


# Pseudonyms


def test_the_same_key_gives_the_same_name_and_another_key_another() -> None:
    assert NAMES.name("ws-1.contoso.example") == Pseudonyms(b"k" * 32).name("WS-1.contoso.EXAMPLE. ")
    assert NAMES.name("ws-1") != OTHERS.name("ws-1")
    assert NAMES.mark != OTHERS.mark


def test_a_full_name_is_the_short_name_and_a_domain() -> None:
    short, dot, domain = NAMES.name("ws-1.corp.contoso.example").partition(".")

    assert (short, dot) == (NAMES.name("WS-1"), ".")
    assert domain == NAMES.domain("corp.contoso.example")
    assert domain.endswith(".example")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("6fadff662eec5315932af2c075ab612d7e67c6cf", "^[0-9a-f]{40}$"),
        ("0098c183-a6f8-5ce4-96bf-fd35dee6faca", "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"),
        ("name:ws-1", "^name:device-[0-9a-f]{16}$"),
        ("entra:0098c183-a6f8-5ce4-96bf-fd35dee6faca", "^entra:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"),
        ("ws-1", "^device-[0-9a-f]{16}$"),
        ("", "^$"),
    ],
)
def test_a_pseudonym_has_the_form_of_what_it_replaces(text: str, form: str) -> None:
    found = NAMES.device(text)

    assert pl.Series([found]).str.contains(form).all()
    assert found == text == "" or found != text


def test_ids_that_stand_for_none_stay() -> None:
    zeros = "00000000-0000-0000-0000-000000000000"

    assert (NAMES.id("0" * 40), NAMES.id(zeros)) == ("0" * 40, zeros)


@pytest.mark.parametrize(
    ("text", "kept", "gone"),
    [
        ("http://nora:pw@proxy.contoso.example:8080/x?y", ("http://", ":8080"), ("nora", "pw", "contoso", "/x")),
        ("192.0.2.7", (), ("192.0.2.7",)),
        ("[2001:db8::7]:443", (":443",), ("::7]",)),
        ("https://edr-weu.eu.endpoint.security.microsoft.com/edr/commands/test", ("edr-weu.eu.endpoint", "/edr/"), ()),
        ("contoso.blob.core.windows.net", (), ("contoso",)),
        ("https://go.microsoft.com/contoso", ("go.microsoft.com",), ("contoso",)),
    ],
)
def test_an_address_keeps_what_everybody_knows(text: str, kept: tuple[str, ...], gone: tuple[str, ...]) -> None:
    found = NAMES.address(text)

    assert [part for part in kept if part not in found] == []
    assert [part for part in gone if part in found] == []


def test_a_file_keeps_its_ending_and_its_line() -> None:
    assert NAMES.file("a/mac-osl-001.json:3:1") == f"{NAMES.file('a/mac-osl-001.json')}:3:1"
    assert NAMES.file("x.contoso").startswith("file-")
    assert "contoso" not in NAMES.file("x.contoso")


# Values of facts


def test_every_fact_says_whom_it_names_where_its_type_leaves_that_open() -> None:
    said = {name: spec.identifies for name, spec in catalogue().items()}

    assert [
        name for name, spec in catalogue().items() if spec.type in ("text", "set", "attempts") and not said[name]
    ] == []
    assert {kind for kind in said.values() if kind} <= set(IDENTIFIES)


@pytest.mark.parametrize(
    ("fact", "text", "stays"),
    [
        ("os.build", "19045", True),
        ("os.build", "ws-osl-001", False),
        ("av.platform", "4.18.2205.7 | 4.18.26090.9", True),
        ("os.build", "19045 | (blank)", True),
        ("device.group", "Oslo", False),
        ("device.tags", '["pilot"]', False),
        ("device.merged_to", "6fadff662eec5315932af2c075ab612d7e67c6cf", False),
        ("os.platform", "Windows11", True),
        ("no.such_fact", "anything", False),
    ],
)
def test_a_value_stays_if_its_fact_names_nobody(fact: str, text: str, stays: bool) -> None:
    assert (shown(NAMES, fact, text) == text) is stays


def test_each_tag_has_its_own_pseudonym() -> None:
    found = json.loads(shown(NAMES, "device.tags", '["pilot", "VIP users"]'))

    assert found == sorted((NAMES.label("tag", "pilot"), NAMES.label("tag", "VIP users")))


# Summaries


def classes(owner: type) -> Iterator[type]:
    """Yield the note classes that the fields of a class hold, at any depth."""
    for hint in get_type_hints(owner).values():
        for inner in (hint, *get_args(hint), *(arg for each in get_args(hint) for arg in get_args(each))):
            if is_dataclass(inner) and isinstance(inner, type):
                yield inner
                yield from classes(inner)


def test_every_field_of_every_note_is_decided() -> None:
    for note in (Summary, *(getattr(notes, name) for name in FIELDS if name != "Summary")):
        assert set(FIELDS[note.__name__]) == {field.name for field in fields(note)}


def test_notes_that_are_kept_whole_hold_no_notes_that_are_not() -> None:
    kept = {"PackNote", "Unlock", "ActionNote", "ActionSet", "SourceNote", "StepNote"}

    assert {found.__name__ for found in classes(Summary)} - set(FIELDS) <= kept
    assert FIELDS["Summary"]["tables"] is keep  # a result is read back by them


def test_every_column_is_decided() -> None:
    names = {"device_id", "device_name", "aliases", "group", "wave", "file", "os"}
    for kind, columns in (("devices", DEVICE_COLUMNS), ("findings", FINDING_COLUMNS), ("plan", PLAN_COLUMNS)):
        treated = set(Told(NAMES, {}).treats(kind))
        said_of_nobody = {
            *(
                "readiness",
                "by",
                "route",
                "path",
                "verification",
                "verify",
                "failed",
                "unknown",
                "waived",
                "tool",
            ),
            *("undetermined_by", "next_steps", "row", "line", "simulated", "rule_id", "phase", "severity", "outcome"),
            *("devices", "message", "evidence"),  # the last two are put together anew
        }
        assert set(columns) <= treated | said_of_nobody
        assert treated - {"waived"} == names


SAY = "name the file or its folder as the device, or say --device-of"


@pytest.mark.parametrize(
    ("treat", "text", "kept"),
    [
        (notice, f"ws-7: 2 rows are undated, so {NEVER}, and --observed ws-7=DATE dates them.", "so"),
        (notice, "ws-7.csv: 4 rows of no device.", "rows of no device"),
        (notice, "Records of no device (ambiguous): name:ws-7: 2 rows, first ws-7 row 3; could be ws-7.", "could be"),
        (notice, "Records of no device (no key): 1 row, first ws-7.csv row 3.", "1 row, first"),
        (notice, "Records of no device (ambiguous): those of 7 more keys.", "7 more keys"),
        (notice, "ws-7/mp.json: 1 row names no device; taken for name:ws-7 by the name of its folder.", "its folder"),
        (notice, f"ws-7: 1 row names no device, and nothing tells which: {SAY} ws-7=NAME.", "nothing tells"),
        (notice, "Wave ws-7: 3 devices (ws-7) would be of a later wave, too, and go with this one.", "later"),
        (notice, "Wave ws-7: no device is called ws-7.", "no device is called"),
        (notice, "In no wave: 1 device (ws-7).", "In no wave"),
        (notice, "The attestation of site.geo at ws-7.yaml:3: several devices are called ws-7.", "site.geo"),
        (notice, "ws-7 is a sentence that nobody knows.", "text-"),
        (notice, "Wave x: no device is called y.\nws-7", "text-"),
        (
            input_notice,
            f"1 record is undated: a date such as '1/2' {MAY_BE}; --date-order ws-7=dmy or ws-7=mdy settles it",
            "1/2",
        ),
        (
            input_notice,
            (
                f"agent.expires is unreadable in 2 records: a date such as '1/2' {MAY_BE}, and the column has both "
                "orders, such as '13/1' and 'ws-7'; export it again with dates in one form"
            ),
            "13/1",
        ),
        (input_notice, LIMIT, "30,000 rows"),
        (input_notice, RAGGED, "2 rows are longer"),
        (input_notice, CUT, "1 value is only"),
        (input_notice, f"{LIMIT} of ws-7", "text-"),
        (input_notice, "times such as 'ws-7' name no time zone and were read as UTC", "time zone"),
        (comparison, "ws-7.json knows no wave 'ws-7': it was made without it", "knows no wave"),
        (change, "rule sc.sense-min is rated major: ws-7 showed it.", "rule sc.sense-min is rated major"),
        (change, "parameter sc.x is ws-7: because of ws-7", "parameter sc.x"),
        (supposition, "os.build = 19045, supposed on 3 devices", "os.build = 19045"),
        (supposition, "device.group = ws-7, supposed on 3 devices", "supposed on 3 devices"),
    ],
)  # fmt: skip
def test_a_sentence_keeps_its_form_alone(treat: Callable[[Pseudonyms, str], str], text: str, kept: str) -> None:
    found = treat(NAMES, text)

    assert kept in found
    assert "ws-7" not in found


# Tables


def finding(device: str, message: str, facts: dict[str, str | None], rule: str = "r") -> dict[str, Any]:
    nowhere = dict.fromkeys(("missing", "file", "row", "column", "observed"))
    evidence = [{**nowhere, "fact": fact, "value": value} for fact, value in facts.items()]
    return {
        "device_id": device, "device_name": device, "rule_id": rule, "phase": "p", "severity": "s", "outcome": "FAIL",
        "waived": None, "message": message, "devices": 1, "evidence": evidence, "simulated": False,
    }  # fmt: skip


LOOKUP = Lookup(("os.build",), "table", "column", ())


@pytest.mark.parametrize(
    ("parts", "message", "facts", "expected"),
    [
        (("In ", FactPart("device.group"), "."), "In Oslo.", {"device.group": "Oslo"}, "In {group}."),
        (("In ", FactPart("device.group"), "."), "In (not known).", {"device.group": None}, "In (not known)."),
        (("It is a ", FactPart("device.group"), "."), "It is a a.", {"device.group": "a"}, "It is a {group}."),
        (
            (FactPart("device.group"), " needs ", LOOKUP, "."),
            "Oslo needs 10.0.",
            {"device.group": "Oslo", "os.build": "1"},
            "{group} needs 10.0.",
        ),
        (
            (FactPart("device.group"), " needs ", LOOKUP, LOOKUP),
            "Oslo needs ab",
            {"device.group": "Oslo"},
            "… needs ……",
        ),
        (("In ", FactPart("device.group"), "."), "Somewhere in Oslo", {"device.group": "Oslo"}, "In …."),
    ],
    ids=["value", "no value", "value like a word", "table", "two tables", "another text"],
)
def test_a_message_is_put_together_anew(
    parts: tuple[str | FactPart | Lookup, ...], message: str, facts: dict[str, str | None], expected: str
) -> None:
    rows = [
        finding("d", message, facts),
        finding("e", "In Oslo as another rule says.", {"device.group": "Oslo"}, "other"),
    ]
    frame = pl.DataFrame(rows, schema=FINDING_COLUMNS)
    found = redacted_frame(Told(NAMES, {"r": Message(parts), "other": Message(("x",))}), "findings", frame)
    mine = found.filter(pl.col("rule_id") == "r")

    group = NAMES.label("group", facts["device.group"] or "")
    assert mine["message"].to_list() == [expected.replace("{group}", group)]
    assert mine["evidence"][0].struct.field("value")[0] == (facts["device.group"] and group)


def test_many_parts_follow_one_another_by_the_new_ids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.redact.tables.ROWS", 40)
    rows = [finding(f"{number // 3:040x}", f"{number % 3}", {}) for number in range(300)]
    parts = []
    for start in range(0, 300, 60):
        parts.append(tmp_path / f"{start}.parquet")
        pl.DataFrame(rows[start : start + 60], schema=FINDING_COLUMNS).write_parquet(parts[-1])
    found = redacted_table(Told(NAMES, {}), "findings", Table(FINDING_COLUMNS, tuple(parts), 300), tmp_path)
    frames = list(found.frames())
    whole = pl.concat(frames)

    assert len(frames) > 5
    assert whole["device_id"].to_list() == sorted(NAMES.device(row["device_id"]) for row in rows)
    assert whole["message"].to_list() == ["0", "1", "2"] * 100  # a device's rows keep their order
    for one, other in pairwise(frames):
        assert one["device_id"][-1] < other["device_id"][0]


def test_the_evidence_has_no_field_that_is_not_decided() -> None:
    assert [field.name for field in EVIDENCE.fields] == [
        "fact",
        "value",
        "missing",
        "file",
        "row",
        "column",
        "observed",
    ]


# The command line


def report(folder: Path, *more: object) -> tuple[object, ...]:
    folder.mkdir(exist_ok=True)
    tables = [f"-o{kind}:{folder}/{kind}.parquet" for kind in ("devices", "findings")]
    return (*more, "--as-of", "2026-11-23", f"-ojson:{folder}/report.json", *tables)


def test_a_key_is_made_once_for_its_owner_alone(run: Run, export: Write, tmp_path: Path) -> None:
    key = tmp_path / "key"
    given = ("check", export(GOOD), "--redact", "--redact-key", key)
    first = run(*given)
    made = key.read_text()

    assert f"{key}: made this key" in first.err
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(bytes.fromhex(made.strip())) == 32
    second = run(*given)
    assert (second.out, second.err, key.read_text()) == (first.out, "", made)
    assert made.strip() not in first.out + first.err


@pytest.mark.parametrize("content", ["", "abc\n", "g" * 64, "a" * 63, "ä" * 64])
def test_what_is_no_key_is_refused_and_stays(run: Run, export: Write, tmp_path: Path, content: str) -> None:
    (tmp_path / "key").write_text(content)
    ran = run("check", export(GOOD), "--redact", "--redact-key", tmp_path / "key")

    assert ran.code == 2
    assert "is no key: it must hold 64 hexadecimal digits" in ran.err
    assert (tmp_path / "key").read_text() == content


def test_a_key_without_redact_and_a_report_over_the_key_are_refused(run: Run, export: Write, tmp_path: Path) -> None:
    key = tmp_path / "key"
    assert "goes with --redact" in run("check", export(GOOD), "--redact-key", key).err
    assert not key.exists()
    ran = run("check", export(GOOD), "--redact", "--redact-key", key, f"-ojson:{key}")
    assert (ran.code, "is the input" in ran.err) == (2, True)


def test_redacted_results_are_valid_can_be_read_back_and_compared(run: Run, export: Write, tmp_path: Path) -> None:
    redact = ("--redact", "--redact-key", tmp_path / "key")
    run("check", export(GOOD, OLD, OLD), *report(tmp_path / "old", *redact))
    now = run("check", export(GOOD, GOOD, OLD), *report(tmp_path / "new", *redact))
    told = json.loads((tmp_path / "new/report.json").read_bytes())

    assert list(Draft202012Validator(json.loads(SCHEMA.read_bytes())).iter_errors(told)) == []
    assert len(told["redacted"]) == 12
    assert "are pseudonyms" in now.out
    assert run("report", tmp_path / "new/report.json").out == now.out
    found = run("diff", tmp_path / "old/report.json", tmp_path / "new/report.json", "--format", "json")
    assert found.code == 0
    assert NAMES_OF_TWO.search(found.out)


@pytest.mark.parametrize("way", ["named baseline", "named run", "another key"])
def test_results_of_other_names_are_not_compared(run: Run, export: Write, tmp_path: Path, way: str) -> None:
    one, other = (("--redact", "--redact-key", tmp_path / name) for name in ("key", "other"))
    before = () if way == "named baseline" else one
    now = {"named baseline": one, "named run": (), "another key": other}[way]
    run("check", export(GOOD), *report(tmp_path / "old", *before))
    ran = run("check", export(GOOD), *now, "--baseline", tmp_path / "old/report.json", "--as-of", "2026-11-23")

    assert ran.code == 2
    assert "pseudonyms" in ran.err
    run("check", export(GOOD), *report(tmp_path / "new", *now))
    ran = run("diff", tmp_path / "old/report.json", tmp_path / "new/report.json")
    assert (ran.code, "pseudonyms" in ran.err) == (2, True)


def test_a_gate_finds_the_devices_of_a_redacted_baseline(
    run: Run, export: Write, governing: Write, tmp_path: Path
) -> None:
    """Lost and changed devices are the same as without --redact, and go by pseudonyms that the baseline knows."""
    waves = governing(WAVES.replace("gate: {ready: 100 %, guidance_days: 2000}\n  - name: kiosks", PREVIOUS))
    decided = {}
    for name, redact in {"named": (), "redacted": ("--redact", "--redact-key", tmp_path / "key")}.items():
        before = (export(GOOD, GOOD, OLD, GOOD), "--waves", waves, *redact)
        run("check", *before, *report(tmp_path / name))
        after = (export(GOOD, OLD), "--waves", waves, "--wave", "broad", "--baseline", tmp_path / name / "report.json")
        path = tmp_path / f"{name}.json"
        run("gate", export(GOOD, name="later.csv"), *after[1:], "--as-of", "2026-11-23", *redact, f"-ojson:{path}")
        broad = json.loads(path.read_bytes())["waves"][1]
        decided[name] = {item["id"]: item for item in broad["criteria"]}

    for criterion in ("previous.lost", "previous.changed"):
        named, redacted = (decided[name][criterion] for name in ("named", "redacted"))
        assert (named["figure"], named["met"]) == (redacted["figure"], redacted["met"])
    assert decided["named"]["previous.lost"]["met"] == "MISSED"
    lost = decided["redacted"]["previous.lost"]["why"]
    known = pl.read_parquet(tmp_path / "redacted/devices.parquet")["device_name"].to_list()
    assert lost in known


PREVIOUS = """\
gate: {previous: {none_lost: true, ids_unchanged: true}, guidance_days: 2000}
  - name: kiosks"""
