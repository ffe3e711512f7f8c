"""Reads the mappings, telling file and line of everything that is wrong with one."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import cast, get_args

from checker.facts.catalogue import catalogue
from checker.inventory.mapping import AS_IT_STANDS, TOGETHER, Apart, FactReading, ProductMapping, Signature
from checker.inventory.mapping_parts import parts_of
from checker.inventory.mapping_texts import (
    Words,
    counts_of,
    key_columns,
    key_patterns,
    pattern_of,
    table_of,
    word_of,
    words_of,
)
from checker.inventory.table import Kind
from checker.yaml_nodes import (
    Entries,
    Items,
    Node,
    Problems,
    Text,
    check_keys,
    choice_of,
    did_you_mean,
    flag_of,
    load,
    mapping,
    text_items,
    text_of,
    texts_of,
)

FOLDER = Path(__file__).parent / "mappings"
WORD_TABLES = "words.yaml"  # tables that several mappings share
REQUIRED = ("id", "title", "reads", "founds", "signature", "keys", "facts")
OPTIONAL = (
    "per_device",
    "secondary",
    "own_ids",
    "own_ids_repeat",
    "place_names",
    "silent_blanks",
    "ragged",
    "secrets",
    "cut_at",
    "evidence",
    "versions",
    "not_english",
    "instead",
    "observed",
    "observed_plus_minutes",
    "partial_without",
    "together",
    "apart",
)
SIGNATURE = ("all", "any", "none")
KEYS_HINT = "say for example 'name: Hostname'"
KEYS = ("mde_id", "entra_id", "own_id", "name", "domain", "device", "site")
FACT_OPTIONS = ("from", "fallback", "join", "parts", "pattern", "words", "otherwise", "says", "shape", "zoned", "set")
FACT_CONDITIONS = ("only", "where", "needs", "stated_with", "blank_with")
OF_TYPE = {"date": "day", "time": "time"}  # shapes that go with types of facts
SHAPES = (
    "text",
    "day",
    "time",
    "folded",
    "json",
    "pairs",
    "comma",
    "lines",
    "kbs",
    "matches",
    "attempt",
    "rule",
)


@cache
def mappings() -> Mapping[str, ProductMapping]:
    """Return the mappings that ship with the package, by id."""
    return load_mappings(FOLDER)


def load_mappings(folder: Path) -> dict[str, ProductMapping]:
    """Read every mapping of a folder; raise :class:`RuleError` with every problem of every file."""
    problems = Problems()
    tables = word_tables(folder, problems)
    found = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.name == WORD_TABLES:
            continue
        node = mapping(load(path, f"mappings/{path.name}", problems), "a mapping", problems)
        product = read_product(node, tables, problems) if node else None
        if node and product:
            if product.id != path.stem:
                problems.add(node.entries["id"].place, f"'{product.id}' is not the name of its file")
            found[product.id] = product
    problems.raise_if_any()
    return found


def word_tables(folder: Path, problems: Problems) -> dict[str, Words]:
    """Return the tables of words that the mappings of a folder share, by name."""
    if not (folder / WORD_TABLES).is_file():
        return {}
    node = mapping(load(folder / WORD_TABLES, f"mappings/{WORD_TABLES}", problems), "the tables of words", problems)
    return {name: table_of(table, problems) for name, table in (node.entries if node else {}).items()}


def read_product(node: Entries, tables: Mapping[str, Words], problems: Problems) -> ProductMapping | None:
    """Return what a mapping says; note every problem of it, and return None if it lacks an id."""
    check_keys(node, "a mapping", REQUIRED, OPTIONAL, problems)
    product = _product(node, tables, problems)
    keys, signature = node.entries.get("keys"), node.entries.get("signature")
    if _is_sound(keys, KEYS) and keys and not any(product.keys.values()) and not product.place_names:
        problems.add(keys.place, "'keys' names no column: no record would be of a device", KEYS_HINT)
    asks = product.signature.any or any(product.signature.all)
    if _is_sound(signature, SIGNATURE) and signature and not asks:
        hint = "say 'all: [[Title], …]'"
        problems.add(signature.place, "'signature' asks for no column: every file would fit", hint)
    if ("not_english" in node.entries) != ("instead" in node.entries):
        problems.add(node.place, "'not_english' and 'instead', what a person can do then, need each other")
    return product if product.id else None


def _is_sound(node: Node | None, known: Collection[str]) -> bool:
    """Tell whether a node is a mapping with known keys, so that more can be said of it than that it is not."""
    return isinstance(node, Entries) and node.entries.keys() <= set(known)


def _product(node: Entries, tables: Mapping[str, Words], problems: Problems) -> ProductMapping:
    keys = mapping(node.entries.get("keys"), "'keys'", problems)
    if keys:
        check_keys(keys, "'keys'", (), KEYS, problems)
        if ("own_id" in keys.entries) != ("own_ids" in node.entries):
            problems.add(keys.place, "the key 'own_id' and 'own_ids', the system whose id it is, need each other")
    readings = _readings(node, tables, flag_of(node, "silent_blanks", problems), problems)
    return ProductMapping(
        id=text_of(node, "id", problems),
        title=text_of(node, "title", problems),
        reads=_kinds(node, problems),
        founds=flag_of(node, "founds", problems),
        per_device=flag_of(node, "per_device", problems),
        signature=_signature(node, problems),
        keys={key: key_columns(keys, key, problems) for key in keys.entries} if keys else {},
        key_patterns=key_patterns(keys, problems) if keys else {},
        observed=texts_of(node, "observed", problems),
        observed_plus_minutes=text_of(node, "observed_plus_minutes", problems),
        partial_without=texts_of(node, "partial_without", problems),
        facts=readings,
        own_ids=text_of(node, "own_ids", problems),
        own_ids_repeat=flag_of(node, "own_ids_repeat", problems),
        secondary=flag_of(node, "secondary", problems),
        place_names=flag_of(node, "place_names", problems),
        ragged=_where(node, "ragged", problems),
        together=choice_of(node, "together", TOGETHER, problems) if "together" in node.entries else "",
        secrets=flag_of(node, "secrets", problems),
        cut_at=counts_of(node, "cut_at", problems),
        evidence=texts_of(node, "evidence", problems),
        versions=_where(node, "versions", problems),
        not_english=texts_of(node, "not_english", problems),
        instead=text_of(node, "instead", problems),
        apart=_apart(node, tables, problems),
    )


def _readings(node: Entries, tables: Mapping[str, Words], silent: bool, problems: Problems) -> dict[str, FactReading]:
    facts = mapping(node.entries.get("facts"), "'facts'", problems)
    readings: dict[str, FactReading] = {}
    for fact, entry in (facts.entries if facts else {}).items():
        if fact not in catalogue():
            problems.add(entry.place, f"there is no fact '{fact}'", did_you_mean(fact, catalogue()))
        elif told_from := catalogue()[fact].view_of or (catalogue()[fact].derived and "other facts"):
            problems.add(entry.place, f"'{fact}' is told from {told_from}: no column says it")
        elif found := mapping(entry, f"'{fact}'", problems):
            readings[fact] = replace(_reading(fact, found, tables, problems), silent_blanks=silent)
    return readings


def _apart(node: Entries, tables: Mapping[str, Words], problems: Problems) -> tuple[Apart, ...]:
    """Return the facts that have times of their own; of these a blank says nothing, and the record's own may."""
    listed = node.entries.get("apart")
    if listed is None:
        return ()
    if not isinstance(listed, Items):
        problems.add(listed.place, "'apart' must be a list", "say 'apart: [{observed: …, facts: {…}}]'")
        return ()
    found = [entry for item in listed.items if (entry := mapping(item, "'apart'", problems))]
    known = [entry for entry in found if check_keys(entry, "'apart'", ("facts",), ("observed",), problems)]
    return tuple(
        Apart(texts_of(entry, "observed", problems), _readings(entry, tables, True, problems)) for entry in known
    )


