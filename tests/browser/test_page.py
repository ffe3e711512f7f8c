"""The page as a whole: its numbers, its looks, its print, and that nothing in it acts or reaches out."""

import io
import json
import re
import unicodedata
from pathlib import Path

import pytest

from .conftest import Open
from .driver import PATIENCE_MS, device_fragment

NARROW = {"width": 320, "height": 640}


def squeezed(text: str) -> str:
    """Return a text without spaces and ligatures: print breaks lines anywhere."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


@pytest.mark.parametrize("name", ["demo", "thousand"])
def test_the_numbers_are_those_of_the_json_report(open_report: Open, name: str) -> None:
    opened = open_report(name)
    summary = opened.report.summary
    denominator = opened.at("denominator").text_content() or ""  # also what is folded

    for count in summary["devices"].values():
        assert re.search(rf"(?<![\d,]){count:,}(?![\d,])", denominator)
    for given in summary["inputs"]:
        assert given["path"] in denominator
        assert f"{given['rows']:,}" in denominator
    for rule in summary["rules"]:
        told = opened.rule(rule["id"]).locator("summary").inner_text()
        for outcome in ("pass", "fail", "unknown"):
            said = re.findall(rf"([\d,]+) {outcome}", told) or ["0"]
            assert said == [f"{rule[outcome]:,}"], rule["id"]


def test_the_verdict_comes_first(open_report: Open) -> None:
    opened = open_report()
    summary = opened.report.summary

    assert opened.page.locator("h1").count() == 1
    assert opened.at("verdict").bounding_box()["y"] < 600  # type: ignore[index]
    assert summary["exit"]["reason"] in opened.page.locator("main").inner_text()
    assert opened.at("truncated").count() == 0


@pytest.mark.parametrize("name", ["demo", "hostile", "bare"])
def test_without_scripts_all_but_the_table_is_there(open_report: Open, name: str) -> None:
    with_scripts = open_report(name)
    report = with_scripts.report

    page = with_scripts.page.context.browser.new_context(java_script_enabled=False).new_page()  # type: ignore[union-attr]
    page.goto(report.url)
    text = page.locator("body").inner_text()

    assert {rule["id"] for rule in report.summary["rules"]} == {
        each.get_attribute("data-rule") for each in page.get_by_test_id("rule-detail").all()
    }
    assert [pack["sha256"] for pack in report.summary["packs"] if pack["sha256"] not in squeezed(text)] == []
    assert page.get_by_test_id("devices-table").locator("tbody tr").count() == min(50, len(report.devices))
    assert not page.get_by_test_id("devices-search").is_visible(), "what needs a script is not offered without"
    assert not page.get_by_test_id("theme-toggle").is_visible()
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark_follow_the_system_and_the_toggle(open_report: Open, scheme: str) -> None:
    opened = open_report("bare", color_scheme=scheme)
    light = "getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).slice(0, 3).every(part => part > 128)"
    assert opened.page.evaluate(light) is (scheme == "light")

    for wanted in (scheme == "dark", scheme == "light"):
        opened.at("theme-toggle").click()
        assert opened.until(lambda: opened.page.evaluate(light), wanted) is wanted

    assert opened.page.evaluate("localStorage.length + sessionStorage.length + document.cookie.length") == 0


@pytest.mark.parametrize("name", ["demo", "hostile", "thousand"])
def test_a_narrow_window_never_scrolls_sideways(open_report: Open, name: str) -> None:
    opened = open_report(name, viewport=NARROW)
    assert opened.overflow() == 0

    for rule in opened.at("rule-detail").all():
        rule.evaluate("detail => { detail.open = true; }")
    assert opened.overflow() == 0

    opened.open(device_fragment(opened.report.devices[0]["device_id"]))
    assert opened.until(opened.at("device-detail").is_visible, wanted=True)
    assert opened.overflow() == 0
    box = opened.at("device-detail").bounding_box()
    assert box
    assert box["width"] <= NARROW["width"]


def test_print_has_everything_that_is_signed(open_report: Open, tmp_path: Path) -> None:
    from pypdf import PdfReader

    opened = open_report()
    printed = tmp_path / "report.pdf"
    opened.page.pdf(path=printed, format="A4", print_background=False)
    pages = PdfReader(io.BytesIO(printed.read_bytes())).pages
    text = squeezed("".join(page.extract_text() for page in pages))
    summary = opened.report.summary

    assert 3 <= len(pages) <= 40, "people read it"
    assert [rule["id"] for rule in summary["rules"] if rule["id"] not in text] == []
    assert [rule["id"] for rule in summary["rules"] if squeezed(rule["title"]) not in text] == []
    hashed = [*summary["inputs"], *summary["packs"], *summary["governed_by"]]
    assert len(hashed) > 3
    assert [each["sha256"] for each in hashed if each["sha256"] not in text] == []
    assert [each["id"] for each in summary["waivers"] if each["id"] not in text] == []
    assert squeezed(summary["exit"]["reason"]) in text
    for hook in ("devices-search", "devices-next", "devices-export", "theme-toggle"):
        opened.page.emulate_media(media="print")
        assert not opened.at(hook).is_visible(), "what only a screen can do is not printed"


@pytest.mark.parametrize("name", ["hostile", "demo"])
def test_nothing_that_an_export_says_is_run(open_report: Open, name: str) -> None:
    opened = open_report(name)
    elements = "[...document.querySelectorAll('*')].map(each => each.localName)"
    handlers = (
        "[...document.querySelectorAll('*')].flatMap(each => [...each.attributes])"
        ".filter(each => /^(on|style$)/.test(each.name) ||"
        " (/^(href|src|action|xlink)/.test(each.name) && !/^(#|https:)/.test(each.value)))"
        ".map(each => each.name + '=' + each.value)"
    )

    for device in opened.report.devices:
        opened.open(device_fragment(device["device_id"]))
        opened.until(opened.at("device-detail").is_visible, wanted=True)
        assert not set(opened.page.evaluate(elements)) & {"iframe", "object", "embed", "link", "base", "form"}
        assert opened.page.evaluate(handlers) == []
        assert opened.page.evaluate("window.acted") is None
        if name == "demo":
            break
    links = opened.page.evaluate("[...document.querySelectorAll('a')].map(each => each.protocol)")
    assert set(links) <= {"file:", "https:"}
    assert "evil.example" not in opened.page.evaluate("[...document.links].map(each => each.host).join()")


def test_hostile_texts_are_shown_as_they_are(open_report: Open) -> None:
    opened = open_report("hostile")
    wanted = {
        "<script>window.acted = 1; document.title = 'acted'</script>",
        "{{ 7 * 7 }}{% raw %}${7 * 7}",
        "__proto__",
        "constructor",
        "100 % sure\\u003c/script>",
        "=1+1",
    }

    text = opened.at("devices-table").inner_text()

    assert {each for each in wanted if each not in text} == set()
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x1b]", opened.page.locator("body").inner_text())


def test_the_policy_holds(open_report: Open, chromium: object) -> None:
    report = open_report("bare").report
    context = chromium.new_context()  # type: ignore[attr-defined] # not watched: what is tried here is refused aloud
    page = context.new_page()
    refused: list[str] = []
    sent: list[str] = []
    page.on("console", lambda line: refused.append(line.text))
    page.on("requestfinished", lambda request: sent.append(request.url))
    page.goto(report.url)
    page.wait_for_selector("html[data-ready=true]", state="attached", timeout=PATIENCE_MS)

    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.acted = true";
            const image = document.createElement("img");
            image.src = "https://evil.example/pixel.png";
            const handler = document.createElement("button");
            handler.setAttribute("onclick", "window.acted = true");
            document.body.append(script, image, handler);
            handler.click();
            return fetch("https://evil.example/").then(() => "sent", () => "refused");
        }"""
    )

    assert page.evaluate("window.acted") is None
    assert [url for url in sent if "evil" in url] == []
    assert len([line for line in refused if "Content Security Policy" in line]) >= 4
    context.close()


def test_the_page_holds_the_results_and_no_more(open_report: Open) -> None:
    opened = open_report("bare")
    text = opened.report.path.read_text(encoding="utf-8")

    assert not re.findall(r"https?://(?!learn\.microsoft\.com|www\.w3\.org)[^\s\"'<)]+", text)
    assert json.dumps(str(Path.cwd()))[1:-1] not in text
