"""The device table in a browser: what is searched, filtered, sorted, paged, linked and exported is what was found."""

from pathlib import Path
from typing import Any

import pytest

from .conftest import Open
from .driver import FILTERS, Opened, device_fragment, records
from .made import CAP

PAGE = 50
ACTIVE = ("=", "+", "-", "@", "\t", "\r")  # with these a spreadsheet takes a text for a formula


def matches(device: dict[str, Any], name: str, value: str) -> bool:
    """Return whether a filter keeps a device; a dash stands for devices of which nothing is known."""
    if name == "rule":
        return value in device["failed"] or value in device["unknown"]
    return (device[name] or "-") == value


def kept(opened: Opened, **filters: str) -> set[str]:
    found = opened.report.devices
    return {each["device_id"] for each in found if all(matches(each, *chosen) for chosen in filters.items())}


@pytest.mark.parametrize("name", ["demo", "thousand", "hostile", "bare"])
def test_every_device_is_on_one_page(open_report: Open, name: str) -> None:
    opened = open_report(name)
    total = opened.report.summary["devices"]["total"]
    wanted = [device["device_id"] for device in opened.report.devices]

    pages = opened.pages()

    assert opened.count() == len(wanted) == total - (name == "hostile")  # which counts one phone that it has not
    assert sorted(device for page in pages for device in page) == sorted(wanted)
    assert {len(page) for page in pages[:-1]} <= {PAGE}
    assert opened.at("devices-next").is_disabled()


def test_pages_turn_both_ways(open_report: Open) -> None:
    opened = open_report("thousand")
    first = opened.ids()
    assert opened.at("devices-prev").is_disabled()

    opened.at("devices-next").click()
    second = opened.ids()
    assert set(first).isdisjoint(second)
    opened.at("devices-prev").click()

    assert opened.until(opened.ids, first) == first


@pytest.mark.parametrize("field", ["device_id", "device_name", "aliases"])
def test_search_finds_by_whatever_names_a_device(open_report: Open, field: str) -> None:
    opened = open_report()
    device = next(each for each in opened.report.devices if each["aliases"])
    text = device[field][0] if field == "aliases" else device[field]
    found = {
        each["device_id"]
        for each in opened.report.devices
        if any(text.lower() in name.lower() for name in (each["device_id"], each["device_name"], *each["aliases"]))
    }
    assert 0 < len(found) < opened.count()

    opened.search(text.upper())

    assert opened.until(opened.count, len(found)) == len(found)
    assert set(opened.all_ids()) == found


def test_search_for_nothing_that_is_there_says_so(open_report: Open) -> None:
    opened = open_report()

    opened.search("no such device")

    assert opened.until(opened.count, 0) == 0
    assert opened.ids() == ()


@pytest.mark.parametrize("fleet", ["demo", "thousand"])
@pytest.mark.parametrize("name", FILTERS)
def test_each_filter_keeps_what_it_names(open_report: Open, fleet: str, name: str) -> None:
    opened = open_report(fleet)
    values = [value for value, _ in opened.options(name)]
    if not opened.at(f"devices-filter-{name}").is_visible():
        assert len(values) < 2, "only what parts nothing is not offered"
        return

    for value, label in opened.options(name):
        opened.choose(name, value)
        wanted = kept(opened, **{name: value})
        assert opened.until(opened.count, len(wanted)) == len(wanted)
        assert set(opened.ids()) <= wanted
        assert name == "rule" or label.endswith(f"({len(wanted):,})")

    assert len(values) == len(set(values))
    if name != "rule":
        assert set(values) == {each[name] or "-" for each in opened.report.devices}


def test_filters_and_search_go_together(open_report: Open) -> None:
    opened = open_report("thousand")
    device = next(each for each in opened.report.devices if each["failed"])
    chosen = {"readiness": device["readiness"], "os": device["os"], "rule": device["failed"][0]}

    for name, value in chosen.items():
        opened.choose(name, value)
    opened.search("ws-")
    wanted = kept(opened, **chosen)
    assert 1 < len(wanted) < len(kept(opened, readiness=device["readiness"]))
    assert opened.until(opened.count, len(wanted)) == len(wanted)
    opened.search(device["device_name"])

    assert opened.until(opened.count, 1) == 1
    assert opened.ids() == (device["device_id"],)


@pytest.mark.parametrize("name", ["demo", "hostile"])
def test_every_column_sorts_both_ways(open_report: Open, name: str) -> None:
    opened = open_report(name)
    places = {
        column: opened.at(column).evaluate("b => [...b.closest('tr').children].indexOf(b.closest('th'))")
        for column in opened.columns()
    }
    assert len(places) >= 5

    for column, place in places.items():
        opened.at(column).click()
        assert opened.until(lambda: opened.order(column), "ascending") == "ascending"  # noqa: B023 (used at once)
        up = _cells(opened, place)
        opened.at(column).click()
        assert opened.until(lambda: opened.order(column), "descending") == "descending"  # noqa: B023
        down = _cells(opened, place)

        assert [opened.order(other) for other in places if other != column] == ["none"] * (len(places) - 1)
        assert sorted(up) == sorted(down)
        assert _runs(up) == list(dict.fromkeys(up)), "equal values stand together"
        known = [value for value in _runs(up) if value.strip(" –—-")]
        assert [value for value in _runs(down) if value in known] == known[::-1]


