"""A page as its elements, read by the standard library's parser."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class Element:
    """An element, with everything in it."""

    tag: str
    attributes: dict[str, str | None]
    parts: list["Element | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text in it, white space as it is."""
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)

    @property
    def words(self) -> str:
        """All text in it, as a reader sees it."""
        return " ".join(self.text.split())

    def all(self, tag: str = "", **wanted: str) -> list["Element"]:
        """Return the elements in it, in order, with the attributes that are wanted (``data_x`` is ``data-x``)."""
        found: list[Element] = []
        for part in self.parts:
            if isinstance(part, Element):
                if tag in ("", part.tag) and all(
                    part.attributes.get(name.strip("_").replace("_", "-")) == value for name, value in wanted.items()
                ):
                    found.append(part)
                found += part.all(tag, **wanted)
        return found

    def one(self, tag: str = "", **wanted: str) -> "Element":
        """Return the only one."""
        (found,) = self.all(tag, **wanted)
        return found


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute of {tag} stands twice"
        made = Element(tag, dict(attrs))
        self._open[-1].parts.append(made)
        if tag not in VOID:
            self._open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].parts.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag, f"{tag} ends what is not open"

    def handle_data(self, data: str) -> None:
        self._open[-1].parts.append(data)


def read_page(content: bytes) -> Element:
    """Return the page; every element must be closed where it should be."""
    builder = _Builder()
    builder.feed(content.decode("utf-8"))
    builder.close()
    return builder.root
