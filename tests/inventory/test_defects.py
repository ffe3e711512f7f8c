"""Every defect has a fixture named for it, and a message that says what, where and what to do."""

from pathlib import Path

import pytest

from checker.inventory.read import ReadOptions
from tests.inventory.records import read_one, refusal, rows

REPAIR = "\n  hint: repair or remove the record, or set such records aside with --bad-rows skip"
AGAIN = "\n  hint: export it again"
PACK_AGAIN = "\n  hint: export or pack it again"
UNPACKING = ": is damaged: it cannot be unpacked, or is not what was packed" + PACK_AGAIN
OWN = (
    "of an export of your own, mde-readiness inspect --draft-mapping {path} > FILE.yaml drafts a mapping, which"
    " --mapping FILE.yaml uses; leave out what is no export"
)
WHOLE = "\n  hint: export it again, whole"

NO_RULE = "is no rule for a host: write host, *.host, .host or https://host/*, and allow, deny or bypass_inspection"
OTHER_VERSION = "is of a version that is not known: its 'mde_readiness' is not device/v1; a newer program may read it"
MESSAGES = {
    "allow-list/regular-expression.csv": f":3: record 2 {NO_RULE}" + REPAIR,
    "allow-list/unknown-action.csv": f":2: record 1 {NO_RULE}" + REPAIR,
    "advanced-hunting/short-row.csv": ":3: record 2 has 3 fields, too few: the header has 5" + REPAIR,
    "advanced-hunting/long-row.csv": ":3: record 2 has 6 fields, too many: the header has 5" + REPAIR,
    "advanced-hunting/text-after-quote.csv": (
        ":3: record 2 has text after a closing quote: quotes inside a field must be doubled" + REPAIR
    ),
    "advanced-hunting/unclosed-quote.csv": (
        ":3: a quote that opens in this record is never closed: the file was cut off or is damaged" + AGAIN
    ),
    "advanced-hunting/cut-off.csv": (":3: is cut off: its last record has 3 of 5 fields and no end of line" + AGAIN),
    "advanced-hunting/duplicate-header.csv": (
        ":1: has columns of the same name: 'OSPlatform', 'osplatform'\n  hint: rename or remove all but one"
    ),
    "advanced-hunting/blank-header.csv": ":1: has no header\n  hint: the first line must name the columns",
    "advanced-hunting/nul-byte.csv": (
        ":3: a NUL byte stands in the text\n  hint: the file is damaged or of mixed encodings: export it again as UTF-8"
    ),
    "advanced-hunting/mixed-encoding.csv": (
        ":3: byte 0xe8 is not UTF-8\n  hint: the file is damaged or of mixed encodings: export it again as UTF-8"
    ),
    "machines-api/next-link-left.json": (
        ":1: is incomplete: its last page links to a next page that is not in the file" + WHOLE
    ),
    "machines-api/truncated.json": ":47: is cut off: the record that begins here has no end" + WHOLE,
    "machines-api/truncated-lines.jsonl": ":2: is cut off in this line" + WHOLE,
    "machines-api/not-json.json": ":1: is no JSON from here on: expecting ',' delimiter" + WHOLE,
    "machines-api/bad-line.jsonl": ":2: record 2 is no JSON: expecting ',' delimiter" + REPAIR,
    "machines-api/no-objects.json": ":1: record 2 is no JSON object" + REPAIR,
    "machines-api/no-records.json": ": holds no records" + AGAIN,
    "mdatp-health/stray-line.txt": ":34: record 1 has a line that is no 'key : value'" + REPAIR,
    "sense-events/unclosed-data.xml": ":21: is no sound XML: <Data> of line 20 is not closed" + WHOLE,
    "sense-events/cut-off.xml": ":2: is cut off: <Event> has no end" + WHOLE,
    "sense-events/cut-off.evtx": ": is damaged: after 0 events it cannot be read\n  hint: save the log again",
    "sense-events/document-type.xml": (
        ":2: declares a document type, which is not read\n  hint: export it again, without"
    ),
    "sense-events/unknown-entity.xml": ":2: is no sound XML: undefined entity" + WHOLE,
    "sense-events/too-deep.xml": (
        ":2: has elements nested more than 40 deep\n  hint: no program exports that: is it the right file?"
    ),
    "sense-events/other-log.xml": (": holds no events of SENSE\n  hint: export Microsoft-Windows-SENSE/Operational"),
    "mde-analyzer/cut-off.xml": ":2: is cut off: <MDEResults> has no end" + WHOLE,
    "mde-analyzer/bare-ampersand.xml": ":34: is no sound XML: not well-formed (invalid token)" + WHOLE,
    "mde-analyzer-unix/cut-off.xml": ":1: is cut off: <mdatp> has no end" + WHOLE,
    "mde-analyzer-unix/bare-ampersand.xml": ":22: is no sound XML: not well-formed (invalid token)" + WHOLE,
    "mde-analyzer-unix/document-type.xml": (
        ":1: declares a document type, which is not read\n  hint: export it again, without"
    ),
    "mde-analyzer-unix/no-device.xml": (
        ": is in no format that is known (a report in XML; columns: general.script_run_time, general.script_version)\n"
        "  hint: leave it out, if it is no export; one pattern of a proxy a line:"
        " --read-as allow-list=mde-analyzer-unix/no-device.xml"
    ),
    "mde-analyzer-text/cut-off.txt": (
        ":38: record 6 has a URL of which nothing came back: the file was cut off, or the test was stopped" + REPAIR
    ),
    "connectivity-test/cut-off.txt": (
        ":2: record 2 has no result: the output was cut off, or the test was stopped" + REPAIR
    ),
    "connectivity-test/two-runs.txt": (
        ":3: tests a URL of line 1 again: it holds more than one run\n"
        "  hint: keep each device's output in a file of its own"
    ),
    "unknown/empty.csv": ": is empty" + AGAIN,
    "unknown/only-bom.csv": ": is empty" + AGAIN,
    "configmgr/row-count-at-the-end.csv": ":5: record 3 has 1 fields, too few: the header has 3" + REPAIR,
    "configmgr-updates/short-row.csv": ":3: record 2 has 3 fields, too few: the header has 4" + REPAIR,
    "cmpivot/extra-cell.csv": ":3: record 2 has 4 fields, too many: the header has 3" + REPAIR,
    "azure-resources/more-to-come.json": (
        ":84: is incomplete: its last page links to a next page that is not in the file" + WHOLE
    ),
    "azure-resources/total-is-greater.json": (":82: is incomplete: it holds 2 records of 1,000 that it counts" + WHOLE),
    "servicenow/no-objects.json": ":1: record 2 is no JSON object" + REPAIR,
    "jamf-computers/one-page-of-many.json": ":2: is incomplete: it holds 2 records of 240 that it counts" + WHOLE,
    "jamf-search/unquoted-comma.csv": ":2: record 1 has 5 fields, too many: the header has 4" + REPAIR,
    "osquery-log/cut-off.jsonl": ":2: is cut off in this line" + WHOLE,
    "osquery-snapshots/two-of-a-key.jsonl": ":2: record 2 has the key 'Snapshot' twice" + REPAIR,
    "ansible-facts/cut-off.json": ":2: is cut off: the record that begins here has no end" + WHOLE,
    "package-list/only-a-host.txt": (": names no package\n  hint: ask again: rpm -q mdatp, or dpkg -l mdatp"),
    "unknown/workbook.xlsx": ": is a ZIP archive that is cut off or damaged" + PACK_AGAIN,
    "packed/cut-off.csv.gz": ": is cut off: it ends within what is packed" + PACK_AGAIN,
    "packed/cut-off.jsonl.zst": ": is cut off: it ends within what is packed" + PACK_AGAIN,
    "packed/cut-off.zip": ": is a ZIP archive that is cut off or damaged" + PACK_AGAIN,
    "packed/cut-off.xlsx": ": is a ZIP archive that is cut off or damaged" + PACK_AGAIN,
    "packed/cut-off.parquet": ": is a Parquet file that is cut off or damaged" + AGAIN,
    "packed/wrong-footer.parquet": ": is a Parquet file that is cut off or damaged" + AGAIN,
    "packed/wrong-sum.csv.gz": UNPACKING,
    "packed/wrong-sum.zip": "/Devices_2026-11-20.csv" + UNPACKING,
    "packed/text-after-end.csv.gz": UNPACKING,
    "packed/encrypted.zip": ": 'Devices_2026-11-20.csv' is encrypted" + PACK_AGAIN,
    "packed/points-out.zip": ": '../hunting.csv' points out of the archive" + PACK_AGAIN,
    "packed/no-files.zip": ": is an archive without files" + PACK_AGAIN,
    "packed/too-deep.gz": ": is packed more than 3 times, one in another\n  hint: unpack it",
    "packed/nothing-known.zip": (
        ": holds 2 files, none in a format that is known: packed/nothing-known.zip/readme.txt,"
        " packed/nothing-known.zip/picture.png\n  hint: unpack it, and see what mde-readiness inspect FILE says of one"
    ),
    "packed/far-cell.xlsx": (
        ": has a sheet of 1,048,576 rows and 16,384 columns, more than can be read\n"
        "  hint: delete what stands far from the table, or save the table as CSV"
    ),
    "get-hotfix/shifted.txt": ":4: record 1 does not stand in the columns of the table" + REPAIR,
    "sense-registry/bad-line.jsonl": (
        ":2: record 2 is no JSON: expecting property name enclosed in double quotes" + REPAIR
    ),
    "sense-registry/bad-line.reg": ":7: record 1 has a line that is neither a key nor a value" + REPAIR,
    "sense-registry/bad-value.reg": ":16: record 1 has a value in no form that the registry editor writes" + REPAIR,
    "sense-registry/cut-off.reg": ":8: is cut off: the value that begins here has no end" + WHOLE,
    "sense-registry/other-keys.reg": (
        ": holds none of the registry's values that are read\n"
        "  hint: export HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows Advanced Threat Protection"
    ),
    "sense-registry/short-row.csv": ":3: record 2 has 7 fields, too few: the header has 9" + REPAIR,
    "sense-registry/two-devices.txt": (
        ":25: record 1 has two values of 'SOFTWARE\\Microsoft\\Windows Advanced Threat Protection\\OnboardedInfo':"
        " give each device a file of its own" + REPAIR
    ),
    "systeminfo/german.csv": (
        ": is systeminfo /fo csv in another language than English, which is the only one that is read\n"
        "  hint: run it on an English Windows, or use Get-ComputerInfo | ConvertTo-Json, whose names are the same"
        " everywhere"
    ),
    "unknown/phone-list.csv": (
        ": is in no format that is known (CSV, semicolon; columns: 2, of which none is known)\n"
        f"  hint: {OWN.format(path='unknown/phone-list.csv')}"
    ),
    "unknown/processes.csv": (
        ": is in no format that is known (CSV, comma; columns: DeviceId, DeviceName, ActionType and 2 others)\n"
        f"  hint: {OWN.format(path='unknown/processes.csv')}; nearest: hunting-network"
        " lacks 'RemoteUrl'; advanced-hunting lacks 'ClientVersion' or"
        " 'ConnectivityType' or 'OSBuild' or others and never has 'ActionType'; hunting-configuration lacks"
        " 'ConfigurationId', and 'IsCompliant'; --read-as FORMAT=unknown/processes.csv settles it"
    ),
    "native/newer-version.ndjson": f":2: record 2 {OTHER_VERSION}" + REPAIR,
    "native/no-version.json": f":7: record 2 {OTHER_VERSION}" + REPAIR,
    "native/cut-off.ndjson": ":2: is cut off in this line" + WHOLE,
    "native/key-twice.ndjson": ":2: record 2 has the key 'OS.Build' twice" + REPAIR,
    "av-health-api/next-link-left.json": (
        ":65: is incomplete: its last page links to a next page that is not in the file" + WHOLE
    ),
    "av-health-api/truncated-lines.jsonl": ":3: is cut off in this line" + WHOLE,
    "info-gathering-export/cut-off.jsonl": ":4: is cut off in this line" + WHOLE,
    "intune-devices/shifted-row.csv": ":3: record 2 has 52 fields, too many: the header has 51" + REPAIR,
    "intune-devices/cell-missing.csv": ":3: record 2 has 50 fields, too few: the header has 51" + REPAIR,
    "intune-devices/cut-off.csv": (":3: is cut off: its last record has 6 of 51 fields and no end of line" + AGAIN),
    "intune-managed-devices/next-link-left.json": (
        ":72: is incomplete: its last page links to a next page that is not in the file" + WHOLE
    ),
}


