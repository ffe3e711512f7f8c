"""The files that a run read, with the names that they get in evidence and the SHA-256 that they had."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from checker.errors import OutputError, Problem
from checker.model.provenance import Original
from checker.model.result import Summary
from checker.options import Options
from checker.packs.build import pack_sha256, pack_sources
from checker.packs.library import find_pack
from checker.reporters.evidence.statement import MOST_MEMBERS

_HARMLESS: Final = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST: Final = 80  # characters of an input's name that its member keeps
BASELINE: Final = {
    "baseline": "baseline/report.json",
    "baseline-devices": "baseline/devices.parquet",
    "baseline-findings": "baseline/findings.parquet",
}


def originals(options: Options, summary: Summary, *, inputs: bool) -> Iterator[Original]:
    """Yield the files of the pack, those that governed the run, and, if asked for, its inputs.

    Raises:
        OutputError: the pack is not any more what the run judged by.
    """
    yield from _pack(options, summary)
    earlier = options.baseline
    tables = {"devices": earlier.devices, "findings": earlier.findings} if earlier else {}
    places = {f"baseline-{kind}": table.parts[0] for kind, table in tables.items()}
    for number, note in enumerate(summary.governed_by, start=1):
        several = f"mapping/{number:04d}-{harmless(note.path)}"
        member = several if note.kind == "mapping" else BASELINE.get(note.kind, f"{note.kind}.yaml")
        yield Original(note.kind, member, note.path, places.get(note.kind) or options.place(note.path), note.sha256)
    if inputs:
        read = {(tally.given, tally.sha256): None for tally in summary.inputs}
        if len(read) > MOST_MEMBERS - 100:
            hint = "leave --include-inputs out, or merge the exports"
            raise OutputError(Problem("--include-inputs", f"has {len(read):,} files to pack, too many", hint))
        for number, (shown, digest) in enumerate(read, start=1):
            yield Original("input", f"inputs/{number:04d}-{harmless(shown)}", shown, options.place(shown), digest)


def harmless(path: str) -> str:
    """Return the name of a file in letters, digits, dots and dashes: the same on every system, and never a way out."""
    return _HARMLESS.sub("_", Path(path).name)[-_LONGEST:]


def _pack(options: Options, summary: Summary) -> Iterator[Original]:
    folder, shown = find_pack(options.pack, options.elsewhere.get(options.pack, ""))
    sources = pack_sources(folder)
    if pack_sha256(sources) != summary.packs[0].sha256:
        raise OutputError(Problem(shown, "changed since the run read it", "run again while nothing writes to it"))
    for number, (name, content) in enumerate(sources.items(), start=1):
        digest = hashlib.sha256(content).hexdigest()
        member = name if harmless(name) == name else f"{number:04d}-{harmless(name)}"
        yield Original("pack", f"pack/{member}", f"{shown}/{name}", folder / name, digest)
