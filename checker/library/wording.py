"""Says in words of the library what a run says in those of the command line: keywords for options, frames for files."""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace

from checker.errors import CheckerError, Problem
from checker.library.settings import TAKE

KEYWORDS = {name.replace("_", "-"): name for name in (*TAKE, "as_of")} | {"max-age": "max_age_days"}
PHRASES = (  # of options with values, and of what only the command line does
    (r"--read-as (\S+?)=(.+?)(?= settles it|$)", r"read_as={'\2': '\1'}"),
    (r"--device-of (.+?)=NAME", r"device_of={'\1': 'NAME'}"),
    (r"--observed (.+?)=DATE", r"observed={'\1': datetime.date(…)}"),
    (r"--date-order (.+?)=(dmy|mdy)", r"date_order={'\1': '\2'}"),
    (r"--mapping FILE\.yaml", r"mapping='FILE.yaml'"),
    (r"--engine spark", "the command line's --engine spark"),
    (r"\b(these|the) files (?=are|have)", r"\1 inputs "),
)
FRAMES = (  # of a file that is a frame
    (
        r"of an export of your own, .* --draft-mapping .* drafts a mapping, which --mapping FILE\.yaml uses",
        "of a table of your own, save it as CSV: mde-readiness inspect --draft-mapping drafts what mapping= takes",
    ),
    (r"the first line must name the columns", "give a frame with named columns"),
    (r"has no header", "has no named columns"),
    (r"export (the column|it) as text, or without it", "give the column as text, or leave it out"),
    (r"\(Parquet; ", "(a frame; "),
    (r"(?<=is )Parquet\b", "a frame"),
)
EMPTY = "holds no records"


@contextmanager
def in_words_of_the_library(frames: Collection[str]) -> Iterator[None]:
    """Raise errors of a run as errors of the same kind that name keywords, and of ``frames`` speak as of frames."""
    try:
        yield
    except CheckerError as error:
        raise type(error)(said(problem, frames) for problem in error.problems) from None


def said(problem: Problem, frames: Collection[str]) -> Problem:
    """Return a problem in words of the library; ``frames`` are the names of inputs that are frames."""
    where = re.sub(r"^--output (.+)$", r"write('\1')", problem.where)
    where = re.sub(r"^--([a-z0-9-]+) (.+)$", lambda found: f"{_keyword(found[1])}={found[2]!r}", where)
    what, hint = problem.what, problem.hint
    if any(problem.where == name or problem.where.startswith(f"{name}:") for name in frames):
        hint = "give a frame that has rows" if what == EMPTY else hint
        what, hint = _in_place(what, FRAMES), _in_place(hint, FRAMES)
    what, hint = (_options(_in_place(text, PHRASES)) for text in (what, hint))
    return replace(problem, where=_options(where), what=what, hint=hint)


def _in_place(text: str, phrases: tuple[tuple[str, str], ...]) -> str:
    for pattern, words in phrases:
        text = re.sub(pattern, words, text)
    return text


def _options(text: str) -> str:
    return re.sub(r"(?<![\w'-])--([a-z0-9-]+)", lambda found: _keyword(found[1]), text)


def _keyword(option: str) -> str:
    return KEYWORDS.get(option, f"--{option}")
