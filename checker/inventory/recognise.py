"""Tells by its content what a file is: its format, and the product whose mapping fits. Names of files tell nothing."""

import re
from collections.abc import Callable, Mapping, Sequence

from checker.errors import InputError, Problem, UnknownFormatError
from checker.inventory.mapping import ProductMapping, title_key
from checker.inventory.package_list import is_package_list
from checker.inventory.registry import is_registry
from checker.inventory.screen_table import is_screen_table
from checker.inventory.source import Source
from checker.inventory.table import Kind, Opened

KEY_VALUE = re.compile(r"^[a-z][a-z0-9_]*\s+:\s")  # as mdatp pads its keys
XML = re.compile(r"\ufeff?\s*<(?:\?xml|!DOCTYPE|[A-Za-z])")
EVENT = re.compile(r"<(?:\w+:)?Event[\s>]")
REPORT = re.compile(r"<(?:MDEResults|mdatp)[\s>]")
ANALYZER = re.compile(r"Testing URL ?: ?http|#+ device Info summary #+|Script RunTime: : ")
# After what a logger may put before a line, but not inside of a cell of a table.
CONNECTIVITY = re.compile(r"(?:[\d.,:+T -]{1,40})?[\[\]()\w.: -]{0,60}Testing connection with http")
MAPS = re.compile(r"\s*ValidateMapsConnection (?:successfully|failed)")
MAPS_LINES = 20
XML_LINES = 20  # within which the first record begins
LOOKED_AT = 3  # lines: mdatp may warn before it prints its keys
SHOWN_TITLES = 12
UNKNOWN = "in no format that is known"
SHOWN_PRODUCTS = 3
OWN = ("csv", "json")  # file forms for which a person may write a mapping
TABLE = 2  # titles: with one alone it is a text
NEAR = 2  # titles that a file must share with a format to be told how far it is from it
JSON = re.compile(r"\s*(?:\{|\[\s*(?:[\[{\"\]\d-]|$))")  # an array of values, no heading of an INI file


def _is_json(lines: Sequence[str]) -> bool:
    return bool(lines) and JSON.match(lines[0].removeprefix("\ufeff")) is not None


def _is_key_value(lines: Sequence[str]) -> bool:
    return any(KEY_VALUE.match(line) for line in lines[:LOOKED_AT])


def _is_xml(lines: Sequence[str], record: re.Pattern[str]) -> bool:
    return bool(lines) and XML.match(lines[0]) is not None and any(record.search(line) for line in lines[:XML_LINES])


# File forms, each with how the first lines that are not blank show it; the first that fits counts, CSV fits anything.
FORMS: tuple[tuple[Kind, Callable[[Sequence[str]], bool]], ...] = (
    ("events", lambda lines: _is_xml(lines, EVENT)),
    ("report", lambda lines: _is_xml(lines, REPORT)),
    ("analyzer-text", lambda lines: any(ANALYZER.match(line) for line in lines)),
    ("connectivity-text", lambda lines: any(CONNECTIVITY.match(line) for line in lines)),
    ("maps-text", lambda lines: any(MAPS.match(line) for line in lines[:MAPS_LINES])),
    ("packages", is_package_list),  # before JSON, for Ansible's warnings begin with a bracket
    ("json", _is_json),
    ("registry", is_registry),
    ("screen", is_screen_table),
    ("key-value", _is_key_value),
)


def kind_of(head: str, said: ProductMapping | None = None) -> Kind:
    """Return the file form that the beginning of a text shows.

    Plain lines show nothing: they are read as such only if the product that the user ``said`` has them.
    """
    lines = [line for line in head.splitlines() if line.strip()]
    kind: Kind = next((form for form, fits in FORMS if fits(lines)), "csv")
    if kind == "csv" and said and "lines" in said.reads:
        words = {title_key(word) for word in re.split(r"[,;\t|\"]", lines[0])} if lines else set()
        return kind if len(words & said.titles) > 1 else "lines"
    return kind


def known_titles(products: Mapping[str, ProductMapping]) -> frozenset[str]:
    """Return the folded titles that any mapping knows."""
    return frozenset().union(*(product.titles for product in products.values()))


def product_of(opened: Opened, path: str, products: Mapping[str, ProductMapping], forced: bool) -> ProductMapping:
    """Return the one mapping that fits a file; raise :class:`InputError` that says what was seen and what is lacking.

    A ``forced`` mapping, the only one given, need not fit, but must know the file format and one of the columns.
    """
    keys = frozenset(title_key(title) for title in opened.titles)
    if forced:
        return _forced(next(iter(products.values())), opened, path, keys)
    able = [product for product in products.values() if opened.kind in product.reads]
    fitting = [product for product in able if product.signature.fits(keys)]
    if len(fitting) == 1:
        return fitting[0]
    _refuse_other_languages(able, path, keys)
    seen = f"({opened.seen}; columns: {_columns(opened, known_titles(products))})"
    if fitting:
        names = " and ".join(product.id for product in fitting)
        raise InputError(Problem(path, f"could be {names} {seen}", f"say which: --read-as {fitting[0].id}={path}"))
    raise UnknownFormatError(Problem(path, f"is {UNKNOWN} {seen}", _what_to_do(opened, path, able, keys)))


def _what_to_do(opened: Opened, path: str, able: Sequence[ProductMapping], keys: frozenset[str]) -> str:
    """Return what helps with a file in no known format: a mapping for a table of the user's own comes first."""
    if opened.kind not in OWN or len(keys) < TABLE:
        return f"leave it out, if it is no export; one pattern of a proxy a line: --read-as allow-list={path}"
    hint = (
        f"of an export of your own, mde-readiness inspect --draft-mapping {path} > FILE.yaml drafts a mapping, which "
        "--mapping FILE.yaml uses; leave out what is no export"
    )
    near = [each for each in sorted(able, key=lambda it: -len(keys & it.titles)) if len(keys & each.titles) >= NEAR]
    reasons = [f"{product.id} {product.signature.misfit(keys)}" for product in near[:SHOWN_PRODUCTS]]
    return hint + (f"; nearest: {'; '.join(reasons)}; --read-as FORMAT={path} settles it" if reasons else "")


def _refuse_other_languages(able: Sequence[ProductMapping], path: str, keys: frozenset[str]) -> None:
    for product in able:
        if any(title_key(title) in keys for title in product.not_english):
            what = f"is {product.title} in another language than English, which is the only one that is read"
            raise InputError(Problem(path, what, product.instead))


def _columns(opened: Opened, known: frozenset[str]) -> str:
    """Return the titles that a mapping knows; others are counted, for a file without a header has its data there."""
    titles = [title for title in opened.titles if title]
    shown = [title for title in titles if title_key(title) in known][:SHOWN_TITLES]
    others = len(titles) - len(shown)
    if not shown:
        return f"{others}, of which none is known"
    return ", ".join(shown) + (f" and {others} other{'s' if others > 1 else ''}" if others else "")


def _forced(product: ProductMapping, opened: Opened, path: str, keys: frozenset[str]) -> ProductMapping:
    if opened.kind not in product.reads:
        raise InputError(Problem(path, f"cannot be read as {product.id}: it is {opened.seen}"))
    if not keys & product.titles:
        raise InputError(Problem(path, f"cannot be read as {product.id}: it has none of its columns"))
    return product


def why(product: ProductMapping, opened: Opened, source: Source) -> str:
    """Return in words how a file was recognised."""
    met = product.signature.met(frozenset(title_key(title) for title in opened.titles))
    encoding = "" if source.form else f", {source.encoding.upper()}"
    return f"{opened.seen}{encoding}; has {', '.join(met)}"
