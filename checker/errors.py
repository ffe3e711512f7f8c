"""What goes wrong because of what a user gave us: a problem says what, where and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a user's file something stands; ``line`` and ``column`` are 1-based, 0 when they do not apply."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.file] + [str(number) for number in (self.line, self.column) if number]
        return ":".join(parts)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong: ``where`` it stands, ``what`` it is, and a ``hint`` what to do about it.

    ``unknown`` is the path of a file that is merely in no format that is known, and may be left unread beside others.
    """

    where: str
    what: str
    hint: str = ""
    unknown: str = ""

    def __str__(self) -> str:
        line = f"{self.where}: {self.what}" if self.where else self.what
        return f"{line}\n  hint: {self.hint}" if self.hint else line


class CheckerError(Exception):
    """A user's mistake, with every problem found; the command line prints them and exits with 2."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        found = (problems,) if isinstance(problems, Problem) else tuple(problems)
        self.problems: tuple[Problem, ...] = found
        super().__init__("\n".join(str(problem) for problem in found))


class RuleError(CheckerError):
    """A rule pack, cases or attestation file that cannot be used."""


class InputError(CheckerError):
    """An inventory file that cannot be read whole, or cannot be recognised."""


class UnknownFormatError(InputError):
    """An inventory file in no format that is known: not damaged, but something else."""


class UsageError(CheckerError):
    """Options that do not fit together."""


class EngineError(CheckerError):
    """An engine that could not bring a run to its end."""


class OutputError(CheckerError):
    """A report that cannot be written."""
