"""``--redact``: the key of the pseudonyms, from a file that is made if there is none, and errors that quote nothing."""

import os
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import click
from click.core import ParameterSource

from checker.cli.given import filled, single
from checker.compare.results import Stored
from checker.errors import CheckerError, InputError, OutputError, Problem, UsageError
from checker.model.result import Baseline
from checker.redact.pseudonyms import Pseudonyms

Command = Callable[..., Any]

DEFAULT_KEY: Final = "mde-readiness.key"
KEY_BYTES: Final = 32  # as many as SHA-256 gives: more add nothing to HMAC (RFC 2104, section 3)
GUESS: Final = "did you mean "  # begins a hint that names what there is
HINT: Final = "give the key that was used, or another FILE to make a new one"

_KEY: Final = re.compile(rf"[0-9a-f]{{{2 * KEY_BYTES}}}\r?\n?")
_QUOTED: Final = re.compile(r"['\"].*['\"]", re.DOTALL)  # from the first quote to the last: a name may hold quotes, too
_OPTION: Final = re.compile(r"(--[a-z-]+) .*", re.DOTALL)  # an option, and what was given with it

key_option = single(
    "--redact-key",
    metavar="FILE",
    type=click.Path(path_type=str),
    default=DEFAULT_KEY,
    callback=filled,
    show_default=True,
    help="Key of the pseudonyms; made if the file is not there. The same key gives the same names.",
)


def redacting(command: Command) -> Command:
    """Add the options of a command that may tell everything with pseudonyms."""
    flag = click.option(
        "--redact",
        is_flag=True,
        help="Put pseudonyms in place of names, ids, tags, groups, people and files, everywhere.",
    )
    return flag(key_option(command))


def key_asked(given: Mapping[str, Any]) -> bytes:
    """Return the key that the options name, made if need be; no bytes where nothing is to be redacted.

    Raises:
        UsageError: a key is named, and nothing is to be redacted.
        InputError, OutputError: the file is no key, or none can be made.
    """
    if given["redact"]:
        return key_in(given["redact_key"])
    context = click.get_current_context(silent=True)
    if context and context.get_parameter_source("redact_key") is not ParameterSource.DEFAULT:
        raise UsageError(Problem("--redact-key", "goes with --redact", "add --redact, or leave the key out"))
    return b""


def key_in(path: str) -> bytes:
    """Return the key in a file; if there is no such file it is made, for its owner alone, and standard error says so.

    Raises:
        InputError: the file holds no key. It is never written over.
        OutputError: the file cannot be made.
    """
    try:
        text = Path(path).read_text(encoding="ascii")
    except FileNotFoundError:
        return _made(path)
    except UnicodeDecodeError:
        text = ""
    except OSError as error:
        raise InputError(Problem(path, f"the key cannot be read: {error.strerror}", HINT)) from error
    if not _KEY.fullmatch(text):
        raise InputError(Problem(path, f"is no key: it must hold {2 * KEY_BYTES} hexadecimal digits", HINT))
    return bytes.fromhex(text.strip())


def _made(path: str) -> bytes:
    key = secrets.token_bytes(KEY_BYTES)
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "w", encoding="ascii") as file:
            file.write(f"{key.hex()}\n")
    except OSError as error:
        raise OutputError(Problem(path, f"the key cannot be made: {error.strerror}", "name another file")) from error
    said = (
        "made this key: keep it for reports that are to be compared, and show it to nobody who may not know the names"
    )
    click.echo(f"{path}: {said}", err=True)
    return key


def refuse_other_names(baseline: Baseline | None, key: bytes) -> None:
    """Refuse a baseline whose names are not those of this run.

    Raises:
        UsageError: one of the two has pseudonyms and the other has not, or they were made with different keys.
    """
    mark = Pseudonyms(key).mark if key else ""
    if baseline is None or baseline.redacted == mark:
        return
    if not mark:
        what, hint = "holds pseudonyms, and this run names", "add --redact with the same key"
    elif not baseline.redacted:
        what, hint = "holds names, and this run pseudonyms", "give one that was written with --redact and the same key"
    else:
        what = f"holds pseudonyms of the key {baseline.redacted}, and this run those of {mark}"
        hint = "name the same key with --redact-key"
    raise UsageError(Problem(f"--baseline {baseline.path}", what, hint))


def refuse_other_keys(old: Stored, new: Stored) -> None:
    """Refuse to compare results whose names are not the same: every device would have gone, and another come.

    Raises:
        UsageError: one of the two has pseudonyms and the other has not, or they were made with different keys.
    """
    if old.report.redacted != new.report.redacted:
        said = [f"those of the key {mark}" if mark else "none" for mark in (old.report.redacted, new.report.redacted)]
        what = f"cannot be compared with {old.report.path}: it holds other pseudonyms ({said[1]}, there {said[0]})"
        raise UsageError(Problem(new.report.path, what, "write both with --redact and the same key, or both without"))


@contextmanager
def hushed(wanted: object) -> Iterator[None]:
    """Let errors say what is wrong and on which line, and quote nothing, if that is wanted.

    Whatever stands in quotes is left out, and so is a hint that lists or quotes what stands in files.
    """
    try:
        yield
    except CheckerError as error:
        if not wanted:
            raise
        raise type(error)([_without_quotes(problem) for problem in error.problems]) from None


def _without_quotes(problem: Problem) -> Problem:
    naming = _QUOTED.search(problem.hint) or ": " in problem.hint or problem.hint.startswith(GUESS)
    where = _OPTION.sub(r"\1 …", problem.where)
    return replace(problem, where=where, what=_QUOTED.sub("'…'", problem.what), hint="" if naming else problem.hint)
