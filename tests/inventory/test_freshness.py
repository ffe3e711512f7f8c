"""Whatever the format, what changes goes stale by the time that its own record was observed, and nothing else does."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from checker.facts.catalogue import catalogue
from checker.inspection import inspect
from checker.inventory.read import read_inventory
from checker.model.outcome import Missing
from checker.options import Options
from tests.inventory.conftest import FIXTURES
from tests.inventory.test_defects import MESSAGES, SAID

MAX_AGE = 28


def dated_exports() -> list[str]:
    """Return an export of each format that has times, founds devices and is sound, the first by name."""
    found: dict[str, str] = {}
    for path in sorted(path for path in FIXTURES.rglob("*") if path.is_file()):
        shown = path.relative_to(FIXTURES).as_posix()
        if shown in MESSAGES or shown in SAID or shown.startswith("own-mapping/"):
            continue
        read = read_inventory([str(path)])[0]
        days = [frame["observed"].drop_nulls() for frame in read.frames]
        if read.file.founds and any(len(each) for each in days):
            found.setdefault(read.file.format, shown)
    return list(found.values())


def newest_and_oldest(path: str) -> tuple[date, date]:
    (read,) = read_inventory([path])
    times = [time for frame in read.frames for time in frame["observed"].drop_nulls()]
    return max(times).date(), min(times).date()


def has_undated(path: str) -> bool:
    (read,) = read_inventory([path])
    return any(frame["observed"].null_count() for frame in read.frames)


def coverage(path: str, as_of: date) -> dict[str, tuple[int, int]]:
    """Return for each fact on how many devices it is known, and on how many it is stale."""
    found = inspect(Options((path,), as_of, max_age_days=MAX_AGE, require_dates=True)).coverage
    return {item.fact: (item.known, dict(item.missing).get(Missing.STALE, 0)) for item in found}


EXPORTS = dated_exports()


@pytest.mark.parametrize("path", EXPORTS)
def test_an_old_export_is_stale_in_what_changes_and_in_nothing_else(path: str) -> None:
    newest, oldest = newest_and_oldest(path)
    fresh, old = coverage(path, newest), coverage(path, newest + timedelta(days=MAX_AGE + 1))
    specs = catalogue()
    carried = {fact for fact, (known, _) in fresh.items() if known and not specs[fact].derived}
    changing = {fact for fact in carried if specs[fact].changes and specs[fact].ages}

    assert {fact: old[fact][0] for fact in changing} == dict.fromkeys(changing, 0)
    assert all(old[fact][1] for fact in changing)
    assert {fact: old[fact] for fact in carried - changing} == {fact: fresh[fact] for fact in carried - changing}
    assert changing, "an export of no changing fact shows nothing"
    if newest - oldest < timedelta(days=MAX_AGE) and not has_undated(path):
        assert {fact: fresh[fact][1] for fact in changing} == dict.fromkeys(changing, 0)


def test_each_source_is_as_old_as_its_own_records(tmp_path: Path) -> None:
    """A fresh export does not make what only an old one says any newer."""
    id_ = "a" * 40
    (tmp_path / "hunting.csv").write_text(
        f"Timestamp,DeviceId,DeviceName,OSPlatform,ClientVersion\n2026-09-01T00:00:00Z,{id_},ws-1,Windows11,10.8760.1.1\n"
    )
    (tmp_path / "machines.json").write_text(
        f'[{{"id": "{id_}", "computerDnsName": "ws-1", "onboardingStatus": "Onboarded", "lastSeen": "2026-11-20"}}]'
    )
    found = inspect(Options((str(tmp_path),), date(2026, 11, 22), max_age_days=MAX_AGE)).coverage
    told = {item.fact: item for item in found}
    assert told["agent.version"].missing == ((Missing.STALE, 1),)
    assert told["onboarding.status"].known == 1
    assert told["os.family"].known == 1, "what never changes never goes stale"
