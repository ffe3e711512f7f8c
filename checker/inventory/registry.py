r"""Reads the Windows registry as text: ``.reg`` files, and what ``reg query`` prints.

A value's title is the path of its key below HKEY_LOCAL_MACHINE, a backslash, and its name. A file is one record; its
next begins where the first line of a ``.reg`` file comes again, or where ``reg query`` tells of another computer, whose
name is the title ``Host``. Only values that a mapping knows are kept, so that an export of the whole registry takes no
more memory than its text. What stands in a broken line is never passed on: it may be a part of an onboarding blob.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import polars as pl

from checker.errors import InputError, Problem, UnknownFormatError
from checker.inventory.mapping import title_key
from checker.inventory.secrets import NOTHING
from checker.inventory.source import Source
from checker.inventory.table import Faults, Opened, RawTable

HOST = "Host"
BINARY = "(binary)"  # in place of bytes that are no text: no fact is read from them
MACHINE = "HKEY_LOCAL_MACHINE"
LOOKED_AT = 3  # lines: an error or a prompt may stand before the first key
EDITOR = re.compile(r"\ufeff?Windows Registry Editor Version 5\.00\s*")
EDITOR_KEY = re.compile(r"\[-?(?P<hive>HKEY_[A-Z_]+)(?P<path>\\.*)?\]\s*")
EDITOR_VALUE = re.compile(r'(?:"(?P<name>(?:[^"\\]|\\.)*)"|@)=(?P<data>.*)', re.DOTALL)
OPEN_STRING = re.compile(r'(?:"(?:[^"\\]|\\.)*"|@)="(?:[^"\\]|\\.)*\\?')
STRING = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*)"\s*', re.DOTALL)
DWORD = re.compile(r"dword:(?P<number>[0-9a-f]{1,8})\s*", re.IGNORECASE)
HEX = re.compile(r"hex(?:\((?P<type>[0-9a-f]{1,8})\))?:(?P<bytes>(?:[0-9a-f]{2}(?:,[0-9a-f]{2})*)?)\s*", re.IGNORECASE)
QUERY_KEY = re.compile(r"(?:\\\\(?P<host>[^\\\s]+)\\)?(?P<hive>HKEY_[A-Z_]+)(?P<path>\\.*)?\s*")
QUERY_VALUE = re.compile(r"(?:    |\t)(?P<name>\S.*?)(?:    |\t)(?P<type>REG_[A-Z_]+)(?:(?:    |\t)(?P<data>.*))?")
SAID_BESIDE = re.compile(r"ERROR: |End of search: |! REG\.EXE |[A-Za-z]:\\[^>]*>|PS [A-Za-z]:\\")


class _BrokenError(ValueError):
    """A line that cannot be read."""


@dataclass(slots=True)
class Record:
    """The values of one device by title, the first on ``line``; ``broken`` if a line of it cannot be read."""

    row: int
    line: int
    values: dict[str, str] = field(default_factory=dict)
    broken: bool = False


def is_registry(lines: Sequence[str]) -> bool:
    """Tell by the first lines that are not blank whether a text is of the registry."""
    return bool(lines) and (
        EDITOR.fullmatch(lines[0]) is not None or any(QUERY_KEY.fullmatch(line) for line in lines[:LOOKED_AT])
    )


def open_registry(source: Source, known: frozenset[str], faults: Faults) -> Opened:
    """Read the values with known titles; raise :class:`UnknownFormatError` if there are none."""
    text = source.text()
    of_editor = EDITOR.match(text.lstrip()) is not None
    lines = _editor_values(text, source.path) if of_editor else _query_values(text)
    records = [record for record in _records(lines, known, faults) if record.values or record.broken]
    if not records:
        hint = rf"export {MACHINE}\SOFTWARE\Microsoft\Windows Advanced Threat Protection"
        raise UnknownFormatError(Problem(source.path, "holds none of the registry's values that are read", hint))
    titles = tuple(dict.fromkeys(title for record in records for title in record.values))
    sound = [record for record in records if not record.broken]
    seen = "registry file" if of_editor else "what 'reg query' prints"
    return Opened("registry", titles, seen, lambda _wanted: _tables(sound, titles))


def _nothing() -> str | None:
    return None


def _no_value() -> str | None:
    raise _BrokenError("has a line that is neither a key nor a value")


@dataclass(frozen=True, slots=True)
class _Value:
    """A value on a line, of which ``read`` gives the text or raises :class:`_BrokenError`; it may begin a record."""

    line: int
    title: str = ""
    read: Callable[[], str | None] = _nothing
    begins: bool = False


def _records(values: Iterator[_Value], known: frozenset[str], faults: Faults) -> Iterator[Record]:
    row = 1
    record = Record(row, 1)
    for value in values:
        if value.begins:
            if record.values or record.broken:
                yield record
                row += 1
            record = Record(row, value.line)
        if value.title and title_key(value.title) not in known:
            continue
        try:
            _put(record, value)
        except _BrokenError as error:
            if not record.broken:
                faults.add(row, value.line, str(error), NOTHING)
            record.broken = True
    yield record


def _put(record: Record, value: _Value) -> None:
    text = value.read()
    if text is None or not value.title:
        return
    if record.values.get(value.title, text) != text:
        raise _BrokenError(f"has two values of '{value.title}': give each device a file of its own")
    record.line = record.line if record.values else value.line
    record.values[value.title] = text


def _title(hive: str, path: str | None, name: str) -> str:
    """Return the title of a value: its path below the machine's hive, or its whole path in another one."""
    return f"{path[1:]}\\{name}" if path and hive == MACHINE else f"{hive}{path or ''}\\{name}"


