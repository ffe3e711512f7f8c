"""Drafts a mapping for an export in no format that is known, from the titles of its columns: no value of it is shown.

The values are read only to count those that do not fit what their titles promise (``fitting.py``): a TODO says so.

What a mapping that ships calls the same, but for case, spaces and marks, is proposed; what it calls alike, and the
names of facts, stand in comments with TODO, as does what only a person knows. The draft is a sound mapping as it is.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from checker.drafts.fitting import BUILD_OF_IT, REVISION_OF_IT, Fitting, fitting, misfit
from checker.errors import InputError, Problem
from checker.facts.catalogue import catalogue
from checker.inventory.mapping import ProductMapping, title_key
from checker.inventory.mapping_files import FOLDER, WORD_TABLES, mappings
from checker.inventory.read import look_into
from checker.inventory.secrets import is_title
from checker.inventory.table import Opened
from checker.yaml_nodes import Problems, load, plain

SIGNATURE: Final = 5  # titles by which the export is recognised, at most
ALIKE: Final = 0.8  # of difflib's ratio: SenseVersion and SENSEVer, but not Name and Domain
LONGEST: Final = 80  # characters of a title in a comment
# What rests on several columns, or on the absence of one, does not carry over to a column of another file.
NOT_CARRIED: Final = frozenset(("parts", "needs", "stated_with", "blank_with", "where", "says"))
KEYS: Final = ("mde_id", "entra_id", "name")
KEYS_OF: Final = {  # titles that no mapping has, but that mean a key
    **dict.fromkeys(("hostname", "host", "computername", "computer", "devicename", "machinename", "pc"), "name"),
    **dict.fromkeys(("dnsname", "fqdn"), "name"),
    **dict.fromkeys(("defenderid", "defenderdeviceid", "mdeid", "mdedeviceid"), "mde_id"),
    **dict.fromkeys(("entraid", "entradeviceid", "aaddeviceid", "azureaddeviceid"), "entra_id"),
}
SAME_START: Final = 3  # letters: Onboarded is not reonboarded


@dataclass(slots=True)
class _Draft:
    """What is proposed, by the titles of the file."""

    keys: dict[str, str] = field(default_factory=dict)
    observed: str = ""
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    used: list[str] = field(default_factory=list)  # titles, in the order of the file
    alike: dict[str, str] = field(default_factory=dict)  # title -> what a person may mean by it
    todo: dict[str, str] = field(default_factory=dict)  # fact, key or "observed" -> what a person must look at
    unknown: list[str] = field(default_factory=list)


def draft_mapping(path: str, formats: Mapping[str, ProductMapping]) -> str:
    """Return a mapping for a file, as YAML.

    Raises:
        InputError: the file cannot be read, is of one of these formats already, or has no titles.
    """
    opened = look_into(path, formats)
    keys = frozenset(title_key(title) for title in opened.titles)
    known = [each.id for each in formats.values() if opened.kind in each.reads and each.signature.fits(keys)]
    if known:
        raise InputError(Problem(path, f"needs no mapping: it is read as {known[0]}", f"mde-readiness inspect {path}"))
    titles = [title for title in opened.titles if title and is_title(title)]
    if not titles:
        what = "has no column whose title could be told apart from data"
        raise InputError(Problem(path, what, "give the file a header that names its columns"))
    draft = _proposed(titles)

    def text() -> str:
        return "\n".join([*_lines(path, opened, draft, titles), ""])

    cut = draft.facts.get("os.build", {}).pop("pattern", "")  # it would hide a build with its revision
    found = fitting(path, text(), formats)
    if cut:
        draft.facts["os.build"]["pattern"] = cut
    if found:
        _hold_against(draft, found)
    return text()


def _hold_against(draft: _Draft, found: Fitting) -> None:
    """Note what of the values does not fit; a build with its revision becomes both facts."""
    build = draft.facts.get("os.build")
    if build and found.full_builds:
        revision = {**build, "pattern": REVISION_OF_IT}
        draft.facts = {**draft.facts, "os.build": {**build, "pattern": BUILD_OF_IT}}
        draft.facts.setdefault("os.ubr", revision)
        draft.todo["os.build"] = "values have a revision, too: is it that of the build?"
        found.unread["os.build"] -= found.full_builds
    for fact in draft.facts:
        if doubt := misfit(fact, found):
            draft.todo[fact] = doubt
    for key, rows in found.keyless.items():
        if rows:
            draft.todo[key] = f"{rows:,} of {found.rows:,} rows have none that can be used"
    if draft.observed and found.undated:
        order = "a date such as 05/12/2026 needs --date-order dmy or mdy"
        draft.todo["observed"] = f"{found.undated:,} of {found.rows:,} rows have no time that can be read; {order}"


def _proposed(titles: Sequence[str]) -> _Draft:
    draft, meant = _Draft(), _meanings(titles)
    for title in titles:
        key, observed, facts = meant.get(_loose(title), ("", False, {}))
        key = key or KEYS_OF.get(_loose(title), "")
        mine = {fact: reading for fact, reading in facts.items() if fact not in draft.facts}
        if key and key not in draft.keys:
            draft.keys[key] = title
        elif observed and not draft.observed:
            draft.observed = title
        elif not mine:
            _set_aside(draft, title)
            continue
        draft.facts.update({fact: {"from": title, **reading} for fact, reading in mine.items()})
        draft.used.append(title)
    if not draft.keys and titles:  # a mapping must have one: the first column often is it
        draft.keys["name"] = titles[0]
        draft.todo["name"] = "no column is known to name the device: which does? mde_id, entra_id or name"
    draft.alike.pop(draft.keys.get("name", ""), None)
    draft.unknown = [title for title in draft.unknown if title not in draft.keys.values()]
    return draft


def _set_aside(draft: _Draft, title: str) -> None:
    """Note a column that nothing that ships calls by its name: with what it may mean, if that is called alike."""
    names = {_loose(each): each for each in (*_all_titles(), *_fact_names())}
    near = get_close_matches(_loose(title), names, n=1, cutoff=ALIKE)
    if near and _loose(title) != near[0] and near[0][:SAME_START] == _loose(title)[:SAME_START]:
        draft.alike[title] = names[near[0]]
    else:
        draft.unknown.append(title)


_Meaning = tuple[str, bool, dict[str, dict[str, Any]]]  # a key; whether a time of observation; facts with readings


def _meanings(titles: Iterable[str]) -> dict[str, _Meaning]:
    """Return what each title means in the mapping that knows most of the file's titles and this one."""
    mine = {_loose(title) for title in titles}
    found: dict[str, _Meaning] = {}
    for product in sorted(_shipped(), key=lambda each: -len(mine & {_loose(title) for title in _titles(each)})):
        here: dict[str, _Meaning] = {}
        for key, named in product["keys"].items():
            for title in _listed(named) if key in KEYS else ():
                here[_loose(title)] = (key, False, {})
        for title in _listed(product.get("observed")):
            here[_loose(title)] = (here.get(_loose(title), ("",))[0], True, {})
        for fact, reading in product["facts"].items():
            for title in _listed(reading.get("from")) if NOT_CARRIED.isdisjoint(reading) else ():
                key, observed, facts = here.get(_loose(title), ("", False, {}))
                rest = {name: value for name, value in reading.items() if name not in ("from", "join")}
                here[_loose(title)] = (key, observed, {**facts, fact: rest})
        found = {**here, **found}
    return found


