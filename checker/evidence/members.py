"""What evidence lists of itself: its manifest, read back, and held against what is there."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from checker.compare.reports import json_of, read_report
from checker.errors import InputError, Problem
from checker.evidence.opening import WRITE_IT, DamagedError, Evidence, is_evidence, opened
from checker.model.result import Result
from checker.reporters.evidence.statement import SCHEMA, Member
from checker.stored.result import open_result

UNLISTED: Final = ("manifest.json", "statement.json", "statement.dsse.json")  # what no manifest can list
RESULT: Final = ("report", "devices", "findings", "plan", "cases")  # kinds of members that are the result
_TEXT: Final = {"type": "string"}
_SHAPE: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["schema", "files"],
    "properties": {
        "schema": {"const": SCHEMA},
        "files": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["path", "kind", "shown", "sha256", "size"],
                "properties": {
                    **dict.fromkeys(("path", "kind", "shown", "sha256"), _TEXT),
                    "size": {"type": "integer", "minimum": 0},
                },
            },
        },
    },
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A file of evidence that is not as it should be, and how."""

    file: str
    what: str


def listed(evidence: Evidence) -> tuple[Member, ...]:
    """Return what the manifest lists.

    Raises:
        InputError: there is no manifest, or it is none of this tool.
    """
    where = f"{evidence.path}: manifest.json"
    told = whole_json(evidence, "manifest.json")
    from jsonschema import Draft202012Validator  # imported here: only who opens evidence pays for it

    for error in Draft202012Validator(_SHAPE).iter_errors(told):
        place = "/".join(map(str, error.absolute_path)) or "the manifest"
        raise InputError(Problem(where, f"{place}: {error.message[:200]}", WRITE_IT))
    files = [Member(**entry) for entry in told["files"]]
    if len({member.path for member in files}) < len(files):
        raise InputError(Problem(where, "lists a file twice", WRITE_IT))
    return tuple(files)


def whole_json(evidence: Evidence, name: str) -> Any:  # noqa: ANN401 (JSON)
    """Return what a JSON member holds.

    Raises:
        InputError: it is not there, cannot be read whole, or is not JSON.
    """
    where = f"{evidence.path}: {name}"
    try:
        return json_of(evidence.content(name), where, WRITE_IT)
    except DamagedError as damage:
        raise InputError(Problem(where, f"cannot be read whole: {damage}", WRITE_IT)) from None


def differences(evidence: Evidence, members: tuple[Member, ...]) -> Iterator[Difference]:
    """Yield every file that is missing, not listed, or not what the manifest says, in the order of their names."""
    by_path = {member.path: member for member in members}
    for name in sorted({*by_path, *evidence.sizes} - {*UNLISTED}):
        if name not in by_path:
            yield Difference(name, "is not listed by the manifest")
        elif name not in evidence.sizes:
            yield Difference(name, "is missing")
        elif what := changed(evidence, by_path[name]):
            yield Difference(name, what)


def changed(evidence: Evidence, member: Member, copy: Callable[[bytes], object] = len) -> str:
    """Return how a member differs from what is listed of it, or nothing; ``copy`` is given its content on the way."""
    digest, size = hashlib.sha256(), 0
    try:
        for block in evidence.blocks(member.path):
            digest.update(block)
            copy(block)
            size += len(block)
    except DamagedError as damage:
        return f"cannot be read whole: {damage}"
    if size != member.size:
        return f"has {size:,} bytes, not {member.size:,}"
    if digest.hexdigest() != member.sha256:
        return f"has the SHA-256 {digest.hexdigest()}, not {member.sha256}"
    return ""


@contextmanager
def result_of(path: str) -> Iterator[str]:
    """Give the path of the report of evidence, for as long as the context lasts, with its tables beside it.

    Only a result that is as the manifest lists it is given. Errors about it, raised inside the context, name the
    evidence.

    Raises:
        InputError: it cannot be used as evidence, or its result is not as listed.
    """
    with opened(path) as evidence, unpacked(evidence, members := listed(evidence), RESULT) as folder:
        report = str(folder / "report.json")
        try:
            _refuse_tables_elsewhere(report, members)
            yield report
        except InputError as error:
            raise InputError(_renamed(problem, str(folder), path) for problem in error.problems) from None


@contextmanager
def result_in(path: str) -> Iterator[Result]:
    """Open a result: evidence, or the JSON report of a run with its tables beside it.

    Raises:
        InputError: with every problem of it.
    """
    with ExitStack() as stack:
        report = stack.enter_context(result_of(path)) if is_evidence(path) else path
        yield stack.enter_context(open_result(report))


@contextmanager
def unpacked(evidence: Evidence, members: tuple[Member, ...], kinds: tuple[str, ...]) -> Iterator[Path]:
    """Give a folder with the members of some kinds, for as long as the context lasts; each is as it is listed.

    Raises:
        InputError: one of them is missing, or not as it is listed.
    """
    with TemporaryDirectory(prefix="mde-readiness-") as name:
        folder = Path(name)
        for member in members:
            if member.kind not in kinds:
                continue
            what = "is missing"
            if member.path in evidence.sizes:
                place = folder / member.path
                place.parent.mkdir(parents=True, exist_ok=True)
                with place.open("xb") as stream:
                    what = changed(evidence, member, stream.write)
            if what:
                hint = "mde-readiness verify EVIDENCE tells everything that differs"
                raise InputError(Problem(f"{evidence.path}: {member.path}", what, hint))
        yield folder


def _refuse_tables_elsewhere(report: str, members: tuple[Member, ...]) -> None:
    """Refuse a report that names a table which is not in evidence with it: it would be read from anywhere."""
    listed_there = {member.path for member in members if member.kind in RESULT}
    for table in read_report(report).tables:
        if table.path not in listed_there:
            raise InputError(Problem(report, f"names the table {table.path}, which is not in the evidence", WRITE_IT))


def _renamed(problem: Problem, folder: str, path: str) -> Problem:
    """Return a problem with the evidence's name for what lies in the temporary folder."""
    inside = f"{folder}/"
    return replace(
        problem,
        where=problem.where.replace(inside, f"{path}: "),
        what=problem.what.replace(inside, ""),
        hint="mde-readiness verify EVIDENCE tells what differs" if inside in problem.where else problem.hint,
    )
