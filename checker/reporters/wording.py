"""How names, counts and shares are spelled in every report that a person or a CI server reads.

Text from an inventory is hostile until it has gone through :func:`visible`.
"""

import re
from datetime import datetime
from typing import Final

# Everything that a reader cannot see, that moves a terminal's cursor, that turns the reading direction, or that XML 1.0
# forbids: C0 and C1 controls, DEL, soft hyphen, bidirectional marks, line and paragraph separators, zero-width space,
# word joiner, lone surrogates, byte order mark, interlinear marks, noncharacters, tags (unseen ASCII).
# Joiners inside words (U+200C, U+200D) stay: Persian and many emoji need them.
HIDDEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufdd0-\ufdef\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}

MISSING_WORDS: Final = {
    "NOT_EXPORTED": "not exported",
    "BLANK": "blank",
    "UNREADABLE": "unreadable",
    "CONFLICTING": "conflicting",
    "STALE": "stale",
}


def visible(text: str, limit: int = 0) -> str:
    r"""Return text on one line in which nothing acts and nothing hides: ``\x1b``, ``\u202e``, ``\ud800``, ``\n``.

    Args:
        text: any text at all, also what no encoding can carry.
        limit: cut longer text to this many characters, the last one an ellipsis; 0 does not cut.
    """
    shown = text[: limit + 1] if limit else text
    if not shown.isprintable():  # nothing that hides is, and to ask takes a tenth of the time of looking for it
        shown = HIDDEN.sub(_escape, shown)
    return f"{shown[: limit - 1]}…" if limit and len(shown) > limit else shown


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    code = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def count(number: int, noun: str = "") -> str:
    """Return a number with thousands separated by commas, and its noun in the plural unless there is one."""
    if not noun:
        return f"{number:,}"
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def share(part: int, whole: int) -> str:
    """Return a share in per cent with one decimal; only none of it is 0.0 %, and only all of it is 100.0 %."""
    if whole <= 0:
        return "-"
    per_mille = round(1000 * part / whole)
    if part and not per_mille:
        return "<0.1 %"
    if part < whole and per_mille == 1000:
        return ">99.9 %"
    return f"{per_mille / 10:.1f} %"


def sentence(text: str) -> str:
    """Return text made visible, ended by a period; viewers of problems ask for whole sentences."""
    shown = visible(text).strip()
    return shown if shown.endswith((".", "!", "?")) else f"{shown}."


def device_label(device_id: str, device_name: str | None) -> str:
    """Return how a device is named to a person: its id, and its name where it has another one."""
    return visible(f"{device_id} ({device_name})" if device_name and device_name != device_id else device_id, 500)


def timestamp(moment: datetime) -> str:
    """Return a UTC moment as ISO 8601 with Z, with as many decimals of a second as it has."""
    return f"{moment.isoformat()}Z"


def evidence_line(evidence: dict[str, object]) -> str:
    """Return one evidence of a finding as ``fact = value (file, row 3, column C, observed …)``."""
    missing = evidence["missing"]
    said = f": {MISSING_WORDS.get(str(missing), str(missing))}" if missing else f" = {evidence['value']}"
    places = [
        f"{word}{timestamp(value) if isinstance(value, datetime) else value}"
        for key, word in (("file", ""), ("row", "row "), ("column", "column "), ("observed", "observed "))
        if (value := evidence[key]) is not None
    ]
    return visible(f"{evidence['fact']}{said}" + (f" ({', '.join(places)})" if places else ""))
