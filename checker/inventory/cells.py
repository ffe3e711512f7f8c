"""What one text of a column says of a fact: None is nothing, an empty text is the statement that there is none."""

import json
import re
from collections.abc import Callable, Sequence
from fnmatch import translate
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from checker.facts.attempts import RESULTS, WAYS
from checker.facts.lists import read_json
from checker.inventory.mapping import AS_IT_STANDS, FactReading, Part, Word
from checker.inventory.rule_lines import read_rule

Cell = Callable[[str], Word]
Cells = Callable[[Sequence[str]], list[Word]]

SEPARATOR = "\x1f"  # between the texts of several columns that are read as one
BLANKS = frozenset(("", "null", "n/a", "-", "{}", '""'))
LOST = frozenset(("system.object[]", "system.string[]"))  # PowerShell's word for a list that it did not write out
UNSEEN = dict.fromkeys(map(ord, "\u200e\u200f\ufeff"))  # marks that browsers put around dates and names
UNREAD_URL = "(a URL that cannot be read)"  # in place of the text: nobody knows where its credentials end
HOST = re.compile(r"[\w.:*?-]+")
PATH = re.compile(r"(?:/[a-z0-9._-]{1,40}){0,3}/?")  # longer ones, and ids in them, may name a tenant or a person
ID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
UPDATE = re.compile(r"(?<![A-Z0-9])(?:KB)?([0-9]{6,7})(?![0-9])", re.IGNORECASE)
RULE = re.compile(r"allow[ _-]?list|policy", re.IGNORECASE)  # methods that are no tries: for these a pattern may stand
METHOD = re.compile(r"[a-z0-9._ -]{0,24}")
STATUS = re.compile(r"[\w .#!/+-]{1,24}")
CURL = re.compile(r"curl\D{0,20}([0-9]{1,2})(?!\.?[0-9])|^([0-9]{1,2})$", re.IGNORECASE)
ERRORS = {  # all that enters a record of what a tool wrote; the first that fits counts
    "timeout": re.compile(r"timed?[ _-]?out", re.IGNORECASE),
    "dns": re.compile(r"\bdns\b|resolv", re.IGNORECASE),
    "refused": re.compile(r"refused", re.IGNORECASE),
    "reset": re.compile(r"reset", re.IGNORECASE),
    "certificate": re.compile(r"certificate", re.IGNORECASE),
    "tls": re.compile(r"\b(?:tls|ssl)", re.IGNORECASE),
    "proxy": re.compile(r"proxy", re.IGNORECASE),
}
DEFAULT_PORTS = {"http": 80, "https": 443}


def cell(reading: FactReading) -> Cell:
    """Return the function that reads one text by a mapping's reading of a fact."""
    read = cells(reading)
    return lambda text: read([text])[0]


def cells(reading: FactReading) -> Cells:
    """Return the function that reads texts by a mapping's reading of a fact."""
    read = _cell(reading)
    return lambda texts: list(map(read, texts, _cuts(texts, reading)))


def _cuts(texts: Sequence[str], reading: FactReading) -> Sequence[Word]:
    """Return what the pattern takes out of texts; None where it takes nothing, the texts themselves without one."""
    if not reading.pattern:
        return texts
    if reading.shape == "matches":
        return [_as_list(set(found)) if found else None for found in reading.pattern.all(texts)]
    return reading.pattern.cut(texts)


def _cell(reading: FactReading) -> Callable[[str, Word], Word]:
    """Return the function that reads a text, by what was cut out of it."""
    silent = None if reading.silent_blanks else ""
    if reading.parts:
        attempt = _parts(reading.parts, silent)
        return lambda text, _cut: attempt(text)
    look_up = _look_up(reading.words, reading.otherwise)
    if reading.shape == "rule":
        return lambda text, _cut: _rule(text, look_up)
    shaped = SHAPES[reading.shape]

    def read(text: str, cut: str | None) -> Word:
        if reading.says is not None:
            return None if is_blank(text) else reading.says
        if reading.joined:
            lists = [shaped(part) or "" for part in text.split(SEPARATOR) if not is_blank(part)]
            return _union(lists) if lists else silent
        if is_blank(text):
            return silent
        if text.strip().casefold() in LOST or (text.startswith("@{") and not reading.pattern):
            return None
        word = None if cut is None else look_up(cut.translate(UNSEEN).strip())
        return shaped(word) if word else word

    return read


