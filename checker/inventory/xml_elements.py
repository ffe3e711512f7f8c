"""Reads XML element by element, without a root, without document types, and never more of it than is bounded.

Logs are printed as one element after another with no root around them, or as several documents in one file. So the
text is read inside of a root of our own; inside of a root no document type can be declared, hence no entity either.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from checker.errors import InputError, Problem

DECLARATION = re.compile(r"<\?xml\b[^<>]{0,200}\?>|\ufeff")
DOCTYPE = re.compile(r"\s*<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
ROOT = "records"
PIECE = 1 << 16  # characters given to the parser at a time
DEEPEST = 40  # elements inside one another; logs and reports have up to 7
MOST_TEXT = 1 << 20  # characters in one record; an event holds at most 64 KiB
MOST_ELEMENTS = 20_000  # in one record; an analyzer's report has about 500
WHOLE = "export it again, whole"


@dataclass(slots=True)
class Element:
    """An element with its local name, the line where it begins, its own text, and what stands in it."""

    name: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list["Element"] = field(default_factory=list)

    def child(self, *names: str) -> "Element | None":
        """Return the first element at the end of a path of names; None if there is none."""
        found: Element | None = self
        for name in names:
            found = next((item for item in found.children if item.name == name), None) if found else None
        return found

    def texts(self, *names: str) -> str | None:
        """Return the text of the first element at the end of a path of names, without the space around it."""
        found = self.child(*names)
        return found.text.strip() if found else None


def read_elements(text: str, path: str, wanted: frozenset[str]) -> Iterator[Element]:
    """Yield each outermost element of one of these names; raise :class:`InputError` where the text is no sound XML."""
    reader = _Reader(path, wanted)
    plain = DECLARATION.sub(lambda found: "\n" * found[0].count("\n"), text)
    try:
        reader.parser.Parse(f"<{ROOT}>".encode(), False)
        for start in range(0, len(plain), PIECE):
            reader.parser.Parse(plain[start : start + PIECE].encode(), False)
            yield from reader.taken()
        if len(reader.open) > 1:
            last = reader.open[1]
            raise InputError(Problem(f"{path}:{last.line}", f"is cut off: <{last.name}> has no end", WHOLE))
        reader.parser.Parse(f"</{ROOT}>".encode(), True)
    except expat.ExpatError as error:
        raise InputError(reader.problem(error, plain)) from None


class _Reader:
    """Puts together the elements that are wanted, and remembers which are open."""

    def __init__(self, path: str, wanted: frozenset[str]) -> None:
        self.path = path
        self.wanted = wanted
        self.open: list[Element] = []
        self.inside: list[Element] = []  # of them, those of the record that is being read
        self.found: list[Element] = []
        self.size = self.elements = 0
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.data

    def taken(self) -> list[Element]:
        """Return the records that have ended since the last call."""
        found, self.found = self.found, []
        return found

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Open an element."""
        element = Element(name.rpartition(":")[2], self.parser.CurrentLineNumber, attributes)
        if len(self.open) >= DEEPEST:
            self.refuse(element.line, f"has elements nested more than {DEEPEST} deep")
        self.open.append(element)
        if self.inside:
            self.inside[-1].children.append(element)
        if self.inside or element.name in self.wanted:
            self.inside.append(element)
            self.elements += 1
            self.grow(sum(len(key) + len(value) for key, value in attributes.items()))

    def end(self, _name: str) -> None:
        """Close the element that was opened last."""
        self.open.pop()
        if self.inside:
            element = self.inside.pop()
            if not self.inside:
                self.found.append(element)
                self.size = self.elements = 0

    def data(self, text: str) -> None:
        """Add text to the element that was opened last."""
        if self.inside:
            self.inside[-1].text += text
            self.grow(len(text))

    def grow(self, size: int) -> None:
        """Count what the record holds, and refuse one that holds too much."""
        self.size += size
        if self.size > MOST_TEXT or self.elements > MOST_ELEMENTS:
            self.refuse(self.inside[0].line, f"has a <{self.inside[0].name}> of more than 1 MiB or 20,000 elements")

    def refuse(self, line: int, what: str) -> None:
        """Raise an error at a line."""
        raise InputError(Problem(f"{self.path}:{line}", what, "no program exports that: is it the right file?"))

    def problem(self, error: expat.ExpatError, text: str) -> Problem:
        """Return in words why the parser went no further."""
        lines = text.split("\n")
        line = lines[error.lineno - 1] if error.lineno <= len(lines) else ""
        skipped = len(f"<{ROOT}>") if error.lineno == 1 else 0
        where = f"{self.path}:{error.lineno}"
        if not self.open:
            return Problem(where, "is no sound XML: an element ends here that did not begin", WHOLE)
        if DOCTYPE.match(line[max(error.offset - skipped - 2, 0) :]) or DOCTYPE.match(line):
            return Problem(where, "declares a document type, which is not read", "export it again, without")
        if error.code == expat.errors.codes[expat.errors.XML_ERROR_TAG_MISMATCH] and len(self.open) > 1:
            last = self.open[-1]
            return Problem(where, f"is no sound XML: <{last.name}> of line {last.line} is not closed", WHOLE)
        return Problem(where, f"is no sound XML: {expat.ErrorString(error.code)}", WHOLE)