def _kinds(node: Entries, problems: Problems) -> tuple[Kind, ...]:
    known = get_args(Kind)
    for item in text_items(node.entries["reads"], "'reads'", problems) if "reads" in node.entries else ():
        if item.value not in known:
            problems.add(item.place, f"'{item.value}' is no file format", did_you_mean(item.value, known))
    return cast("tuple[Kind, ...]", texts_of(node, "reads", problems))


def _signature(node: Entries, problems: Problems) -> Signature:
    entry = mapping(node.entries.get("signature"), "'signature'", problems)
    if entry is None or not check_keys(entry, "'signature'", (), SIGNATURE, problems):
        return Signature((), (), ())
    groups = entry.entries.get("all")
    return Signature(
        all=tuple(
            tuple(text.value for text in text_items(group, "'all'", problems))
            for group in (groups.items if isinstance(groups, Items) else ())
        ),
        any=texts_of(entry, "any", problems),
        none=texts_of(entry, "none", problems),
    )


def _reading(fact: str, node: Entries, tables: Mapping[str, Words], problems: Problems) -> FactReading:
    known = check_keys(node, f"'{fact}'", (), (*FACT_OPTIONS, *FACT_CONDITIONS), problems)
    columns, parts = texts_of(node, "from", problems), parts_of(node, tables, problems)
    if known and not columns and not parts:
        problems.add(node.place, f"'{fact}' names no column", "say 'from: Title'")
    is_set = catalogue()[fact].type == "set"
    if is_set != ("set" in node.entries):
        needed = "is a set: say 'set: open' or 'set: closed'" if is_set else "is no set, which can be open or closed"
        problems.add(node.place, f"'{fact}' {needed}")
    shape = node.entries.get("shape")
    if isinstance(shape, Text) and shape.value == "matches" and not (is_set and "pattern" in node.entries):
        problems.add(shape.place, "the shape 'matches' needs a set and a pattern")
    zoned = flag_of(node, "zoned", problems)
    if zoned and _own_shape(fact, node) != "time":
        problems.add(node.place, "'zoned' is of facts that are times")
    return FactReading(
        fact=fact,
        columns=columns,
        joined=flag_of(node, "join", problems),
        fallback=flag_of(node, "fallback", problems),
        parts=parts,
        pattern=pattern_of(node, problems),
        words=words_of(node, tables, problems),
        otherwise=word_of(node.entries["otherwise"], problems) if "otherwise" in node.entries else AS_IT_STANDS,
        says=word_of(node.entries["says"], problems) if "says" in node.entries else None,
        shape=choice_of(node, "shape", SHAPES, problems) if "shape" in node.entries else _own_shape(fact, node),
        zoned=zoned,
        open_set=is_set and "set" in node.entries and choice_of(node, "set", ("closed", "open"), problems) == "open",
        only=_only(node, problems),
        where=_where(node, "where", problems),
        needs=texts_of(node, "needs", problems),
        stated_with=texts_of(node, "stated_with", problems),
        blank_with=texts_of(node, "blank_with", problems),
    )


def _own_shape(fact: str, node: Entries) -> str:
    """Return how a fact's texts are read where the mapping does not say: dates and times as columns of such."""
    cut = {"pattern", "words", "otherwise", "says"} & node.entries.keys()
    return "text" if cut else OF_TYPE.get(catalogue()[fact].type, "text")


def _only(node: Entries, problems: Problems) -> tuple[str, tuple[str, ...]] | None:
    if "only" not in node.entries:
        return None
    entry = mapping(node.entries["only"], "'only'", problems)
    if entry is None or len(entry.entries) != 1:
        problems.add(node.entries["only"].place, "'only' must name one fact and its words")
        return None
    fact = next(iter(entry.entries))
    return fact, texts_of(entry, fact, problems)


def _where(node: Entries, key: str, problems: Problems) -> tuple[tuple[str, tuple[str, ...]], ...]:
    entry = mapping(node.entries[key], f"'{key}'", problems) if key in node.entries else None
    return tuple((column, texts_of(entry, column, problems)) for column in entry.entries) if entry else ()
