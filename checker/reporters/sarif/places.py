"""Where a SARIF result stands: the input file, the line of the device's record, and the device."""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote

from checker.model.notes import Example, InputTally
from checker.model.result import Summary
from checker.reporters.wording import sentence, visible

_DRIVE: Final = re.compile("[A-Za-z]:/")


def uri(path: str) -> str:
    """Return the path as a URI: relative as the user gave it, or ``file:`` for an absolute path.

    GitHub joins relative ones to the root of the repository and makes absolute ones relative by itself.

    Args:
        path: with forward slashes, whatever the system; a backslash is a character of a name.
    """
    drive = path[:2] if _DRIVE.match(path) else ""
    encoded = quote(_name_bytes(path.removeprefix(drive)), safe="/")
    if drive:
        return f"file:///{drive}{encoded}"
    if encoded.startswith("//"):
        return f"file:{encoded}"
    return f"file://{encoded}" if encoded.startswith("/") else encoded.removeprefix("./")


def _name_bytes(path: str) -> bytes:
    """Return the name as the disk holds it: names that are no text reach Python as lone surrogates."""
    try:
        return path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return path.encode("utf-8", "surrogatepass")


def artifacts(summary: Summary) -> list[dict[str, Any]]:
    """Return the input files with their hashes, in the order in which locations number them, then what governs.

    Archives come last: it is they that have the hashes of the files in them, which name them as their parents.
    """
    archives = {entry.packed_in: entry.sha256 for entry in summary.inputs if entry.packed_in}
    first = len(summary.inputs) + len(summary.governed_by)
    places = {path: first + number for number, path in enumerate(archives)}
    return [
        *(_input(entry, places) for entry in summary.inputs),
        *(_artifact(note.path, note.sha256, "userSpecifiedConfiguration") for note in summary.governed_by),
        *(_artifact(path, digest, "analysisTarget") for path, digest in archives.items()),
    ]


def _input(entry: InputTally, archives: Mapping[str, int]) -> dict[str, Any]:
    if entry.packed_in:
        parent = archives[entry.packed_in]
        return {"location": {"uri": uri(entry.path)}, "parentIndex": parent, "roles": ["analysisTarget"]}
    return _artifact(entry.path, entry.sha256, "analysisTarget")


def _artifact(path: str, digest: str, role: str) -> dict[str, Any]:
    return {"location": {"uri": uri(path)}, "hashes": {"sha-256": digest}, "roles": [role]}


def whole_fleet(summary: Summary) -> Example:
    """Return where a finding about no single device stands: the beginning of the first input."""
    return Example("", "", summary.inputs[0].path, 1)


def location(example: Example, summary: Summary) -> dict[str, Any]:
    """Return the record in the file, and the device in the fleet.

    The region is the beginning of the record: GitHub wants all four numbers, and shows a problem in a pull request only
    if every line of the region is part of the change.
    """
    line = max(example.line, 1)
    region = {"startLine": line, "startColumn": 1, "endLine": line, "endColumn": 2}
    artifact: dict[str, Any] = {"uri": uri(example.file)}
    paths = [entry.path for entry in summary.inputs]
    if example.file in paths:
        artifact["index"] = paths.index(example.file)
    name = visible(example.device_name or example.device_id) or "fleet"
    qualified = f"fleet/{visible(example.device_id)}" if example.device_id else "fleet"
    return {
        "physicalLocation": {"artifactLocation": artifact, "region": region},
        "logicalLocations": [{"name": name, "fullyQualifiedName": qualified, "kind": "resource"}],
    }


def fingerprints(kind: str, *identity: str) -> dict[str, str]:
    """Return what makes the result the same one in the next run, whatever line it stands on by then.

    GitHub reads ``primaryLocationLineHash`` only; were it made from the line, every re-sorted export would close and
    reopen all alerts.
    """
    digest = sha256("\0".join(identity).encode("utf-8", "surrogatepass")).hexdigest()
    return {"primaryLocationLineHash": digest, f"{kind}/v1": digest}


def message(text: str) -> dict[str, str]:
    """Return a message of whole sentences in which nothing of the text is taken for a link."""
    return {"text": sentence(text).replace("](", "] (")}