def is_blank(text: str) -> bool:
    """Tell whether a cell is one of the forms in which exports write that there is nothing."""
    return text.translate(UNSEEN).strip().casefold() in BLANKS


def fold(text: str) -> str:
    """Return a word folded for case, spaces, underscores and hyphens, in which exports of one thing differ."""
    return re.sub(r"[\s_-]+", "", text.casefold())


def one_of(words: Sequence[str]) -> Callable[[str], bool]:
    """Return the function that tells whether a text is one of some words, folded; ``*`` is any characters."""
    look_up = _look_up(tuple((word, "yes") for word in words), None)
    return lambda text: look_up(text.translate(UNSEEN).strip()) is not None


@lru_cache(maxsize=1 << 12)  # the same for each file of a product
def _look_up(words: tuple[tuple[str, Word], ...], otherwise: Word) -> Cell:
    exact = {fold(word): value for word, value in words if "*" not in word}
    wild = [(re.compile(translate(fold(word))), value) for word, value in words if "*" in word]

    def look_up(text: str) -> Word:
        folded = fold(text)
        if folded in exact:
            return exact[folded]
        for pattern, value in wild:
            if pattern.match(folded):
                return value
        return text if otherwise == AS_IT_STANDS else otherwise

    return look_up if words or otherwise != AS_IT_STANDS else lambda text: text


def _union(parts: list[str]) -> str:
    """Return the lists of several columns as one; a text among them that is no list makes the whole unreadable."""
    broken = [part for part in parts if not part.startswith("[") or _members(part) is None]
    if broken:
        return broken[0]
    return _as_list({member for part in parts for member in _members(part) or ()})


def _as_list(members: set[str]) -> str:
    return json.dumps(sorted(members), ensure_ascii=False, separators=(",", ":"))


def _json_list(text: str) -> str:
    """Read ``["a","b"]``, a list of ``{"key", "value"}``, or one bare text; a broken list stays as it stands."""
    members = _members(text) if text.startswith("[") else {text}
    return text if members is None else _as_list(members)


def _pairs(text: str) -> str:
    """Read ``{"site":"hq","owner":""}`` as "site=hq" and "owner"; what is no JSON object stays as it stands.

    A pair that holds an address of a person is left out.
    """
    try:
        found = read_json(text)
    except ValueError:
        return text
    if not isinstance(found, dict):
        return text
    said = {key: value for key, value in found.items() if value is not None}
    pairs = {key: value if isinstance(value, str) else json.dumps(value) for key, value in said.items()}
    return _as_list({f"{key}={value}" if value else key for key, value in pairs.items() if "@" not in value})


def _members(text: str) -> set[str] | None:
    try:
        items = read_json(text)
    except ValueError:
        return None
    return {_member(item) for item in items if item not in (None, "")}


def _member(item: object) -> str:
    if isinstance(item, dict) and "value" in item:
        return str(item["value"])
    return item if isinstance(item, str) else json.dumps(item, ensure_ascii=False)


def _split_list(separator: str) -> Callable[[str], str]:
    return lambda text: _as_list({part.strip() for part in re.split(separator, text)} - {""})


def _updates(text: str) -> str:
    """Return the numbers of the updates that a text names, each behind KB; the text itself if it names none."""
    numbers = UPDATE.findall(text)
    return _as_list({f"KB{number}" for number in numbers}) if numbers else text


