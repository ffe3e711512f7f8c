"""What counts as a record in JSON and what it says, whoever found it: pages, streams, nested objects, faults."""

import json
import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn

from checker.inventory.mapping import title_key
from checker.inventory.secrets import Shown, of_columns, outline

Record = tuple[int, int, dict[str, Any]]  # row, line, and the object

LONGEST = 16 << 20  # characters of a record, or bytes of a line: a thousand times what exports write
LISTS = ("value", "values", "results", "result", "data")  # keys of an API's list of records, folded for case
NEXT_LINKS = ("@odata.nextlink", "odata.nextlink", "nextlink", "$skiptoken", "skiptoken", "skip_token")
TOTALS = ("totalcount", "totalrecords", "total_records")  # how many records all pages have together
SIDECAR = "@odata."  # keys about another key ("Rank@odata.type"), not facts of the record
STREAMED = "properties"  # where a streaming export keeps the record, beside the name of its table
CUT_WORD = re.compile(r"[\w.+-]{0,24}\s*")  # the beginning of a number, or of true, false or null, at the end of a file
DEEPEST = 20  # of nested objects; exports nest three deep
SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")  # half a letter, which may lack its other half
HALF = re.compile("[\ud800-\udfff]")
PARTS_OF_A_TITLE = re.compile(r"[.\[\]=]")
OF_RESULTS = ("count", "total", "stats", "schema", "quota", "resulttruncated", "facets")
OF_A_PAGE = (*LISTS, *NEXT_LINKS, *TOTALS, *OF_RESULTS)  # and those of OData


@dataclass(frozen=True, slots=True)
class Fault:
    """A record that cannot be read."""

    reason: str
    text: str


class TwiceError(ValueError):
    """An object has a key twice, so that one of its values would be lost."""


def _no_constant(text: str) -> NoReturn:
    raise ValueError(text)


@lru_cache(maxsize=1024)
def twice(keys: tuple[str, ...]) -> str:
    """Return the first key that comes again, be it in other case, or an empty text."""
    seen: set[str] = set()
    for key in keys:
        if key.casefold() in seen:
            return key
        seen.add(key.casefold())
    return ""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if key := twice(tuple(key for key, _ in pairs)):
        raise TwiceError(key)
    return dict(pairs)


DECODER = json.JSONDecoder(parse_float=str, parse_constant=_no_constant, object_pairs_hook=_object)
LENIENT = json.JSONDecoder(parse_float=str, parse_constant=_no_constant)  # finds the end of a faulty record


def sound(value: Any, doubtful: bool) -> dict[str, Any] | Fault:  # noqa: ANN401 - any JSON
    """Return the record that a value is, taken out of its stream; or what is wrong with it.

    It is ``doubtful`` where half of a surrogate pair may stand in its text: no text of Python can be written with one.
    """
    if isinstance(value, Fault):
        return value
    if doubtful and HALF.search(written(value, ascii_only=False)):
        return Fault("has half of a surrogate pair", written(value))
    if not isinstance(value, dict):
        return Fault("is no JSON object", written(value))
    inner = value.get(STREAMED)
    return inner if isinstance(inner, dict) and "category" in value else value


def written(value: Any, *, ascii_only: bool = True) -> str:  # noqa: ANN401 - any JSON
    """Return the JSON text of a value that was decoded."""
    try:
        return json.dumps(value, ensure_ascii=ascii_only)
    except (TypeError, RecursionError):
        return "(nested too deeply)"


def unwrapped(value: Any) -> list[Any] | None:  # noqa: ANN401 - any JSON
    """Return the records of a page that was decoded whole; None if the value is none."""
    if not isinstance(value, dict):
        return None
    lists = [inner for key, inner in value.items() if isinstance(inner, list) and key.casefold() in LISTS]
    if len(lists) != 1 or any(map(is_own, value)) or not all(isinstance(item, (dict, Fault)) for item in lists[0]):
        return None
    return lists[0]


def is_own(key: str) -> bool:
    """Tell whether a key is one of a record's own, not one of a page of records."""
    folded = key.casefold()
    return folded not in OF_A_PAGE and not folded.startswith(("@odata.", "odata."))


def next_link(page: Mapping[str, Any]) -> str:
    """Return the address of the page after this one, empty if there is none."""
    links = [value for key, value in page.items() if key.casefold() in NEXT_LINKS]
    return str(links[0] or "") if links else ""


def total(page: Mapping[str, Any]) -> int:
    """Return how many records a page says that all pages have together, 0 if it says nothing of it."""
    return max((value for key, value in page.items() if key.casefold() in TOTALS and isinstance(value, int)), default=0)


def flat(record: Mapping[str, Any], unneeded: Set[str] = frozenset(), whole: Set[str] = frozenset()) -> dict[str, str]:
    """Return a record's texts by dotted title, without the titles that nobody needs.

    An array is JSON, as is an object whose folded title is one of the ``whole`` ones; null and {} are blank, the rest
    is as it is written.
    """
    return {title: text_of(value) for title, value in leaves(record, whole=whole) if title not in unneeded}


def leaves(record: Mapping[str, Any], prefix: str = "", whole: Set[str] = frozenset()) -> Iterator[tuple[str, Any]]:
    """Yield by dotted title the values of a record, and of objects inside it that are none of the ``whole`` ones."""
    for key, value in record.items():
        if SIDECAR in key:
            continue
        if isinstance(value, dict) and value and prefix.count(".") < DEEPEST and not is_whole(prefix + key, whole):
            yield from leaves(value, f"{prefix}{key}.", whole)
        else:
            yield prefix + key, value


def is_whole(title: str, whole: Set[str]) -> bool:
    """Tell whether an object stays one text: its keys are data, and each record may have others."""
    return bool(whole) and title_key(title) in whole


def text_of(value: Any) -> str:  # noqa: ANN401 - any JSON
    """Return the text of a value; numbers with a fraction are texts already, so that 20.10 stays what it is."""
    if isinstance(value, str):
        return value
    if value is None or value == {}:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False)


def shown(text: str, known: Set[str]) -> Shown:
    """Return what may be shown of the text of a faulty record: of an object its known titles, or else an outline."""
    try:
        value = LENIENT.decode(text)
        found = flat(value) if isinstance(value, dict) else {}
    except (ValueError, RecursionError):
        return outline(text)
    read = {title: text for title, text in found.items() if title_key(title) in known}
    return of_columns(read) if read else outline(text)


def comes_twice(key: str, known: Set[str]) -> str:
    """Return in words that an object has a key twice."""
    return f"has {'the key ' + repr(key) if is_known(key, known) else 'a key'} twice"


def is_known(key: str, known: Set[str]) -> bool:
    """Tell whether a key is one of a page, or a part of a known title: any other may be a person's name or address."""
    folded = title_key(key)
    return folded in known or folded in OF_A_PAGE or any(folded in PARTS_OF_A_TITLE.split(title) for title in known)


def is_cut(text: str, error: Exception) -> bool:
    """Tell whether decoding failed because the text ends: within a string, a word, or between two of them."""
    if not isinstance(error, json.JSONDecodeError):
        return False
    return error.msg.startswith("Unterminated string") or CUT_WORD.fullmatch(text, error.pos) is not None


def reason(error: Exception, known: Set[str]) -> str:
    """Return in words why a text could not be decoded, without keys that are no part of a known title."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg[0].lower()}{error.msg[1:]}"
    if isinstance(error, TwiceError):
        return comes_twice(str(error), known)
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return "a number has thousands of digits" if "digits" in str(error) else f"{error} is no value"
