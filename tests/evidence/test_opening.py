"""Hostile evidence is refused with a reason, and nothing is written outside a folder of its own."""

import json
import os
import stat
import zlib
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from checker.evidence import opening

from .conftest import call, forged, packed

Changed = Callable[..., Path]

NAMES = {
    "a way out": "../out.txt",
    "a way out below": "inputs/../../out.txt",
    "an absolute name": "/tmp/out.txt",  # noqa: S108 (nothing is written there: that is the test)
    "a drive": "C:out.txt",
    "backslashes": "..\\out.txt",
    "letters beyond ASCII": "prüfung.txt",
    "a terminal escape": "a\x1b[2Jb",
    "an empty part": "inputs//out.txt",
    "a dot": "./out.txt",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_names_that_lead_out_are_refused(changed: Changed, tmp_path: Path, name: str) -> None:
    before = set(tmp_path.parent.iterdir())
    for command in (["verify"], ["sample", "--seed", "s"], ["report"]):
        ran = call(command[0], changed({name: b"x"}), *command[1:])

        assert ran.code == 2
        assert "is no name that evidence has" in ran.err
        assert "\x1b" not in ran.err
    assert set(tmp_path.parent.iterdir()) == before


def entry(name: str, mode: int = 0o100644, packing: int = ZIP_DEFLATED) -> ZipInfo:
    made = ZipInfo(name)
    made.external_attr, made.compress_type = mode << 16, packing
    return made


def refusal(path: Path) -> str:
    ran = call("verify", path)
    assert ran.code == 2, ran.out
    return ran.err


def test_a_name_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "twice.zip", {"report.json": b"{}", "Report.json": b"{}"})

    assert "Report.json: is there twice" in refusal(path)


def test_links_are_refused(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.writestr(entry("report.json", stat.S_IFLNK | 0o777), "/etc/hostname")
    assert "report.json: is a link, or no plain file" in refusal(tmp_path / "link.zip")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_links_and_pipes_in_a_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "report.json").symlink_to("/etc/hostname")
    os.mkfifo(tmp_path / "manifest.json")
    told = refusal(tmp_path)

    assert "report.json: is a link, or no plain file" in told
    assert "manifest.json: is a link, or no plain file" in told


def test_a_folder_without_end_is_refused(tmp_path: Path) -> None:
    (tmp_path / "/".join("abcdefghijkl")).mkdir(parents=True)

    assert "is a link, or no plain file" in refusal(tmp_path)


def test_encrypted_members_are_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "secret.zip", {"manifest.json": b"{}"})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1  # the flag, in the central directory
    path.write_bytes(content)

    assert "manifest.json: is encrypted" in refusal(path)


def test_other_packings_are_refused(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "odd.zip", "w") as archive:
        archive.writestr(entry("manifest.json", packing=ZIP_BZIP2), "{}")
    assert "is packed in a way that evidence never is" in refusal(tmp_path / "odd.zip")


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "LARGE", 1 << 20)
    path = packed(tmp_path / "bomb.zip", {"manifest.json": b"{}", "devices.parquet": bytes(3 << 20)})

    assert "devices.parquet: unpacks to 3,145,728 bytes" in refusal(path)


def test_overlapping_members_are_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "overlap.zip", {"a": os.urandom(5000), "b": b"x"})
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 4) + 20  # what the second takes, packed
    content[at : at + 4] = (9000).to_bytes(4, "little")
    path.write_bytes(content)

    assert "has members that overlap" in refusal(path)


@pytest.mark.parametrize(
    ("name", "value", "what"), [("LARGEST", 10, "GiB"), ("MOST_MEMBERS", 2, "more than 2 members")]
)
def test_there_is_a_bound(changed: Changed, monkeypatch: pytest.MonkeyPatch, name: str, value: int, what: str) -> None:
    monkeypatch.setattr(opening, name, value)

    assert what in refusal(changed({}))


def test_a_manifest_that_is_too_large_is_not_read(changed: Changed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "LARGEST_TEXT", 100)

    assert "manifest.json: has" in refusal(changed({}))


MANIFESTS = {
    "no JSON": (b"{", "is not JSON"),
    "no UTF-8": (b'{"schema": "\xff"}', "is not JSON"),
    "too deep": (b"[" * 200_000, "nest too deep"),
    "a key twice": (b'{"schema": "a", "schema": "b"}', "stands twice"),
    "another schema": (b'{"schema": "x", "files": []}', "schema"),
    "no list": (json.dumps({"schema": "mde-readiness/evidence/v1", "files": 3}).encode(), "files"),
}


@pytest.mark.parametrize(("content", "what"), MANIFESTS.values(), ids=MANIFESTS.keys())
def test_a_manifest_that_is_none_is_told(changed: Changed, content: bytes, what: str) -> None:
    told = refusal(changed({"manifest.json": content}))

    assert "manifest.json" in told
    assert what in told


def test_a_damaged_member_is_told(site: Path, tmp_path: Path) -> None:
    content = bytearray((site / "evidence.zip").read_bytes())
    at = content.index(b"devices.parquet") + 200
    content[at] ^= 0xFF
    (tmp_path / "damaged.zip").write_bytes(content)
    ran = call("verify", tmp_path / "damaged.zip")

    assert ran.code == 1
    assert "devices.parquet: cannot be read whole: Bad CRC-32" in ran.out


@pytest.mark.parametrize("content", [b"", b"PK", b"{}", zlib.compress(b"x")], ids=["empty", "cut", "JSON", "zlib"])
def test_what_is_no_archive_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)

    assert "is no ZIP file that can be read" in refusal(tmp_path / "x.zip")


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    assert "there is no such file or folder" in refusal(tmp_path / "x.zip")


def test_an_empty_folder_is_no_evidence(tmp_path: Path) -> None:
    assert "is no evidence: it holds no manifest.json" in refusal(tmp_path)


def test_a_report_that_names_tables_elsewhere_is_refused(site: Path, changed: Changed, tmp_path: Path) -> None:
    """A table of somebody else's machine is not read, whatever a report names."""
    report = (site / "evidence" / "report.json").read_bytes()
    told = report.replace(
        b'"path": "devices.parquet"', json.dumps(f"{site}/evidence/devices.parquet").join(('"path": ', "")).encode()
    )
    assert told != report
    path = packed(tmp_path / "elsewhere.zip", forged(site, {"report.json": told}))

    assert "which is not in the evidence" in refusal(path)