def _cells(opened: Opened, place: int) -> list[str]:
    """Return the texts of a column over all pages, from the first one."""
    found = []
    while True:
        cells = opened.at("devices-table").locator(f"tbody tr > :nth-child({place + 1})").all_inner_texts()
        found += [cell.partition("\n")[0] for cell in cells]  # below a name stands the id
        if opened.at("devices-next").is_disabled():
            return found
        opened.at("devices-next").click()


def _runs(values: list[str]) -> list[str]:
    """Return values without those that are equal to the one before."""
    return [value for at, value in enumerate(values) if at == 0 or values[at - 1] != value]


def test_names_sort_as_people_read_them(open_report: Open) -> None:
    opened = open_report("thousand")

    opened.at("devices-sort-name").click()
    names = {each["device_id"]: each["device_name"] for each in opened.report.devices}

    assert [names[device] for device in opened.all_ids()] == sorted(names.values(), key=str.lower)


def test_a_link_brings_the_same_devices(open_report: Open) -> None:
    opened = open_report("thousand")
    opened.choose("os", opened.report.devices[0]["os"])
    opened.search("ws-0")
    opened.at("devices-sort-name").click()
    opened.at("devices-sort-name").click()
    opened.at("devices-next").click()
    opened.page.wait_for_timeout(300)
    shown = opened.shown()

    other = open_report("thousand", opened.fragment)

    assert other.until(other.shown, shown) == shown
    assert shown.count not in (0, 1_000)


def test_back_and_forward_lead_through_what_was_looked_at(open_report: Open) -> None:
    opened = open_report()
    states = [opened.shown()]
    for value, _ in opened.options("readiness")[:2]:
        opened.choose("readiness", value)
        opened.until(lambda: opened.shown() != states[-1], wanted=True)
        states.append(opened.shown())

    opened.page.go_back()
    assert opened.until(opened.shown, states[1]) == states[1]
    opened.page.go_back()
    assert opened.until(opened.shown, states[0]) == states[0]
    opened.page.go_forward()

    assert opened.until(opened.shown, states[1]) == states[1]


@pytest.mark.parametrize(
    "fragment", ["devices?page=99&sort=none", "device=nobody", "rule=none", "%", "device=%E0%A4%A"]
)
def test_a_wrong_link_does_no_harm(open_report: Open, fragment: str) -> None:
    opened = open_report("demo", fragment)

    assert opened.count() == len(opened.report.devices)


def test_what_is_filtered_is_exported(open_report: Open, tmp_path: Path) -> None:
    opened = open_report("thousand")
    value = next(each["os"] for each in opened.report.devices if each["failed"])
    opened.choose("os", value)
    wanted = kept(opened, os=value)
    opened.until(opened.count, len(wanted))
    shown = opened.all_ids()

    exported = opened.export(tmp_path)
    rows = records(exported)

    assert len(wanted) > PAGE, "more than one page"
    assert [row["device_id"] for row in rows] == shown
    told = {each["device_id"]: each for each in opened.report.devices}
    for name in ("device_name", "os", "group", "readiness", "path", "verification"):
        assert [row[name] for row in rows] == [told[device][name] or "" for device in shown]
    assert exported.startswith(b"\xef\xbb\xbf")
    assert exported.count(b"\r\n") == len(rows) + 1


def test_no_exported_cell_is_a_formula(open_report: Open, tmp_path: Path) -> None:
    opened = open_report("hostile")

    rows = records(opened.export(tmp_path))

    assert len(rows) == len(opened.report.devices)
    assert not [cell for row in rows for cell in row.values() if cell.startswith(ACTIVE)]
    names = [row["device_name"].removeprefix("'") for row in rows]
    assert "=1+1" in names
    assert 'say "pc", twice' in names


def test_the_count_is_told_to_those_who_do_not_see_it(open_report: Open) -> None:
    count = open_report().at("devices-count")

    assert count.get_attribute("aria-live") == "polite" or count.get_attribute("role") == "status"


def test_what_is_left_out_is_said_and_the_worst_is_kept(open_report: Open) -> None:
    opened = open_report("capped")
    devices = opened.report.devices
    worst = sorted(devices, key=lambda each: (each["readiness"] != "NOT_READY", each["device_id"]))[:CAP]
    out = next(each for each in devices if each not in worst)
    banner = opened.at("truncated")

    assert [each["readiness"] for each in worst] == ["NOT_READY"] * CAP
    assert banner.is_visible()
    assert f"{len(devices) - CAP:,}" in banner.inner_text()
    assert f"{len(devices):,}" in banner.inner_text()
    assert opened.count() == CAP
    assert opened.all_ids() == [each["device_id"] for each in worst]
    assert f"{len(devices):,}" in opened.at("denominator").inner_text()

    other = open_report("capped", device_fragment(out["device_id"]))
    assert not other.at("device-detail").is_visible() or "left out" in other.at("device-detail").inner_text()