@pytest.mark.parametrize("path", MESSAGES)
def test_a_defect_is_refused_in_words(path: str) -> None:
    assert refusal(path) == path + MESSAGES[path]


SAID = {"allow-list/patterns.txt": "allow-list", "allow-list/sentence.txt": "allow-list"}  # they have no header


def test_every_fixture_is_read_or_its_defect_is_known() -> None:
    files = sorted(file.as_posix() for file in Path().rglob("*") if file.is_file())
    for path in (file for file in files if not file.startswith("own-mapping/")):  # which no format that ships reads
        if path not in MESSAGES and path not in SAID:
            file = read_one(path).file
            assert (file.packed_in or file.path) == path


SET_ASIDE = {
    "advanced-hunting/short-row.csv": (2, 3, "has 3 fields, too few: the header has 5", [1, 3]),
    "advanced-hunting/long-row.csv": (2, 3, "has 6 fields, too many: the header has 5", [1, 3]),
    "advanced-hunting/text-after-quote.csv": (
        2,
        3,
        "has text after a closing quote: quotes inside a field must be doubled",
        [1, 3],
    ),
    "machines-api/bad-line.jsonl": (2, 2, "is no JSON: expecting ',' delimiter", [1, 3]),
    "machines-api/no-objects.json": (2, 1, "is no JSON object", [1]),
    "mdatp-health/stray-line.txt": (1, 34, "has a line that is no 'key : value'", []),
}


