"""Turns what libraries of native code make of a damaged file into an error that names it."""

from collections.abc import Iterator
from contextlib import contextmanager

from checker.errors import InputError, Problem

PANIC = "PanicException"  # each library has one of its own, which is no Exception and has no name to import


@contextmanager
def refused_as(problem: Problem, *failures: type[Exception]) -> Iterator[None]:
    """Raise :class:`InputError` with the problem instead of any of these errors, or of a panic."""
    try:
        yield
    except failures:
        raise InputError(problem) from None
    except BaseException as error:
        if type(error).__name__ != PANIC:
            raise
        raise InputError(problem) from None