def _editor_values(text: str, where: str) -> Iterator[_Value]:
    hive, path = "", ""
    for number, line in _whole_lines(text, where):
        if EDITOR.fullmatch(line):
            hive, path = "", ""
            yield _Value(number, begins=True)
        elif key := EDITOR_KEY.fullmatch(line):
            hive, path = key["hive"], key["path"] or ""
        elif hive and (value := EDITOR_VALUE.fullmatch(line)):
            title = _title(hive, path, _unescaped(value["name"] or ""))
            yield _Value(number, title, partial(_editor_text, value["data"]))
        elif line.strip() and not line.startswith(";"):
            yield _Value(number, read=_no_value)


def _whole_lines(text: str, where: str) -> Iterator[tuple[int, str]]:
    """Yield lines with their numbers: strings of several lines, and bytes that go on behind a backslash, as one."""
    lines = enumerate(text.split("\n"), start=1)
    for number, line in lines:
        parts = [line.rstrip("\r")]
        is_string = OPEN_STRING.fullmatch(parts[0]) is not None
        is_value = parts[0].startswith(('"', "@")) and not is_string
        while (is_string and not (len(parts) > 1 and _closes(parts[-1]))) or (is_value and parts[-1].endswith("\\")):
            following = next(lines, None)
            if following is None or (is_value and not following[1].strip()):
                what = "is cut off: the value that begins here has no end"
                raise InputError(Problem(f"{where}:{number}", what, "export it again, whole"))
            parts.append(following[1].rstrip("\r"))
        yield number, "".join(part.rstrip("\\").strip() for part in parts) if is_value else "\n".join(parts)


def _closes(line: str) -> bool:
    """Tell whether a line ends with a quote that is not escaped."""
    before = line.rstrip().removesuffix('"')
    return before != line.rstrip() and (len(before) - len(before.rstrip("\\"))) % 2 == 0


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def _editor_text(data: str) -> str | None:
    if text := STRING.fullmatch(data):
        return _unescaped(text["text"])
    if number := DWORD.fullmatch(data):
        return str(int(number["number"], 16))
    if data.strip() == "-":  # the file takes the value away
        return None
    if (found := HEX.fullmatch(data)) is None:
        raise _BrokenError("has a value in no form that the registry editor writes")
    try:
        return _of_bytes(bytes.fromhex(found["bytes"].replace(",", " ")), int(found["type"] or "3", 16))
    except ValueError:
        raise _BrokenError("has a value whose bytes cannot be read") from None


def _of_bytes(raw: bytes, kind: int) -> str:
    """Return the text of bytes by their type: 1 and 2 text, 7 several texts, 4 and 11 numbers."""
    if kind in (1, 2, 7):
        texts = raw.decode("utf-16-le").split("\0")
        return _as_list(texts) if kind == 7 else texts[0]
    return str(int.from_bytes(raw, "little")) if kind in (4, 11) else BINARY


def _as_list(texts: Sequence[str]) -> str:
    return json.dumps([text for text in texts if text], ensure_ascii=False)


def _query_values(text: str) -> Iterator[_Value]:
    hive, path, host = "", "", ""
    for number, line in _unwrapped_lines(text):
        if key := QUERY_KEY.fullmatch(line):
            hive, path = key["hive"], key["path"] or ""
            if (key["host"] or host) != host:
                host = key["host"]
                yield _Value(number, HOST, partial(str, host), begins=True)
        elif hive and (value := QUERY_VALUE.fullmatch(line)):
            title = _title(hive, path, value["name"])
            yield _Value(number, title, partial(_query_text, value["type"], value["data"] or ""))
        elif not SAID_BESIDE.match(line):
            yield _Value(number, read=_no_value)


def _unwrapped_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield lines that are not blank with their numbers; what a narrow terminal wrapped stands behind its value."""
    held: list[str] = []
    start, is_value = 0, False
    for number, ended in enumerate([*text.split("\n"), ""], start=1):
        line = ended.rstrip("\r")
        if is_value and line.strip() and not QUERY_KEY.fullmatch(line) and not QUERY_VALUE.fullmatch(line):
            held.append(line)
            continue
        if held:
            yield start, "".join(held)
        held, start = [line] if line.strip() else [], number
        is_value = QUERY_VALUE.fullmatch(line) is not None


def _query_text(kind: str, data: str) -> str:
    if kind in ("REG_DWORD", "REG_QWORD"):
        try:
            return str(int(data.strip(), 0))
        except ValueError:
            return data
    if kind == "REG_MULTI_SZ":
        return _as_list(data.split("\\0"))
    return data if kind in ("REG_SZ", "REG_EXPAND_SZ") else BINARY


def _tables(records: list[Record], titles: tuple[str, ...]) -> Iterator[RawTable]:
    texts = {title: [record.values.get(title) for record in records] for title in titles}
    yield RawTable(
        pl.DataFrame(texts, schema=dict.fromkeys(titles, pl.String)),
        pl.Series("row", [record.row for record in records], pl.UInt32),
        pl.Series("line", [record.line for record in records], pl.UInt32),
    )
