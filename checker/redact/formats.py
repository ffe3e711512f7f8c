"""What a user's own mapping names, its id and the titles of columns, may name an organisation: both get pseudonyms."""

from functools import cache

from checker.inventory.mapping import title_key
from checker.inventory.mapping_files import mappings
from checker.inventory.recognise import known_titles
from checker.redact.pseudonyms import Pseudonyms


def format_name(names: Pseudonyms, text: str) -> str:
    """Return the id of a format: itself where it ships with the package."""
    return text if text in mappings() else names.label("format", text)


def column_name(names: Pseudonyms, text: str) -> str:
    """Return the title of a column, or several as reports list them: itself where a mapping that ships knows it."""
    known = _known()
    whole = title_key(text) in known or all(title_key(title) in known for title in text.split(", "))
    return text if whole or not text else names.label("column", text)


@cache
def _known() -> frozenset[str]:
    return known_titles(mappings())
