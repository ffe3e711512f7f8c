"""Reads what the entries of a mapping share: regular expressions, tables of words, columns of keys."""

import re
from collections.abc import Mapping

from checker.inventory.mapping import Word
from checker.inventory.patterns import Pattern, read_pattern
from checker.yaml_nodes import (
    Entries,
    Node,
    Problems,
    Text,
    check_keys,
    did_you_mean,
    mapping,
    text_of,
    texts_of,
)

KEY_OPTIONS = ("from", "pattern")

Words = tuple[tuple[str, Word], ...]


def key_columns(keys: Entries, key: str, problems: Problems) -> tuple[str, ...]:
    """Return the columns of a key."""
    entry = keys.entries[key]
    if not isinstance(entry, Entries):
        return texts_of(keys, key, problems)
    check_keys(entry, f"'{key}'", KEY_OPTIONS, (), problems)
    return texts_of(entry, "from", problems)


def key_patterns(keys: Entries, problems: Problems) -> dict[str, Pattern]:
    """Return the patterns that cut keys, by key."""
    entries = {key: entry for key, entry in keys.entries.items() if isinstance(entry, Entries)}
    patterns = {key: pattern_of(entry, problems) for key, entry in entries.items()}
    return {key: pattern for key, pattern in patterns.items() if pattern}


def counts_of(node: Entries, key: str, problems: Problems) -> tuple[int, ...]:
    """Return the numbers that an entry lists: whole ones above 0."""
    texts = texts_of(node, key, problems)
    for text in texts:
        if not re.fullmatch(r"[1-9]\d{0,8}", text):
            problems.add(node.entries[key].place, f"'{text}' is no number of rows")
    return tuple(int(text) for text in texts if re.fullmatch(r"[1-9]\d{0,8}", text))


def pattern_of(node: Entries, problems: Problems) -> Pattern | None:
    """Return the regular expression of an entry, of one group; None if there is none, or it is none."""
    text = text_of(node, "pattern", problems)
    if not text:
        return None
    try:
        return read_pattern(text)
    except ValueError as error:
        problems.add(node.entries["pattern"].place, str(error))
        return None


def words_of(node: Entries, tables: Mapping[str, Words], problems: Problems) -> Words:
    """Return the table of words of an entry: its own, or one that it names."""
    entry = node.entries.get("words")
    if isinstance(entry, Text):
        if entry.value not in tables:
            problems.add(entry.place, f"there is no table of words '{entry.value}'", did_you_mean(entry.value, tables))
        return tables.get(entry.value, ())
    return table_of(entry, problems) if entry is not None else ()


def table_of(node: Node, problems: Problems) -> Words:
    """Return what a mapping of words to words says."""
    entry = mapping(node, "a table of words", problems)
    return tuple((word, word_of(value, problems)) for word, value in entry.entries.items()) if entry else ()


def word_of(node: Node, problems: Problems) -> Word:
    """Return a word; None where nothing is said."""
    if not isinstance(node, Text):
        problems.add(node.place, "must be a word, or ~ where nothing is said")
        return None
    return None if node.null else node.value
