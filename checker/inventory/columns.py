"""Works on whole columns of a table: its texts, keys and days, and where they say something."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import polars as pl

from checker.inventory.binding import Binding, Column, Columns
from checker.inventory.cells import BLANKS, LOST, SEPARATOR
from checker.inventory.inside_json import of_columns, of_lists, of_objects
from checker.inventory.patterns import Pattern
from checker.inventory.times import NEWEST, OLDEST, Times, read_times
from checker.model.record import RECORD_COLUMNS

MDE_ID = "^[0-9a-f]{40}$"
GUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
# A GUID in any of its forms: in braces, and without hyphens.
GUID_PARTS = r"^\s*[{(]?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})[)}]?\s*$"
PLAIN_GUID = "${1}-${2}-${3}-${4}-${5}"
# Of a domain of DNS; a workgroup and NetBIOS' name of a domain are one word, and make no full name.
DOMAIN = r"^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$"
NO_NAME = ["localhost", "localhost.localdomain", ".", "127.0.0.1", "::1"]  # what every device calls itself
LONGEST_NO_NAME = max(map(len, NO_NAME))
NO_OWN_ID = ["0", "00000000-0000-0000-0000-000000000000"]
NO_MDE_ID, NO_GUID = "0" * 40, "00000000-0000-0000-0000-000000000000"
NOTHING_SAID = sorted(BLANKS | LOST)
ID_LENGTHS = (40, 36)  # of a Defender id and of an Entra id
LONGEST = max(map(len, BLANKS | LOST))
TEXT = pl.String()
NO_PATTERNS: Mapping[str, Pattern] = MappingProxyType({})


@dataclass(slots=True)
class View:
    """One table, with the times that were already read of it."""

    frame: pl.DataFrame
    binding: Binding
    times: dict[Column, Times] = field(default_factory=dict)

    def text(self, columns: Columns) -> pl.Series:
        """Return the texts of a column, or of several as one text; null where a record has none of them."""
        found = [self._text(column) for column in columns]
        if len(found) == 1:
            return found[0]
        frame = pl.DataFrame([texts.alias(str(place)) for place, texts in enumerate(found)])
        if not any(texts.null_count() for texts in found):
            return frame.select(pl.concat_str(pl.all(), separator=SEPARATOR)).to_series()
        joined = pl.concat_str(pl.all().fill_null(""), separator=SEPARATOR)
        return frame.select(pl.when(pl.any_horizontal(pl.all().is_not_null())).then(joined)).to_series()

    def _text(self, column: Column) -> pl.Series:
        if not column.title:
            return repeated(None, TEXT, self.frame.height)
        texts = of_columns(self.frame, column.members) if column.members else self.frame[column.title]
        if column.path:
            inside = of_lists if column.path.startswith("[") else of_objects
            texts = inside(texts, column.path)
        for other in column.instead:
            more = self._text(other)
            texts = texts.zip_with(is_stated(texts) | more.is_null(), more)
        return texts

    def time(self, column: Column) -> Times:
        """Return the times of a column."""
        if column not in self.times:
            self.times[column] = read_times(self._text(column))
        return self.times[column]


def repeated(word: str | None, dtype: pl.DataType, height: int) -> pl.Series:
    """Return a column that says one thing everywhere."""
    return pl.Series([word], dtype=TEXT).cast(dtype).new_from_index(0, height)


def where(mask: pl.Series, column: pl.Series) -> pl.Series:
    """Return the column with null where the mask does not hold."""
    return column if mask.all() else column.zip_with(mask, repeated(None, column.dtype, len(column)))


def is_stated(texts: pl.Series) -> pl.Series:
    """Tell where a column says something. The forms of a blank are short, so most columns are not looked up."""
    stated = texts.is_not_null()
    if (texts.str.len_bytes() <= LONGEST).any():
        stated &= ~texts.str.strip_chars().str.to_lowercase().is_in(NOTHING_SAID).fill_null(True)
    return stated


def evidence_alone(view: View) -> pl.Series:
    """Return true where a record is evidence about a device and founds none, null elsewhere."""
    alone = pl.repeat(None, view.frame.height, dtype=pl.Boolean(), eager=True)
    for column in view.binding.evidence:
        alone = alone.set(is_stated(view.text((column,))), True)
    return alone


def is_not_blank(facts: pl.Series) -> pl.Series:
    """Tell where a fact is anything but the statement of a blank."""
    blank = pl.Series([""], dtype=facts.dtype).to_physical()[0]
    differs: pl.Series = facts.to_physical() != blank
    return differs.fill_null(True)


def days(times: pl.Series, texts: pl.Series, dtype: pl.DataType) -> pl.Series:
    """Return the UTC days of a column of times; a text that is none, or a "never", stays as it stands."""
    numbers = times.set((times <= OLDEST) | (times >= NEWEST), None).cast(pl.Date).to_physical()
    present = numbers.drop_nulls().unique().sort()
    if present.len():
        first, last = int(present[0]), int(present[-1])
        by_number: list[str | None] = [None] * (last - first + 1)
        for number, day in zip(present, present.cast(pl.Date), strict=True):
            by_number[number - first] = day.isoformat()
        column = pl.Series(by_number, dtype=TEXT).cast(dtype).gather(numbers - first)
    else:
        column = repeated(None, dtype, len(times))
    return _with_others(column, texts)


def moments(times: pl.Series, texts: pl.Series, dtype: pl.DataType) -> pl.Series:
    """Return a column of times as ISO texts in UTC; a text that is none, or a "never", stays as it stands."""
    bounded = times.set((times <= OLDEST) | (times >= NEWEST), None)
    return _with_others(bounded.dt.strftime("%Y-%m-%dT%H:%M:%S%.6f").cast(dtype), texts)


def _with_others(column: pl.Series, texts: pl.Series) -> pl.Series:
    """Return a fact's column with the texts as they stand where it has nothing; the forms of a blank are one."""
    if not column.null_count():
        return column
    blank = texts.set(texts.is_not_null(), "")
    left = texts.zip_with(is_stated(texts), blank)
    return column.zip_with(column.is_not_null(), left.cast(column.dtype))


