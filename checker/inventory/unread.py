"""What is not read: members of an archive and files of a folder in no known format, and paths that only options name.

Beside exports lie notes, and what a system keeps there (``desktop.ini``): such a file is named in a notice. One that is
given by name is refused, as is a folder of which no file is known.
"""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from checker.errors import Problem, UnknownFormatError
from checker.inventory.given import by_name, names, posix
from checker.inventory.recognise import UNKNOWN
from checker.inventory.source import EMPTY, NO_TEXT
from checker.model.record import FileRecords

SHOWN_NAMES = 5  # members or files that a notice names
PLAIN = (f"is {UNKNOWN}", NO_TEXT, EMPTY)  # how a problem begins of which there is nothing to say but that

_NOTICE = re.compile(
    rf".*: (?:not read, for it .*|(?:1 file is|[0-9,]+ files are) {UNKNOWN}, and not read: .*)\.", re.DOTALL
)


def is_notice(text: str) -> bool:
    """Tell whether a notice of a run is on files of folders that were not read."""
    return _NOTICE.fullmatch(text) is not None


def none_known(path: str, members: Sequence[str]) -> Problem:
    """Return that an archive holds nothing that is read."""
    hint = "unpack it, and see what mde-readiness inspect FILE says of one"
    return Problem(path, f"holds {len(members):,} files, none in a format that is known: {_some(members)}", hint)


def members_not_read(members: Sequence[str]) -> str:
    """Return the notice on members of an archive of which others are read."""
    some = "1 member is" if len(members) == 1 else f"{len(members):,} members are"
    return f"{some} {UNKNOWN}, and not read: {_some(members)}"


def refused(
    unknown: Mapping[str, UnknownFormatError], paths: Sequence[str], read: Sequence[FileRecords]
) -> dict[str, UnknownFormatError]:
    """Return those files in no known format that stop the run: given by name, or with nothing that is read beside."""
    named = by_name(paths)
    found = [file for file in unknown if file not in named]
    folders = [path for path in paths if any(names(path, file) for file in found)]
    known = [path for path in folders if any(names(path, item.file.path) for item in read)]
    aside = {file for file in found if any(names(path, file) for path in known)}
    return {file: error for file, error in unknown.items() if file not in aside}


def set_aside(
    unknown: Mapping[str, UnknownFormatError], paths: Sequence[str], read: Sequence[FileRecords]
) -> dict[str, list[str]]:
    """Return the notices on files of folders that are not read, by the path of a file that is read beside them."""
    found: dict[str, list[str]] = {}
    plain: dict[str, list[str]] = {}
    for file, error in unknown.items():
        path, beside = next(
            (path, item.file.path)
            for path in paths
            if names(path, file)
            for item in read
            if names(path, item.file.path)
        )
        (problem,) = error.problems
        if problem.what.startswith(PLAIN):
            plain.setdefault(path, []).append(file)
        else:
            found.setdefault(beside, []).append(f"{file}: not read, for it {problem.what}: {problem.hint}.")
    for path, files in plain.items():
        beside = next(item.file.path for item in read if names(path, item.file.path))
        some = "1 file is" if len(files) == 1 else f"{len(files):,} files are"
        found.setdefault(beside, []).append(f"{posix(path)}: {some} {UNKNOWN}, and not read: {_some(sorted(files))}.")
    return found


def only_named(said: Mapping[str, Mapping[str, object]], files: Sequence[str], *, within: bool) -> list[Problem]:
    """Return the paths that options name and that are none of the files, nor, if that may be, ``within`` one."""
    return [
        Problem(path, f"is named by {option} but not read", _hint(path, option, files))
        for option, by_path in said.items()
        for path in by_path
        if not any(names(path, file) or (within and posix(path).startswith(f"{file}/")) for file in files)
    ]


def _hint(path: str, option: str, files: Sequence[str]) -> str:
    near = get_close_matches(posix(path), files, n=1, cutoff=0.6)
    read = f"did you mean {near[0]}?" if near else f"what is read: {_some(list(dict.fromkeys(files)))}"
    example = {"--read-as": "FORMAT=FOLDER", "--observed": "FOLDER=DATE", "--device-of": "FOLDER=NAME"}
    return f"{read}; a folder or a pattern names all files in it: {option} {example.get(option, 'FOLDER=dmy')}"


def _some(named: Sequence[str]) -> str:
    more = len(named) - SHOWN_NAMES
    return ", ".join(named[:SHOWN_NAMES]) + (f" and {more:,} more" if more > 0 else "")