@pytest.mark.parametrize("path", SET_ASIDE)
def test_a_bad_record_is_set_aside_when_that_is_asked_for(path: str) -> None:
    row, line, reason, kept = SET_ASIDE[path]
    records = read_one(path, ReadOptions(bad_rows="skip"))
    (rejected,) = records.rejected
    assert (rejected.path, rejected.row, rejected.line, rejected.reason) == (path, row, line, reason)
    assert rejected.text
    assert [record["row"] for record in rows(path, ReadOptions(bad_rows="skip"))] == kept
    assert records.rows == len(kept) + 1


@pytest.mark.parametrize(
    "path",
    [
        "advanced-hunting/cut-off.csv",
        "advanced-hunting/unclosed-quote.csv",
        "machines-api/truncated.json",
        "machines-api/truncated-lines.jsonl",
        "machines-api/next-link-left.json",
        "machines-api/not-json.json",
    ],
)
def test_an_incomplete_file_is_refused_even_when_bad_records_are_set_aside(path: str) -> None:
    assert refusal(path, ReadOptions(bad_rows="skip")) == path + MESSAGES[path]


def test_a_quote_inside_an_unquoted_field_is_text() -> None:
    assert rows("advanced-hunting/bare-quote.csv")[1]["name"] == 'ws-0002 13" panel'