def _lines(path: str, opened: Opened, draft: _Draft, titles: Sequence[str]) -> Iterator[str]:
    yield "# Drafted from the titles of the columns alone. Look at every line, above all at those with TODO; then"
    yield "# give it with --mapping. rules schema mapping prints its schema, for editors."
    yield f"id: {_id(path)}"
    yield f"title: {_yaml(Path(path).stem)}"
    yield f"reads: [{opened.kind}]"
    yield "founds: true  # TODO false, if the file also has what is no device that you want judged"
    yield "signature:  # TODO columns that every such export has, and no other file"
    yield "  all:"
    fitting = list(dict.fromkeys([*draft.keys.values(), *draft.used, *titles]))[:SIGNATURE]
    yield from (f"    - [{_yaml(title)}]" for title in fitting)
    yield "keys:  # TODO is each what it says? mde_id has 40 hexadecimal digits, entra_id is a GUID"
    yield from (f"  {key}: {_yaml(title)}{_todo(draft, key)}" for key, title in draft.keys.items())
    if draft.observed:
        asked = draft.todo.get("observed", "")
        yield f"observed: {_yaml(draft.observed)}  # TODO is it when all of the row was true?{asked and f' {asked}'}"
    else:
        yield "# observed: TODO the column that says when the row was true; without it --observed FILE=DATE dates it"
    yield "facts:" if draft.facts else "facts: {}"
    yield from (f"  {fact}: {_yaml(reading)}{_told(draft, fact)}" for fact, reading in draft.facts.items())
    yield from (line for title, other in draft.alike.items() for line in _guessed(draft, title, other))
    if draft.unknown:
        yield "  # Not read, since nothing that ships knows these columns; docs/facts.md lists all facts:"
        yield from (f"  #   {_shown(title)}" for title in draft.unknown)


