"""The details of devices and rules: reached by link, by pointer and by keyboard alone, and complete."""

import pytest

from .conftest import Open
from .driver import Opened, device_fragment

MOST_TABS = 400


def tab_to(opened: Opened, selector: str) -> None:
    """Press Tab until the focus is on an element, as who has no pointer does."""
    for _ in range(MOST_TABS):
        opened.page.keyboard.press("Tab")
        if opened.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"Tab never comes to {selector}")


@pytest.mark.parametrize("name", ["demo", "hostile", "bare"])
def test_a_link_opens_a_device_with_all_that_is_known_of_it(open_report: Open, name: str) -> None:
    opened = open_report(name)
    devices = opened.report.devices

    for device in (devices[0], devices[len(devices) // 2], devices[-1]):
        opened.open(device_fragment(device["device_id"]))
        detail = opened.at("device-detail")
        assert opened.until(detail.is_visible, wanted=True)
        text = detail.inner_text()
        findings = [each for each in opened.report.findings if each["device_id"] == device["device_id"]]

        assert {each["rule_id"] for each in findings if each["rule_id"] not in text} == set()
        for finding in findings:
            places = [f"{it['row']:,}" for it in finding["evidence"] if it["row"]]
            assert [place for place in places if place not in text] == []
        if name != "hostile":  # whose texts the page makes visible
            assert device["device_name"] in text
            assert [each["message"] for each in findings if each["message"] not in text] == []
            assert [alias for alias in device["aliases"] if alias not in text] == []


def test_next_steps_are_in_words(open_report: Open) -> None:
    opened = open_report()
    titles = {step["id"]: step["title"] for step in opened.report.summary["steps"]}
    device = next(each for each in opened.report.devices if set(each["next_steps"]) & set(titles))

    opened.open(device_fragment(device["device_id"]))
    text = opened.at("device-detail").inner_text()

    assert [titles[step] for step in device["next_steps"] if step in titles and titles[step] not in text] == []


def test_a_device_opens_and_closes_by_keyboard(open_report: Open) -> None:
    opened = open_report()
    link = "[data-testid=devices-table] tbody a[href^='#device=']"
    before = opened.fragment

    tab_to(opened, link)
    device = opened.page.evaluate("document.activeElement.getAttribute('href')")
    opened.page.keyboard.press("Enter")

    assert opened.until(opened.at("device-detail").is_visible, wanted=True)
    assert opened.until(lambda: opened.holds_focus("device-detail"), wanted=True)
    assert f"#{opened.fragment}" == device
    for _ in range(12):  # past its last element the focus may go to the browser's own buttons, never to the page behind
        opened.page.keyboard.press("Tab")
        assert opened.holds_focus("device-detail") or opened.page.evaluate("document.activeElement === document.body")
    opened.page.keyboard.press("Escape")

    assert opened.until(opened.at("device-detail").is_visible, wanted=False) is False
    focused = "document.activeElement.getAttribute('href')"
    assert opened.until(lambda: opened.page.evaluate(focused), device) == device
    assert opened.fragment == before


def test_back_closes_a_device(open_report: Open) -> None:
    opened = open_report()
    opened.device_link(opened.ids()[2]).click()
    assert opened.until(opened.at("device-detail").is_visible, wanted=True)

    opened.page.go_back()

    assert opened.until(opened.at("device-detail").is_visible, wanted=False) is False


def test_closing_a_device_leaves_the_table_as_it_was(open_report: Open) -> None:
    opened = open_report("thousand")
    opened.choose("os", opened.report.devices[0]["os"])
    opened.at("devices-next").click()
    opened.page.wait_for_timeout(300)
    before, fragment = opened.shown(), opened.fragment

    opened.device_link(before.ids[3]).click()
    assert opened.until(opened.at("device-detail").is_visible, wanted=True)
    opened.page.keyboard.press("Escape")

    assert opened.until(opened.shown, before) == before
    assert opened.fragment == fragment


@pytest.mark.parametrize("name", ["demo", "hostile", "bare"])
def test_every_rule_has_its_detail(open_report: Open, name: str) -> None:
    opened = open_report(name)
    rules = [rule["id"] for rule in opened.report.summary["rules"]]

    found = [each.get_attribute("data-rule") for each in opened.at("rule-detail").all()]

    assert sorted(str(rule) for rule in found) == sorted(rules)


def test_a_link_opens_a_rule(open_report: Open) -> None:
    rules = open_report().report.summary["rules"]
    rule = next(each for each in rules if each["fail"])

    opened = open_report("demo", f"rule={rule['id']}")
    detail = opened.rule(rule["id"])

    assert opened.until(lambda: detail.evaluate("detail => detail.open"), wanted=True)
    text = detail.inner_text()
    assert rule["title"] in text
    assert rule["remediation"].splitlines()[0] in text
    links = [link.get_attribute("href") for link in detail.locator("a").all()]
    assert [source["url"] for source in rule["sources"] if source["url"] not in links] == []


def test_a_rule_opens_by_keyboard(open_report: Open) -> None:
    opened = open_report()

    tab_to(opened, "[data-testid=rule-detail] > summary")
    rule = opened.page.evaluate("document.activeElement.parentElement.dataset.rule")
    opened.page.keyboard.press("Enter")

    assert opened.until(lambda: opened.rule(rule).evaluate("detail => detail.open"), wanted=True)


def test_a_device_leads_to_its_rules(open_report: Open) -> None:
    device = next(each for each in open_report().report.devices if each["failed"])
    opened = open_report("demo", device_fragment(device["device_id"]))

    opened.at("device-detail").locator(f"a[href='#rule={device['failed'][0]}']").first.click()

    detail = opened.rule(device["failed"][0])
    assert opened.until(lambda: detail.evaluate("detail => detail.open"), wanted=True)
    assert opened.until(opened.at("device-detail").is_visible, wanted=False) is False
    assert detail.evaluate("detail => detail.getBoundingClientRect().top < innerHeight")


def test_the_focus_is_always_seen(open_report: Open) -> None:
    opened = open_report("bare", viewport={"width": 800, "height": 600})
    hidden = """() => {
        const at = document.activeElement, box = at.getBoundingClientRect();
        if (at === document.body) return "";
        const x = Math.max(box.left, 0) + Math.min(box.width, innerWidth) / 2, y = (box.top + box.bottom) / 2;
        const top = document.elementFromPoint(Math.min(x, innerWidth - 1), y);
        const seen = top && (at.contains(top) || top.contains(at) || at.labels?.[0]?.contains(top));
        const style = getComputedStyle(at);
        const marked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
        return seen && marked ? "" : at.outerHTML.slice(0, 200);
    }"""
    for _ in range(60):
        opened.page.keyboard.press("Tab")
        assert opened.page.evaluate(hidden) == ""
