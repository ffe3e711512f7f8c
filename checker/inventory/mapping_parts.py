"""Reads what a mapping says of the parts of a try to reach a URL."""

from collections.abc import Mapping

from checker.inventory.mapping import AS_IT_STANDS, PARTS, Part
from checker.inventory.mapping_texts import Words, word_of, words_of
from checker.yaml_nodes import Entries, Problems, check_keys, did_you_mean, text_of, texts_of

PART_OPTIONS = ("from", "words", "otherwise", "says")


def parts_of(node: Entries, tables: Mapping[str, Words], problems: Problems) -> tuple[Part, ...]:
    """Return what is said of each of ``PARTS``: a list names those whose columns have the same names."""
    if "parts" not in node.entries:
        return ()
    entry = node.entries["parts"]
    if not isinstance(entry, Entries):
        named = texts_of(node, "parts", problems)
        problems_of = [name for name in named if name not in PARTS]
        for name in problems_of:
            problems.add(entry.place, f"'{name}' is no part", did_you_mean(name, PARTS))
        return tuple(Part((name,) if name in named else ()) for name in PARTS)
    if not check_keys(entry, "'parts'", ("url", "result"), PARTS, problems):
        return ()
    return tuple(_part(entry, name, tables, problems) for name in PARTS)


def _part(node: Entries, name: str, tables: Mapping[str, Words], problems: Problems) -> Part:
    entry = node.entries.get(name)
    if not isinstance(entry, Entries):
        return Part(texts_of(node, name, problems))
    check_keys(entry, f"'{name}'", (), PART_OPTIONS, problems)
    if ("from" in entry.entries) == ("says" in entry.entries):
        problems.add(entry.place, f"'{name}' must either name a column with 'from' or be a constant with 'says'")
    return Part(
        columns=texts_of(entry, "from", problems),
        words=words_of(entry, tables, problems),
        otherwise=word_of(entry.entries["otherwise"], problems) if "otherwise" in entry.entries else AS_IT_STANDS,
        says=text_of(entry, "says", problems),
    )
