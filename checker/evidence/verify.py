"""Checks evidence: files against the manifest, signature and statement, and, given the inputs, the run itself."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from checker.compare.reports import json_of
from checker.errors import InputError, Problem
from checker.evidence import signing
from checker.evidence.members import RESULT, Difference, differences, listed, result_of, unpacked, whole_json
from checker.evidence.opening import DamagedError, Evidence, opened
from checker.evidence.originals import BASELINE
from checker.evidence.replay import GOVERNING, compared, first_value, judged_again
from checker.inventory.given import by_name, files_given
from checker.inventory.unread import is_notice
from checker.model.result import Summary
from checker.options import Progress
from checker.packs.build import pack_sha256, pack_sources
from checker.packs.library import find_pack, shipped_packs
from checker.reporters.evidence.archive import as_json
from checker.reporters.evidence.statement import Member, statement
from checker.stored.result import read_summary

_REDACTED: Final = "its names are pseudonyms, so that nobody can judge it again"


class Verdict(StrEnum):
    """How a check came out."""

    SAME = "ok"
    DIFFERS = "differs"
    OPEN = "not checked"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, and how it came out."""

    verdict: Verdict
    what: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be checked besides what evidence says of itself."""

    version: str  # of this tool
    key: str = ""  # PEM file of the public key; empty: the signature is not checked
    inventory: tuple[str, ...] = ()  # the inputs, to be judged again
    replay: bool = False  # judge the packed inputs again
    progress: Progress = field(default_factory=Progress)


def verify(path: str, asked: Asked) -> Iterator[Check]:
    """Yield every check of evidence; what rests on a file that differs is not checked.

    Raises:
        CheckerError: the evidence cannot be looked at, the key cannot be used, or the run cannot be done again.
    """
    with opened(path) as evidence:
        members = listed(evidence)
        yield from _version(evidence, asked.version)
        found = (*_manifest(evidence), *differences(evidence, members))
        yield from _told(found, f"{len(members):,} files are as manifest.json lists them")
        yield from _signature(evidence, asked.key)
        wrong = {each.file for each in found}
        if any(member.kind in RESULT and member.path in wrong for member in members):
            yield Check(Verdict.OPEN, "statement and run: the result is not the one that was written")
            return
        with result_of(path) as report:
            summary = read_summary(report)
            sound = tuple(member for member in members if member.path not in wrong)
            if "statement.json" not in wrong:
                yield from _told(_statement(evidence, members, summary), "statement.json says what the report says")
            yield from _told(
                _strangers(evidence, sound, summary), "rules, exceptions and inputs in it are those of the report"
            )
            yield from _shipped(evidence, summary, asked.version)
            if wrong - {"manifest.json", "statement.json"}:
                yield Check(Verdict.OPEN, "run: files differ")
            else:
                yield from _run(evidence, members, summary, asked, Path(report).parent)


def _told(found: Iterable[Difference], fine: str) -> Iterator[Check]:
    """Yield the differences, or that there is none."""
    none = True
    for each in found:
        none = False
        yield Check(Verdict.DIFFERS, f"{each.file}: {each.what}")
    if none:
        yield Check(Verdict.SAME, fine)


def _version(evidence: Evidence, version: str) -> Iterator[Check]:
    """Yield that another release wrote it, which may read and judge otherwise."""
    try:
        wrote = whole_json(evidence, "run.json")["tool"]["version"]
    except (InputError, KeyError, TypeError):
        return  # the manifest says what is wrong with it
    if wrote != version:
        what = f"mde-readiness {wrote} wrote it, this is {version}: judged again, it may come out otherwise"
        yield Check(Verdict.OPEN, what)


def _manifest(evidence: Evidence) -> Iterator[Difference]:
    """Yield that the statement is missing or, as far as it can be read, about another manifest."""
    if "statement.json" not in evidence.sizes:
        yield Difference("statement.json", "is missing")
        return
    try:
        stated = whole_json(evidence, "statement.json")["subject"][0]["digest"]["sha256"]
    except (InputError, KeyError, IndexError, TypeError):
        return  # told where the statement is compared
    if stated != hashlib.sha256(evidence.content("manifest.json")).hexdigest():
        yield Difference("manifest.json", "is not the one that statement.json is about")


def _signature(evidence: Evidence, key: str) -> Iterator[Check]:
    name = "statement.dsse.json"
    if "statement.json" not in evidence.sizes:
        yield Check(Verdict.OPEN, "signature: there is no statement that it could be of")
    elif name in evidence.sizes:
        yield _signed(evidence, name, key)
    elif key:
        yield Check(Verdict.DIFFERS, f"{name}: is missing: the evidence is not signed")
    else:
        yield Check(Verdict.OPEN, "signature: unsigned")


def _signed(evidence: Evidence, name: str, key: str) -> Check:
    try:
        envelope, signed = evidence.content(name), evidence.content("statement.json")
        if key:
            return Check(Verdict.SAME, f"signed by {key}, key id {signing.verified(envelope, signed, key)}")
        keys = ", ".join(signing.key_ids(envelope, signed)) or "nobody"
        return Check(Verdict.OPEN, f"signature: signed by key id {keys}; --key PUB checks it")
    except (ValueError, DamagedError) as error:
        return Check(Verdict.DIFFERS, f"{name}: {error}")


def _statement(evidence: Evidence, members: tuple[Member, ...], summary: Summary) -> Iterator[Difference]:
    """Yield how the statement differs from one that is made anew of report and manifest."""
    name = "statement.json"
    digest = hashlib.sha256(evidence.content("manifest.json")).hexdigest()
    should = statement(summary, members, digest)
    try:
        content = evidence.content(name)
        said = json_of(content, name)
    except DamagedError as damage:
        yield Difference(name, f"cannot be read whole: {damage}")
    except InputError as error:
        yield Difference(name, error.problems[0].what)
    else:
        if content != as_json(should):
            what = first_value(should, said) or "is spelled otherwise than the tool spells it"
            yield Difference(name, what.replace(" was ", " should be ", 1))


def _strangers(evidence: Evidence, members: tuple[Member, ...], summary: Summary) -> Iterator[Difference]:
    """Yield what is packed but is not what the report was made with."""
    governing = {(note.kind, note.sha256) for note in summary.governed_by}
    inputs = {(tally.given, tally.sha256) for tally in summary.inputs}
    tables = {note.path: note.sha256 for note in summary.tables}
    for member in members:
        if member.path in tables and member.sha256 != tables[member.path]:
            yield Difference(member.path, "is not the table that the report names")
        if member.kind in (*GOVERNING, *BASELINE) and (member.kind, member.sha256) not in governing:
            yield Difference(member.path, "is not the file that the report names")
        if member.kind == "input" and (member.shown, member.sha256) not in inputs:
            yield Difference(member.path, "is no input that the report names")
    pack = {member.shown.rpartition("/")[2]: member.path for member in members if member.kind == "pack"}
    if pack and pack_sha256({name: evidence.content(path) for name, path in pack.items()}) != summary.packs[0].sha256:
        yield Difference("pack/", "is not the rule pack that the report names")


def _shipped(evidence: Evidence, summary: Summary, version: str) -> Iterator[Check]:
    """Yield that rules which are said to be those that ship with the tool are others, or how far that is known."""
    try:
        told = whole_json(evidence, "run.json")
        name, wrote = told["options"].get("pack", ""), told["tool"]["version"]
    except (InputError, KeyError, TypeError, AttributeError):
        return  # the manifest, or the run, says what is wrong with it
    if name not in shipped_packs():
        return
    if pack_sha256(pack_sources(find_pack(name)[0])) == summary.packs[0].sha256:
        yield Check(Verdict.SAME, f"the rule pack is {name} as it ships with mde-readiness {version}")
    elif wrote == version:
        yield Check(Verdict.DIFFERS, f"pack/: is said to be {name} as shipped, and is not: that is another")
    else:
        what = f"rule pack: is not {name} of mde-readiness {version}; hold it against that of mde-readiness {wrote}"
        yield Check(Verdict.OPEN, what)


def _run(evidence: Evidence, members: tuple[Member, ...], summary: Summary, asked: Asked, was: Path) -> Iterator[Check]:
    if not asked.inventory and not asked.replay:
        packed = any(member.kind == "input" for member in members)
        how = "--replay judges the packed inputs again" if packed else "give the inventory to judge it again"
        if summary.redacted:
            how = _REDACTED
        yield Check(Verdict.OPEN, f"run: {how}")
        return
    with _places(evidence, members, asked) as places:
        found = tuple(_unlike(_without_unread(places, asked.inventory, summary), summary))
        yield from _told(found, f"{_count(summary):,} inputs have the SHA-256 that the report names")
        if found:
            yield Check(Verdict.OPEN, "run: the inputs are others")
            return
        if summary.redacted:
            yield Check(Verdict.OPEN, f"run: {_REDACTED}")
            return
        read = {tally.given: places[tally.sha256][0] for tally in summary.inputs}
        with judged_again(evidence, members, summary, read, asked.progress) as is_now:
            yield from _told(
                compared(members, was, is_now), "judged again: report and tables are the same, byte for byte"
            )


def _count(summary: Summary) -> int:
    """Return how many files were given: those of an archive count as one."""
    return sum(not tally.packed_in for tally in summary.inputs) + len({t.packed_in for t in summary.inputs} - {""})


@contextmanager
def _places(evidence: Evidence, members: tuple[Member, ...], asked: Asked) -> Iterator[dict[str, list[str]]]:
    """Give the files to judge again by their SHA-256: those that are given, or those in the evidence."""
    if asked.inventory:
        yield _by_sha256(files_given(asked.inventory))
        return
    if not any(member.kind == "input" for member in members):
        hint = "give the inventory, or write evidence with --include-inputs"
        raise InputError(Problem(evidence.path, "holds no inputs to judge again", hint))
    with unpacked(evidence, members, ("input",)) as folder:
        yield _by_sha256([str(folder / member.path) for member in members if member.kind == "input"])


def _by_sha256(files: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for file in files:
        try:
            with Path(file).open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise InputError(Problem(file, f"cannot be read: {error.strerror or error}")) from error
        found.setdefault(digest, []).append(file)
    return found


def _without_unread(
    places: Mapping[str, list[str]], inventory: Sequence[str], summary: Summary
) -> dict[str, list[str]]:
    """Return the files without those of folders that the run may have left aside, as it says in a notice."""
    if not any(map(is_notice, summary.notices)):
        return dict(places)
    read, named = {tally.sha256 for tally in summary.inputs}, by_name(inventory)
    return {digest: files for digest, files in places.items() if digest in read or not named.isdisjoint(files)}


def _unlike(places: Mapping[str, list[str]], summary: Summary) -> Iterator[Difference]:
    """Yield inputs of the run that are not among the files, and files that are no inputs of the run."""
    wanted = {tally.sha256: tally.given for tally in summary.inputs}
    for digest, path in sorted(wanted.items(), key=lambda item: item[1]):
        if digest not in places:
            yield Difference(path, f"no given file has its SHA-256, {digest}: it changed, or was not given")
    for digest, files in places.items():
        if digest not in wanted:
            yield Difference(files[0], f"is no input of the run: it has the SHA-256 {digest}")
