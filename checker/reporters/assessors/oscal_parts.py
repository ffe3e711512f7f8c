"""What every part of an OSCAL document is made of: reproducible UUIDs, harmless texts, properties, moments."""

from datetime import date
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from checker.reporters.markdown.text import prose
from checker.reporters.wording import visible

NAMESPACE: Final = "https://github.com/mde-readiness/mde-readiness/ns/oscal"  # of our properties; nothing is there
_SPACE: Final = uuid5(NAMESPACE_URL, NAMESPACE)
MOST_TEXT: Final = 1_000  # characters of one text from an inventory


def identity(*names: str) -> str:
    """Return the UUID (version 5) of what goes by these names: the same names, the same UUID."""
    # NOTE: repr keeps ("a", "bc") and ("ab", "c") apart, and spells lone surrogates, which have no UTF-8.
    return str(uuid5(_SPACE, repr(names)))


def plain(text: str) -> str:
    """Return a text for a field without markup: on one line, never empty, no space at its ends, as OSCAL wants."""
    return visible(text, MOST_TEXT).strip() or "-"


def marked(text: str) -> str:
    """Return a text for a field in Markdown, in which nothing of it is markup; never empty."""
    return prose(plain(text))


def prop(name: str, value: str | int) -> dict[str, str]:
    """Return a property of ours; ``name`` is a token."""
    return {"name": name, "ns": NAMESPACE, "value": plain(str(value))}


def props(**values: str | int) -> list[dict[str, str]]:
    """Return properties of ours, underlines in their names as hyphens; those without a value are left out."""
    return [prop(name.replace("_", "-"), value) for name, value in values.items() if value != ""]


def begins(day: date) -> str:
    """Return the first second of a UTC day."""
    return f"{day.isoformat()}T00:00:00Z"


def ends(day: str) -> str:
    """Return the last second of a UTC day that is given as text."""
    return f"{day}T23:59:59Z"


def filled(entry: dict[str, Any]) -> dict[str, Any]:
    """Return the entry without empty lists and texts, which OSCAL forbids."""
    return {name: value for name, value in entry.items() if value not in ([], "", None)}
