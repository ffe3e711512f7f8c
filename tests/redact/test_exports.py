"""An export with pseudonyms is the same export otherwise: it reads the same, is judged the same, and names nobody."""

import csv
import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest

from checker.errors import InputError
from checker.inventory.mapping_files import mappings
from checker.inventory.read import ReadOptions, read_inventory
from checker.model.record import FileRecords
from checker.redact.cells import Cells
from checker.redact.export import redacted_exports
from checker.redact.pseudonyms import Pseudonyms
from checker.redact.values import shown
from tests.cli.conftest import Ran
from tests.contoso import FLEET, ROOT

from .fleets import demo
from .test_nothing_leaks import leaks

Run = Callable[..., Ran]

NAMES = Pseudonyms(b"k" * 32)
FIXTURES = sorted(
    path
    for path in (ROOT / "fixtures/inventories").rglob("*.*")
    if path.is_file() and path.parent.name != "own-mapping"  # which no format that ships reads
)
IDS = [path.relative_to(ROOT / "fixtures/inventories").as_posix() for path in FIXTURES]
CODE_PAGE = re.compile("read as (?:Windows-1252|code page)")  # by letters of names: pseudonyms have none beyond ASCII
UNPACKED = "and not read: "  # of what lies beside an export in an archive, and not beside the copy
NAMED = re.compile(r"contoso|corp\.|ws-\d|srv-\d|[0-9a-f]{40}|pilot|ring-1|site 0|55555555-", re.IGNORECASE)


def redacted(path: Path) -> bytes:
    stream = BytesIO()
    (write,) = redacted_exports((path.as_posix(),), {}, NAMES).values()
    write(stream)
    return stream.getvalue()


def is_gone(notice: str) -> bool:
    return CODE_PAGE.search(notice) is not None or UNPACKED in notice


def read(path: Path) -> FileRecords:
    (found,) = read_inventory((path.as_posix(),), ReadOptions(bad_rows="skip"))
    return found


@pytest.mark.parametrize("path", FIXTURES, ids=IDS)
def test_an_export_reads_as_before_or_is_refused(path: Path, tmp_path: Path) -> None:
    """Same records, same defects on the same lines, same facts but for those that name somebody."""
    try:
        before, content = read(path), redacted(path)
    except InputError:
        return
    (tmp_path / path.name).write_bytes(content)
    after = read(tmp_path / path.name)

    assert (after.file.format, after.file.columns, after.file.keys) == (
        before.file.format, before.file.columns, before.file.keys,
    )  # fmt: skip
    assert [(bad.row, bad.line) for bad in after.rejected] == [(bad.row, bad.line) for bad in before.rejected]
    told = [text.replace(before.file.path, after.file.path) for text in before.file.notices if not is_gone(text)]
    assert list(after.file.notices) == told
    naming = (
        "agent.conflicting_applications",
        *("mde_id", "entra_id", "own_id", "name"),
        *("device.group", "device.tags", "device.host_id", "device.merged_to", "url.tests"),
    )
    for old, new in zip(before.frames, after.frames, strict=True):
        for name in old.columns:
            if name in naming:
                assert new[name].null_count() == old[name].null_count(), name
                assert new[name].n_unique() == old[name].n_unique(), name
            else:
                pairs = zip(old[name].to_list(), new[name].to_list(), strict=True)
                changed = [text for text, other in pairs if text != other]
                assert [text for text in changed if shown(NAMES, name, text) == text] == [], (
                    name
                )  # nobody can read them