def _parts(parts: Sequence[Part], blank: Word) -> Cell:
    """Return the function that reads the texts of the parts, of which one without a column is a constant.

    ``blank`` is what a record says that names no URL.
    """
    readers = [_part(part) for part in parts]

    def read(text: str) -> Word:
        texts = text.split(SEPARATOR)
        if len(texts) != len(readers):  # a cell holds the separator
            return UNREAD_URL
        said = [read_part(each) for read_part, each in zip(readers, texts, strict=True)]
        if not said[0]:
            return None if said[0] is None else blank
        return _attempt([word or "" for word in said])

    return read


def _part(part: Part) -> Cell:
    if not part.columns:
        return lambda _: part.says
    look_up = _look_up(part.words, part.otherwise)
    return lambda text: "" if is_blank(text) else look_up(text.strip())


def _attempt(parts: Sequence[str]) -> str:
    """Return one try to reach a URL, of the texts of ``PARTS`` in their order, as a list of one.

    Free text never enters the record: of each column only the words and short forms that are known. A URL that names no
    host is a fixed mark, and a status that is no number stays as it stands: both cannot be read, and are no answer.
    """
    url, port, method, via, result, status, error = parts
    target = _target(url)
    if target is None or not target.hostname or not HOST.fullmatch(target.hostname):
        return UNREAD_URL
    if set("*?") & set(target.hostname) and not RULE.fullmatch(method):
        return UNREAD_URL  # nobody tried a pattern
    given = _number(port or str(target.port or DEFAULT_PORTS.get(target.scheme, 443)))
    way, came = (re.sub(r"[\s-]+", "_", word.casefold()) for word in (via, result))
    attempt = {
        "host": target.hostname,
        "port": given if isinstance(given, int) else 0,
        "path": target.path if PATH.fullmatch(target.path) and not ID.search(target.path) else "",
        "method": method.casefold() if METHOD.fullmatch(method.casefold()) else "other",
        "via": way if way in WAYS else "other",
        "result": came if came in RESULTS else "unknown",
        "status": _number(status or "0"),
        "error": error_word(error),
    }
    return json.dumps([attempt], ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _rule(text: str, look_up: Cell) -> Word:
    """Return a rule for a host, of its pattern and, if the file has that column, its action in known words."""
    pattern, _, action = text.partition(SEPARATOR)
    return read_rule(pattern, "" if is_blank(action) else look_up(action.strip()) or action)


def _number(text: str) -> int | str:
    """Return a whole number, also one that a spreadsheet wrote as ``407.0``; a text that says so if it is none."""
    match = re.fullmatch(r"([0-9]{1,5})(?:\.0{1,9})?", text)
    if match:
        return int(match[1])
    return text if STATUS.fullmatch(text) else "no number"


def error_word(text: str) -> str:
    """Return the number of a curl error or the one word of what went wrong; "" of any other text."""
    numbers = ["".join(found) for found in CURL.findall(text)]
    if numbers:  # 35 and 60 are told apart from all others: TLS was opened
        return f"curl {next((number for number in numbers if number in ('35', '60')), numbers[0])}"
    return next((word for word, pattern in ERRORS.items() if pattern.search(text)), "")


def _target(url: str) -> SplitResult | None:
    """Return the parts of a URL; None where it is none, or where an ``@`` behind the host may end credentials."""
    try:
        target = urlsplit(url if "://" in url else f"//{url}")
        target.port  # noqa: B018 - raises for a port that is no number
    except ValueError:
        return None
    return None if "@" in target.path + target.query + target.fragment else target


SHAPES: dict[str, Cell] = {
    "text": lambda text: text,
    "day": lambda text: text,  # of texts that are no date; the dates are read as a column …
    "time": lambda text: text,  # … and so are times
    "folded": fold,
    "json": _json_list,
    "pairs": _pairs,
    "comma": _split_list("[,;\n]"),
    "lines": _split_list("\n"),
    "kbs": _updates,
    "matches": lambda text: text,  # read where the pattern is
}
