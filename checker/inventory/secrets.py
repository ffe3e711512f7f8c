"""Takes what may be a secret out of the text of a record that was set aside.

A record never holds one, since a mapping reads only what it names. What cannot be read is kept as text, and there
nobody knows which part is the name of a user, a serial number, a public address, an organisation or a package. So of a
text whose columns are not known only Defender ids stay, which tell the device, and how long it is. Of columns that a
mapping reads, words stay whose shape tells that they are none of these.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NewType

Shown = NewType("Shown", str)  # of a record that was set aside: nothing that may be a secret
NOTHING = Shown("")
HIDDEN = "…"
LOOKED_THROUGH = 64 << 10  # characters of a text
LONGEST = 1000  # characters of what is shown
_ID = re.compile(r"(?<![0-9a-zA-Z])[0-9a-f]{40}(?![0-9a-zA-Z])", re.IGNORECASE)
MOST_TITLES = 200
_TITLE = re.compile(r"[^@\x00-\x1f\x7f]{1,120}")
_SOMEBODYS = re.compile(  # an address, an id, a number of a person or a thing
    r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4}::|(?:[0-9a-f]{1,4}:){3}|[0-9a-f]{8}-[0-9a-f]{4}|[0-9a-f]{16}|\d{6}",
    re.IGNORECASE | re.ASCII,
)
_WORD = re.compile(r"[^\s,;|\"'{}\[\]()<>=\\]+")
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}", re.ASCII)
_CLOCK = r"\d{1,2}:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:z|[+-]\d\d:?\d\d)?"
_HARMLESS = re.compile(
    r"[0-9a-f]{40}"  # a Defender id
    r"|(?-i:(?:(?:[a-z0-9-]{1,30}|[A-Z0-9-]{1,30})\.){2,5}[a-z]{2,15})"  # a name with its domain; one without may be a
    # person's, and letters in both cases are those of a token
    r"|\d{1,5}(?:\.\d{1,5}){0,4}"  # numbers and versions; with more digits it may be a serial number
    rf"|\d{{4}}-\d\d-\d\d(?:t{_CLOCK})?|\d{{1,4}}[/.]\d{{1,2}}[/.]\d{{1,4}}|{_CLOCK}|[ap]m"
    r"|kb\d{6,7}|true|false|yes|no|null|linux|macos|windows(?:server)?\d{0,4}",
    re.ASCII | re.IGNORECASE,
)


def outline(text: str) -> Shown:
    """Return the Defender ids in a text of which nobody knows what stands where, and how long it is."""
    if not text:
        return NOTHING
    ids = dict.fromkeys(_ID.findall(text[:LOOKED_THROUGH]))
    return Shown(f"{' … '.join((*ids, ''))}"[:LONGEST] + f"({len(text):,} characters)")


def of_row(cells: Iterable[str], delimiter: str) -> Shown:
    """Return a row whose cells may stand in wrong columns: Defender ids, and which cells are blank."""
    shown = (cell if _ID.fullmatch(cell.strip()) else HIDDEN if cell.strip() else "" for cell in cells)
    return Shown(delimiter.join(shown)[:LONGEST])


def of_columns(texts: Mapping[str, str]) -> Shown:
    """Return texts of columns that a mapping reads, by title."""
    found = (f"{title}: {without_secrets(text[:LONGEST])}" for title, text in texts.items())
    return Shown("; ".join(found)[:LONGEST])


def is_title(text: str) -> bool:
    """Tell whether a title or key is one that a program writes: one with an address or an id in it is somebody's."""
    return _TITLE.fullmatch(text) is not None and not _SOMEBODYS.search(text)


def titles_shown(titles: Iterable[str], read: Iterable[str]) -> str:
    """Return titles of columns that are not read, so that a person can see what is left; some are only counted.

    Of an object of JSON in which nothing is read its own key is told: those in it may be names.
    """
    outer = {title.partition(".")[0] for title in read}
    found: dict[str, None] = {}
    others = 0
    for title in titles:
        head, dot, rest = title.partition(".")
        told = f"{head}.…" if dot and rest and head not in outer else title
        if told in found:
            continue
        if is_title(head if told != title else title) and not head.isdecimal() and len(found) < MOST_TITLES:
            found[told] = None
        else:
            others += 1
    more = [f"{others:,} other{'s' if others > 1 else ''}"] if others else []
    return ", ".join([*found, *more])


def without_secrets(text: str) -> str:
    """Return a text in which each word that may be a secret is replaced by an ellipsis."""
    return _WORD.sub(_shown, text)


def _shown(word: re.Match[str]) -> str:
    plain = word[0].strip(":")
    harmless = not plain or (_HARMLESS.fullmatch(plain) and not _ADDRESS.fullmatch(plain))
    return word[0] if harmless else HIDDEN