@pytest.mark.parametrize("path", FIXTURES, ids=IDS)
def test_an_export_keeps_its_layout_and_no_name(path: Path) -> None:
    try:
        content = redacted(path)
    except InputError:
        return
    before = path.read_bytes()
    encoding = "utf-16" if before[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1"
    old, new = before.decode(encoding), content.decode(encoding)

    assert content[:3] == before[:3] or encoding == "latin-1"
    if path.suffix == ".csv":
        assert [fields(line) for line in new.splitlines()] == [fields(line) for line in old.splitlines()]
    if path.suffix == ".json" and path.name != "pages.json":  # several documents, one after the other
        assert shape(json.loads(new.lstrip("ï»¿"))) == shape(json.loads(old.lstrip("ï»¿")))
    named = {found.casefold() for found in NAMED.findall(old)}
    assert {found for found in NAMED.findall(new) if found.casefold() in named and len(found) == 40} == set()
    assert not [word for word in ("contoso", "corp.", "pilot", "ring-1") if word in new.casefold().partition("\n")[2]]


def fields(line: str) -> int:
    return len(next(csv.reader([line]), []))


def shape(value: object) -> object:
    """Return a JSON value without what its texts and numbers say."""
    match value:
        case dict():
            return {key: shape(inner) for key, inner in value.items()}
        case list():
            return [shape(inner) for inner in value]
        case _:
            return type(value)


def test_the_redacted_demo_holds_no_name_and_is_judged_alike(run: Run, tmp_path: Path) -> None:
    """Its check gives what --redact says of the original, device for device and finding for finding."""
    fleet = demo(tmp_path / "fleet")
    key = tmp_path / "key"
    assert run("redact", fleet.inventory, "-o", f"{tmp_path}/out/", "--redact-key", key).code == 0
    for path in sorted((tmp_path / "out").iterdir()):
        assert leaks(path.read_text("utf-8-sig"), fleet.originals) == []
    told = {}
    for name, given in {
        "export": (tmp_path / "out",),
        "run": (fleet.inventory, "--redact", "--redact-key", key),
    }.items():
        tables = [f"-o{kind}:{tmp_path}/{name}-{kind}.parquet" for kind in ("devices", "findings")]
        ran = run("check", *given, "--as-of", "2026-11-23", f"-ojson:{tmp_path}/{name}.json", *tables)
        told[name] = json.loads((tmp_path / f"{name}.json").read_bytes())
        assert ran.code == 1
    for part in ("devices", "paths", "verification", "unlocks", "actions", "scope", "device_side", "by"):
        assert told["export"][part] == told["run"][part]
    counts = ("pass", "fail", "unknown", "not_applicable", "histogram")
    assert [[rule[name] for name in counts] for rule in told["export"]["rules"]] == [
        [rule[name] for name in counts] for rule in told["run"]["rules"]
    ]
    for kind in ("devices", "findings"):
        export, own = (without_files(pl.read_parquet(f"{tmp_path}/{name}-{kind}.parquet")) for name in told)
        assert export.equals(own)


def without_files(frame: pl.DataFrame) -> pl.DataFrame:
    if "evidence" in frame.columns:
        places = pl.element().struct.with_fields(pl.lit(None, pl.String).alias("file"))
        frame = frame.with_columns(pl.col("evidence").list.eval(places))
    return frame.drop("file", strict=False)


@pytest.mark.parametrize(
    ("product", "title", "text", "stays"),
    [
        ("advanced-hunting", "OSPlatform", "Windows11", True),
        ("advanced-hunting", "JoinType", "Hybrid Azure AD Join", True),
        ("advanced-hunting", "OSBuild", "19045", True),
        ("advanced-hunting", "OSBuild", "ws-osl-001", False),  # a cell of another column
        ("advanced-hunting", "ClientVersion", "10.8760.19045.5608", True),
        ("advanced-hunting", "ClientVersion", "contoso build", False),
        ("advanced-hunting", "Timestamp", "2026-11-21T20:25:38.7369972Z", True),
        ("advanced-hunting", "Timestamp", "10.1.2.3", False),
        ("advanced-hunting", "LoggedOnUsers", "[]", True),
        ("advanced-hunting", "LoggedOnUsers", '[{"UserName":"nora"}]', False),
        ("advanced-hunting", "PublicIP", "198.51.100.7", False),
        ("advanced-hunting", "MachineGroup", "Oslo", False),
        ("advanced-hunting", "HostDeviceId", "0", True),
        ("mdatp-health", "org_id", "00000000-0000-4000-8000-0000c0470500", False),
        ("mdatp-health", "org_id", "unavailable", True),
        ("mdatp-health", "proxy", "http://nora:secret@proxy.contoso.example:8080", False),
        ("mdatp-health", "product_expiration", "May 11, 2027 at 12:08:31 PM", True),
        ("machines-api", "osBuild", "22631", True),
        ("machines-api", "serialNumber", "5CG1234567", False),
        ("url-tests", "url", "https://mdav.eu.endpoint.security.microsoft.com/mdav/test", True),
        ("url-tests", "url", "https://intranet.contoso.example/x", False),
        ("url-tests", "url", "https://login.microsoftonline.com/contoso.example/", False),
        ("url-tests", "error", "curl: (60) SSL certificate problem at proxy.contoso.example", False),
        ("url-tests", "via", "system_proxy", True),
        ("url-tests", "via", "proxy.contoso.example", False),
        ("portal-devices", "Tags", "pilot, ring-1", False),
        ("portal-devices", "Domain", "corp.contoso.example", False),
        ("portal-devices", "OS Version", "22H2 (Build 22621.1105)", True),
    ],
)
def test_a_cell_stays_only_if_it_names_nobody(product: str, title: str, text: str, stays: bool) -> None:
    new = Cells(NAMES, mappings()[product]).new(title, text)

    assert (new == text) is stays
    assert not [word for word in ("contoso", "nora", "secret", "oslo", "pilot", "5cg") if word in new.lower()]


@pytest.mark.parametrize(
    "text", ["none", "http://proxy.contoso.example:8080", "http://a:b@proxy:1", "pac:http://x/y.pac", "wpad"]
)
def test_a_proxy_reads_as_before(text: str) -> None:
    from checker.inventory.cells import cell

    product = mappings()["mdatp-health"]
    new = Cells(NAMES, product).new("proxy", text)
    for fact in ("proxy.kind", "proxy.has_credentials"):
        read_it = cell(product.facts[fact])
        assert read_it(new) == read_it(text)


def test_long_cells_stay_long() -> None:
    cells = Cells(NAMES, mappings()["advanced-hunting"])

    assert [len(cells.neutral("x" * size)) for size in (3, 65, 5_000)] == [17, 256, 16_384]


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("hunting.csv", b'DeviceId,DeviceName,OSBuild\n1,"secret7,3\n', "never closed"),
        ("machines.json", b'[{"computerDnsName":"secret7","id":"1","onboardingStatus":"x"},{"id":', "cut off"),
        ("phones.csv", b"secret7,other\n1,2\n", "is in no format that is known"),
        (
            "lines.jsonl",
            b'{"computerDnsName":"a","id":"1","onboardingStatus":"x"}\n{"secret7":}\n{"id":"2"}\n',
            "no JSON",
        ),
    ],
)
def test_what_cannot_be_parsed_is_refused_and_not_copied(
    run: Run, tmp_path: Path, name: str, content: bytes, what: str
) -> None:
    (tmp_path / name).write_bytes(content)
    ran = run("redact", tmp_path / name, "-o", tmp_path / "out.csv", "--redact-key", tmp_path / "key")

    assert ran.code == 2
    assert what in ran.err
    assert "secret7" not in ran.err + ran.out
    assert not (tmp_path / "out.csv").exists()


def test_one_file_has_the_name_that_is_given_and_no_input_is_written_over(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "in" / "machines.json"
    source.parent.mkdir()
    source.write_bytes((ROOT / FLEET / "inventory/machines.json").read_bytes())
    key = ("--redact-key", tmp_path / "key")

    assert run("redact", source, "-o", tmp_path / "shown.json", *key).out == f"{tmp_path}/shown.json\n"
    assert json.loads((tmp_path / "shown.json").read_bytes())["value"]
    for place in (source, tmp_path / "key", tmp_path / "in" / "new.json"):
        ran = run("redact", *((source.parent,) if place.name == "new.json" else (source,)), "-o", place, *key)
        assert ran.code == 2, place
    assert source.read_bytes() == (ROOT / FLEET / "inventory/machines.json").read_bytes()
