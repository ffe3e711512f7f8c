"""Evidence: a result, whole, with what it takes to prove it, as one ZIP file or a folder.

Everything that is listed stands in ``manifest.json`` with its SHA-256 and size; ``statement.json`` says what was found
of what, as an in-toto statement whose subjects include the manifest; ``statement.dsse.json`` signs it, if asked. Files
that the run read are packed only as they were read: one that changed since is refused. ``docs/evidence.md`` tells the
rest.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import polars as pl

from checker.errors import OutputError, Problem
from checker.model.notes import FileNote
from checker.model.provenance import Original
from checker.model.result import Result, Summary
from checker.reporters.evidence.statement import Member, manifest, statement
from checker.reporters.json import report as json_report
from checker.reporters.tables import files as tables

RUN_SCHEMA: Final = "mde-readiness/run/v1"
CASES_SCHEMA: Final = "mde-readiness/cases/v1"
_BLOCK: Final = 1 << 20  # bytes read at a time
_DATE: Final = (1980, 1, 1, 0, 0, 0)  # of every member: the first that ZIP knows
_MODE: Final = 0o100644 << 16  # a plain file that everybody may read

_Open = Callable[[str], AbstractContextManager[BinaryIO]]


def write_zip(result: Result, stream: BinaryIO) -> None:
    """Write evidence as a ZIP file; the same result gives the same bytes.

    Raises:
        OutputError: a file that the run read is not there any more as it was.
    """
    with ZipFile(stream, "w") as archive:

        @contextmanager
        def opened(name: str) -> Iterator[BinaryIO]:
            entry = ZipInfo(name, _DATE)
            entry.external_attr = _MODE
            entry.create_system = 3  # Unix, on every system
            entry.compress_type = ZIP_STORED if name.endswith(".parquet") else ZIP_DEFLATED  # Parquet is compressed
            with archive.open(entry, "w", force_zip64=True) as member:
                yield cast("BinaryIO", member)

        _write(result, opened)


def write_folder(result: Result, folder: Path) -> None:
    """Write evidence as files of a folder that is there and empty.

    Raises:
        OutputError: a file that the run read is not there any more as it was.
    """
    _write(result, _in_folder(folder))


def write_result(result: Result, folder: Path) -> None:
    """Write the report and its tables as evidence holds them, without what proves them, to a folder."""
    _add_result(result, _Packed(_in_folder(folder)))


def _in_folder(folder: Path) -> _Open:
    @contextmanager
    def opened(name: str) -> Iterator[BinaryIO]:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as member:
            yield member
            member.flush()
            os.fsync(member.fileno())

    return opened


def _write(result: Result, opened: _Open) -> None:
    packed = _Packed(opened)
    summary = _add_result(result, packed)
    for original in _originals(result):
        packed.add(original.member, original.kind, partial(_copy, original), original.shown)
    packed.add_text("run.json", "run", as_json(_run(result)))
    packed.add_text("SHA256SUMS", "sums", sums(packed.members))
    listing = as_json(manifest(packed.members))
    with opened("manifest.json") as stream:
        stream.write(listing)
    digest = hashlib.sha256(listing).hexdigest()
    said = as_json(statement(summary, packed.members, digest))
    with opened("statement.json") as stream:
        stream.write(said)
    if result.provenance.sign:
        with opened("statement.dsse.json") as stream:
            stream.write(result.provenance.sign(said))


def _add_result(result: Result, packed: "_Packed") -> Summary:
    """Write the tables, and the report that names them; return what the report says."""
    named = tuple(FileNote(kind, name, packed.add(name, kind, write)) for kind, name, write in _tables(result))
    told = replace(result, summary=replace(result.summary, tables=named))
    packed.add("report.json", "report", lambda stream: json_report.write(told, stream))
    return told.summary


def as_json(value: object) -> bytes:
    """Return JSON as every file of evidence spells it: keys in their order, indented by two spaces, UTF-8."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "backslashreplace")


def sums(members: list[Member]) -> bytes:
    """Return what ``sha256sum -c`` checks; names of members hold nothing that it would read otherwise."""
    return "".join(f"{member.sha256}  {member.path}\n" for member in sorted(members, key=lambda it: it.path)).encode()


class _Packed:
    """Evidence that is being written: opens members, and notes what was written to them."""

    def __init__(self, opened: _Open) -> None:
        self._opened = opened
        self.members: list[Member] = []

    def add(self, name: str, kind: str, write: Callable[[BinaryIO], None], shown: str = "") -> str:
        """Write a member; return its SHA-256."""
        with self._opened(name) as stream:
            hashing = _Hashing(stream)
            write(cast("BinaryIO", hashing))
        self.members.append(Member(name, kind, shown, hashing.sha256, hashing.size))
        return hashing.sha256

    def add_text(self, name: str, kind: str, content: bytes) -> None:
        """Write a member that is small."""
        self.add(name, kind, lambda stream: _write_to(stream, content))


class _Hashing:
    """A stream to write that knows size and SHA-256 of what went through it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._digest, self.size = stream, hashlib.sha256(), 0

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, content: Any) -> int:  # noqa: ANN401 (bytes, or whatever buffer a library gives)
        self._digest.update(content)
        written = self._stream.write(content)
        self.size += written
        return written


def _write_to(stream: BinaryIO, content: bytes) -> None:
    stream.write(content)


def _tables(result: Result) -> Iterator[tuple[str, str, Callable[[BinaryIO], None]]]:
    """Yield the tables that a result has, as kind, name and how they are written."""
    yield "devices", "devices.parquet", lambda stream: tables.write_devices_parquet(result, stream)
    yield "findings", "findings.parquet", lambda stream: tables.write_findings_parquet(result, stream)
    if result.plan.parts:
        yield "plan", "plan.parquet", lambda stream: tables.write_plan_parquet(result, stream)
    if result.cases is not None:
        cases: pl.DataFrame = result.cases
        said = tables.metadata(result.summary, CASES_SCHEMA)
        yield "cases", "cases.parquet", lambda stream: tables.write_parquet(cases.lazy(), said, stream)


def _originals(result: Result) -> tuple[Original, ...]:
    """Return what is packed of the files that the run read; of a redacted result only the rules: they hold no names."""
    found = result.provenance.originals
    if not result.summary.redacted:
        return found
    rules = (item for item in found if item.kind == "pack")
    return tuple(replace(item, shown=item.shown.rpartition("/")[2]) for item in rules)  # where a pack lies names people


def _run(result: Result) -> dict[str, Any]:
    """Return how the run was told; nothing of that where names were replaced, since paths and conditions hold names."""
    told = result.provenance
    hidden = bool(result.summary.redacted)
    return {
        "schema": RUN_SCHEMA,
        "tool": {"name": "mde-readiness", "version": result.summary.tool_version},
        "versions": dict(told.versions),
        "redacted": hidden,
        "command": [] if hidden else list(told.command),
        "options": {} if hidden else dict(told.options),
    }


def _copy(original: Original, stream: BinaryIO) -> None:
    """Copy a file that the run read, and refuse it if it is another by now."""
    digest = hashlib.sha256()
    try:
        with original.path.open("rb") as read:
            while block := read.read(_BLOCK):
                digest.update(block)
                stream.write(block)
    except OSError as error:
        what = f"was read by the run and cannot be packed: {error.strerror or error}"
        raise OutputError(Problem(original.shown, what, "keep it where it was until the run ends")) from error
    if digest.hexdigest() != original.sha256:
        what = "changed since the run read it: evidence of it would prove nothing"
        raise OutputError(Problem(original.shown, what, "run again while nothing writes to it"))
