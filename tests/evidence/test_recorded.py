"""What a run was told is written and read back without loss, so that a run can be done again as it was."""

import json
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any

import pytest

from checker.decide.exit import Gate
from checker.evidence.recorded import as_values, from_values
from checker.options import Options

FULL = Options(
    ("exports/hunting.csv", "exports"),
    date(2026, 11, 22),
    pack="packs/own",
    profile="current",
    tailoring="t.yaml",
    attestations="a.yaml",
    waivers="w.yaml",
    waivers_sha256="ab" * 32,
    waves="waves.yaml",
    wave="pilot",
    gating=True,
    tool="intune",
    assume=("site.geo=eu where {fact: x}",),
    max_age_days=7,
    require_dates=True,
    observed={"exports/b.csv": datetime(2026, 11, 20, 14, 30), "exports/a.csv": datetime(2026, 11, 20)},  # noqa: DTZ001
    date_order={"exports/hunting.csv": "dmy", "": "mdy"},
    mapping=("ours.yaml", "theirs.yaml"),
    read_as={"exports/hunting.csv": "advanced-hunting"},
    device_of={"exports/mp.json": "ws-1.contoso.example"},
    bad_rows="skip",
    select=("sc.*",),
    ignore=("sc.url-*",),
    gate=Gate("all", "minor", allow_unknown=True),
    all_outcomes=True,
    device="ws-osl-001",
    outputs=frozenset({"devices", "plan"}),
)
DEFAULT = Options(("x.csv",), date(2026, 11, 22))
OF_THE_PLACE = {"baseline", "tables", "elsewhere", "unread", "redact_key", "batch_size"}


@pytest.mark.parametrize("options", [FULL, DEFAULT], ids=["all", "none"])
def test_nothing_is_lost(options: Options) -> None:
    assert from_values(json.loads(json.dumps(as_values(options)))) == options


def test_every_option_is_told_that_is_not_of_the_place() -> None:
    """A new option must be recorded, too: without it a run could not be done again."""
    names = {item.name for item in fields(Options)} - OF_THE_PLACE

    assert set(as_values(FULL)) == names
    assert not [name for name in names - {"inventory", "as_of"} if getattr(FULL, name) == getattr(DEFAULT, name)]


def test_the_order_of_what_has_none_does_not_count() -> None:
    turned = replace(FULL, observed=dict(reversed(list(FULL.observed.items()))))

    assert json.dumps(as_values(turned)) == json.dumps(as_values(FULL))


def test_evidence_of_a_release_without_own_mappings_and_date_orders_can_still_be_read() -> None:
    told = as_values(DEFAULT)
    assert from_values({key: told[key] for key in told if key not in ("mapping", "date_order")}) == DEFAULT


BROKEN: dict[str, Any] = {
    "date_order": {"": "ymd"},
    "as_of": "yesterday",
    "inventory": None,
    "gate": {"phase": "all", "more": 1},
    "unknown": 1,
}


@pytest.mark.parametrize("key", BROKEN)
def test_what_are_no_options_is_refused(key: str) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_values({**as_values(FULL), key: BROKEN[key]})


WRONG_TYPES = {
    "tailoring": 5,
    "assume": "text",
    "select": [1],
    "max_age_days": "7",
    "outputs": [1],
    "gating": "no",
}


@pytest.mark.parametrize("key", WRONG_TYPES)
def test_values_of_another_kind_are_refused(key: str) -> None:
    with pytest.raises(ValueError, match=key):
        from_values({**as_values(FULL), key: WRONG_TYPES[key]})


@pytest.mark.parametrize("more", [{"redact_key": "x"}, {"tables": [["devices"]]}, {"baseline": {}}])
def test_it_cannot_say_what_belongs_to_the_place_of_a_run(more: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="unexpected"):
        from_values(as_values(DEFAULT) | more)
