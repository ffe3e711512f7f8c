"""Texts to versions: tuples of integers without trailing zeros, so that equal versions are equal tuples.

Plain integers rather than ``packaging.version``: once a text is proven to be digits and dots there is nothing left for
it to decide, and a tuple compares part by part, a shorter one as if padded with zeros, which is the whole rule.
"""

import re
from collections.abc import Callable
from datetime import date

from checker.model.outcome import Missing

Version = tuple[int, ...]

_DIGITS = "[0-9]{1,18}"  # what fits into a 64-bit integer; longer is no version
_DOTTED = rf"{_DIGITS}(?:\.{_DIGITS}){{0,7}}"
_PLAIN = re.compile(_DOTTED)
_PLATFORM = re.compile(rf"({_DOTTED})-[0-9]+")
_KERNEL = re.compile(rf"({_DOTTED})(?:-({_DIGITS})(?:[-._+~].*)?|[-+~].*)?")

_RELEASE_NUMBERINGS = (20, 30)  # macOS and Linux mdatp releases: 20.123052.4.0 and 30.123052.9.0 are 101.23052.x
_MDATP = 101
_OLD_MDATP = (100, _MDATP)
_FIRST_MONTH_NUMBER = 10_000  # 101.23052 is May 2023; 101.98.30 was numbered before months were
_LAST_OLD_MONTH = date(2023, 6, 1)  # the month numbers came with the releases of mid 2023: all others are older


def read_version(text: str, reading: str) -> Version | Missing:
    """Return the version that a text spells.

    Args:
        text: the text, stripped and not blank.
        reading: "" (digits and dots only), "platform", "kernel" or "agent", as the catalogue says.

    Returns:
        The parts without trailing zeros; UNREADABLE for anything that is not 1 to 8 numbers joined by dots, and
        for one of zeros: exports write ``0.0.0.0`` where nothing is installed, and no older version outlives that.
    """
    return _READINGS[reading](text)


def read_agent_month(text: str) -> date | Missing:
    """Return the first day of the month in which an mdatp version was built, told from its number.

    ``101.23052.0004`` is May 2023. Versions numbered before that scheme give 2023-06-01: they are all older, so it is
    an upper bound. Other agents (SENSE) carry no month: BLANK.
    """
    version = _agent(text)
    if isinstance(version, Missing):
        return version
    if version[0] not in _OLD_MDATP or len(version) == 1:
        return Missing.BLANK
    number = version[1]
    if number < _FIRST_MONTH_NUMBER:
        return _LAST_OLD_MONTH
    year, month = number // 1000, number // 10 % 100
    if year > 99 or not 1 <= month <= 12:
        return Missing.UNREADABLE
    return date(2000 + year, month, 1)


def _parts(text: str) -> Version:
    return tuple(map(int, text.split(".")))


def _stripped(parts: Version) -> Version | Missing:
    end = len(parts)
    while end and parts[end - 1] == 0:
        end -= 1
    return parts[:end] or Missing.UNREADABLE


def _plain(text: str) -> Version | Missing:
    return _stripped(_parts(text)) if _PLAIN.fullmatch(text) else Missing.UNREADABLE


def _platform(text: str) -> Version | Missing:
    """Antimalware platform folders carry a suffix: ``4.18.24070.5-0``."""
    match = _PLATFORM.fullmatch(text)
    return _plain(match[1] if match else text)


def _kernel(text: str) -> Version | Missing:
    """``5.15.0-91-generic`` is 5.15.0.91: the build after three parts counts (3.10.0-327), the flavour does not."""
    match = _KERNEL.fullmatch(text)
    if not match:
        return Missing.UNREADABLE
    parts = _parts(match[1])
    if match[2] and len(parts) == 3:
        parts = (*parts, int(match[2]))
    return _stripped(parts)


def _agent(text: str) -> Version | Missing:
    """SENSE as it stands; mdatp in its build numbering, whichever of the two numberings the export shows."""
    if not _PLAIN.fullmatch(text):
        return Missing.UNREADABLE
    parts = _parts(text)
    if parts[0] in _RELEASE_NUMBERINGS:
        number = str(parts[1]) if len(parts) > 1 else ""
        if len(number) not in (5, 6) or number[0] != "1":
            return Missing.UNREADABLE  # neither numbering: not a version that can be compared
        parts = (_MDATP, int(number[1:]), *parts[2:3])
    if parts[0] == _MDATP and len(parts) > 1 and _is_year_and_month(parts[1]):
        parts = (_MDATP, parts[1] * 10, *parts[2:])
    return _stripped(parts)


def _is_year_and_month(number: int) -> bool:
    """Some pages print 101.2408.0000, without the digit that counts the builds of a month."""
    return 1000 <= number <= 9999 and 1 <= number % 100 <= 12


_READINGS: dict[str, Callable[[str], Version | Missing]] = {
    "": _plain,
    "platform": _platform,
    "kernel": _kernel,
    "agent": _agent,
}