def keys(
    view: View, own_ids: str = "", patterns: Mapping[str, Pattern] = NO_PATTERNS
) -> tuple[dict[str, pl.Series], int, int]:
    """Return the keys (ids folded, the name as spelled, null where there is none), and how many ids are none.

    Told are those of Defender (zeros among them), and those of Entra. ``own_ids`` is the system of the key ``own_id``;
    of ``patterns`` the one group is the key. What an export writes for an id that it lacks ("unknown", "0", zeros)
    would make one device of all such rows. A short name becomes a full one where the record tells its domain.
    """
    found = {key: _key_of(view, key, patterns.get(key)) for key in view.binding.keys}
    missing = repeated(None, TEXT, view.frame.height)
    odd = odd_entra = 0
    if "entra_id" in found:
        found["entra_id"], odd_entra = _entra_ids(found["entra_id"])
    if "mde_id" in found:
        ids = where(_is_id(found["mde_id"], MDE_ID, NO_MDE_ID), found["mde_id"])
        odd = ids.null_count() - found["mde_id"].null_count()
        found["mde_id"] = ids
    if "name" in found:
        found["name"] = _but_nobodys(found["name"])
        if "domain" in found:
            found["name"] = _full_names(found["name"], found["domain"])
    if "site" in found:  # stands where other records have the name of their device
        found["name"] = found.pop("site")
    if "own_id" in found:
        own = found["own_id"].str.strip_chars("{}")
        own = own.set(own.is_in(NO_OWN_ID).fill_null(False), None)
        found["own_id"] = own.to_frame().select(pl.lit(f"{own_ids}:") + pl.col(own.name)).to_series()
    if "device" in found:
        is_id = found["device"].str.contains(MDE_ID).fill_null(False)
        name = _key(view.text((view.binding.keys["device"],)), fold=False)
        ids = found["device"].zip_with(is_id & (found["device"] != NO_MDE_ID), missing)
        own = found.get("mde_id", missing)
        found |= {"mde_id": own.zip_with(own.is_not_null(), ids), "name": missing.zip_with(is_id, name)}
    return {key: found.get(key, missing) for key, dtype in RECORD_COLUMNS.items() if dtype == TEXT}, odd, odd_entra


def _entra_ids(ids: pl.Series) -> tuple[pl.Series, int]:
    """Return the ids in one form, null where they are no GUID, and how many are none; zeros stand for no id."""
    zeros = ids == NO_GUID
    is_id = ids.str.contains(GUID)
    if not is_id.all():
        ids = ids.str.replace(GUID_PARTS, PLAIN_GUID)
        zeros, is_id = ids == NO_GUID, ids.str.contains(GUID)
    found = where((is_id & ~zeros).fill_null(False), ids)
    return found, found.null_count() - ids.null_count() - int(zeros.sum())


def _but_nobodys(names: pl.Series) -> pl.Series:
    """Return names, null where it is what every device calls itself; longer names are not looked up."""
    if not (names.str.len_bytes() <= LONGEST_NO_NAME).any():
        return names
    return where(~names.str.to_lowercase().is_in(NO_NAME).fill_null(False), names)


def _full_names(names: pl.Series, domains: pl.Series) -> pl.Series:
    """Return the names with the domain behind those that have none."""
    name, domain = pl.col("name"), pl.col("domain").str.strip_chars(".")
    full = domain.str.contains(DOMAIN) & ~name.str.contains(".", literal=True)
    frame = pl.DataFrame({"name": names, "domain": domains})
    return frame.select(pl.when(full).then(name + "." + domain).otherwise(name)).to_series()


def _key_of(view: View, key: str, pattern: Pattern | None) -> pl.Series:
    """Return a key, of the first of its columns in which a record names it; null where its pattern does not match."""
    column, fold = view.binding.keys[key], key != "name"
    found = _key(view.text((replace(column, instead=()),)), fold)
    for other in column.instead:
        own = found if fold else _but_nobodys(found)
        found = own.zip_with(own.is_not_null(), _key(view.text((other,)), fold))
    return pattern.first(found) if pattern else found


def _is_id(ids: pl.Series, form: str, nothing: str) -> pl.Series:
    """Tell where a folded id has its form and is not the one that stands for none."""
    return (ids.str.contains(form) & (ids != nothing)).fill_null(False)


def _key(texts: pl.Series, fold: bool) -> pl.Series:
    """Return a key folded, without spaces around it, and null where it is blank."""
    sizes = texts.str.len_bytes()
    shortest, longest = sizes.min(), sizes.max()
    key = pl.col(texts.name)
    if not (fold and shortest == longest and shortest in ID_LENGTHS):  # ids all of their length have no spaces
        key = key.str.strip_chars()
    found = texts.to_frame().select(key.str.to_lowercase() if fold else key).to_series()
    return where(is_stated(found), found) if not isinstance(shortest, int) or shortest <= LONGEST else found