def _todo(draft: _Draft, name: str) -> str:
    return f"  # TODO {draft.todo[name]}" if name in draft.todo else ""


def _told(draft: _Draft, fact: str) -> str:
    """Return the comment behind a fact: what does not fit, and what a person cannot see in its reading."""
    reading = draft.facts[fact]
    told = [draft.todo[fact]] if fact in draft.todo else []
    if reading.get("set") == "closed":
        told.append("closed: does it list all of them? open, if it may lack some")
    if isinstance(reading.get("words"), dict) and None in reading["words"].values():
        silent = " and ".join(_yaml(word) for word, meant in reading["words"].items() if meant is None)
        told.append(f"{silent} says nothing (null); any other word counts as it stands")
    return f"  # TODO {'; '.join(told)}" if told else ""


def _guessed(draft: _Draft, title: str, other: str) -> Iterator[str]:
    """Yield a line for each fact that a column may carry, as comments that become the mapping without their mark."""
    if other in _fact_names():
        facts: dict[str, dict[str, Any]] = {other: {}}
    else:
        facts = _meanings([other]).get(_loose(other), ("", False, {}))[2]
    if "os.build" in facts:
        facts = {"os.build": {**facts["os.build"], "pattern": BUILD_OF_IT}}
    lines = [(fact, {"from": title, **reading}) for fact, reading in facts.items() if fact not in draft.facts]
    called = f"TODO is {_shown(title)} what elsewhere is called {_shown(other)}?"
    if not lines or any(len(_yaml(reading)) > LONGEST + len(title) for _, reading in lines) or len(title) > LONGEST:
        yield f"  # {called}"
        return
    for fact, reading in lines:
        yield f"  # {fact}: {_yaml(reading)}  # {called} Then remove the first # of this line"


def _id(path: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", Path(path).stem.casefold()).strip("-") or "export"
    return f"my-{name}" if name in mappings() else name


def _yaml(value: object) -> str:
    """Return a value on one line, letters that do not show as escapes."""
    shown = all(text.isprintable() for text in _texts(value))
    return yaml.safe_dump(
        [value], default_flow_style=True, width=float("inf"), allow_unicode=shown, sort_keys=False
    ).strip()[1:-1]


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from (*_texts(key), *_texts(item))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    else:
        yield str(value)


def _shown(title: str) -> str:
    return _yaml(title if len(title) <= LONGEST else f"{title[:LONGEST]}…")


def _loose(title: str) -> str:
    return re.sub(r"[\W_]+", "", title_key(title))


def _listed(titles: Any) -> list[str]:  # noqa: ANN401 - YAML: nothing, a text or texts
    return [titles] if isinstance(titles, str) else list(titles or ())


def _titles(product: Mapping[str, Any]) -> Iterator[str]:
    for named in product["keys"].values():
        yield from _listed(named)
    yield from _listed(product.get("observed"))
    for reading in product["facts"].values():
        yield from _listed(reading.get("from"))


@cache
def _shipped() -> tuple[dict[str, Any], ...]:
    """Return the mappings that ship as they stand in their files, so that tables of words keep their names."""
    files = [path for path in sorted(FOLDER.glob("*.yaml")) if path.name != WORD_TABLES]
    nodes = (load(path, path.name, Problems()) for path in files)
    return tuple(plain(node) for node in nodes if node)


@cache
def _all_titles() -> tuple[str, ...]:
    return tuple(dict.fromkeys(title for product in _shipped() for title in _titles(product)))


@cache
def _fact_names() -> tuple[str, ...]:
    return tuple(name for name, spec in catalogue().items() if not spec.derived and not spec.view_of)
