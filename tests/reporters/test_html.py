"""The HTML page: what stands where, that its numbers are the summary's, that no name acts, that nothing leaves it."""

import hashlib
import io
import json
import re
from base64 import b64encode
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.model.notes import SourceNote
from checker.model.result import Result
from checker.reporters.html import page
from checker.reporters.html.data import island
from checker.reporters.json import report as json_report
from checker.reporters.wording import HIDDEN, count

from .fleets import AGENT, HOSTILE, Fleet, device_id, fleet, large_fleet
from .page_tree import Element, read_page
from .results import build
from .rollouts import rollout

ORDER = (
    "verdict", "denominator", "readiness", "paths", "rules", "gates", "unlocks", "unknowns", "devices", "waivers",
    "statements", "notices", "provenance",
)  # fmt: skip
RESULTS = ("small", "large", "hostile", "waved", "gated", "simulated")


def written(result: Result) -> bytes:
    stream = io.BytesIO()
    page.write(result, stream)
    return stream.getvalue()


def shown(result: Result) -> Element:
    return read_page(written(result))


def static(root: Element) -> str:
    """Return all text of the page but its style, scripts and data."""
    for holder in root.all():
        holder.parts = [part for part in holder.parts if isinstance(part, str) or part.tag not in ("script", "style")]
    return root.one("html").text


@pytest.fixture(params=RESULTS)
def any_result(request: pytest.FixtureRequest) -> Result:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Result)
    return found


def test_sections_stand_in_the_promised_order(waved: Result) -> None:
    root = shown(waved)

    assert [section.attributes["id"] for section in root.one("main").parts if isinstance(section, Element)] == [*ORDER]
    assert [link.attributes["href"] for link in root.one("nav").all("a")] == [f"#{name}" for name in ORDER]


def test_structure_serves_everyone(any_result: Result) -> None:
    root = shown(any_result)
    ids = [element.attributes["id"] for element in root.all() if "id" in element.attributes]
    levels = [int(element.tag[1]) for element in root.all() if re.fullmatch(r"h[1-6]", element.tag)]

    assert len(set(ids)) == len(ids)
    assert root.one("html").attributes["lang"] == "en"
    assert root.one("title").words
    assert (len(root.all("h1")), len(root.all("main")), len(root.all("header")), len(root.all("footer"))) == (
        1,
        1,
        1,
        1,
    )
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(len(table.all("caption")) == 1 for table in root.all("table"))
    assert all(head.attributes.get("scope") in ("col", "row") for head in root.all("th"))
    assert all(svg.attributes["aria-hidden"] == "true" for svg in root.all("svg"))
    assert all(
        wrap.attributes.get("aria-label") or wrap.attributes["aria-labelledby"] in ids
        for wrap in root.all(role="group")
    )


def test_links_into_the_page_lead_somewhere(any_result: Result) -> None:
    root = shown(any_result)
    ids = {element.attributes.get("id") for element in root.all()}
    within = [str(link.attributes["href"])[1:] for link in root.all("a") if str(link.attributes["href"])[0] == "#"]

    assert within
    assert [link for link in within if link not in ids and not link.startswith(("devices?", "device="))] == []


def test_only_its_own_style_and_script_may_work(any_result: Result) -> None:
    root = shown(any_result)
    policy = root.one("meta", http_equiv="Content-Security-Policy").attributes["content"]
    data, script = root.all("script")

    def digest(element: Element) -> str:
        return f"'sha256-{b64encode(hashlib.sha256(element.text.encode()).digest()).decode()}'"

    assert policy == (
        f"default-src 'none'; script-src {digest(script)}; style-src {digest(root.one('style'))}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    assert (data.attributes, script.attributes) == ({"type": "application/json", "id": "data"}, {})


def test_nothing_leaves_the_page(any_result: Result) -> None:
    root = shown(any_result)
    names = {name for element in root.all() for name in element.attributes}
    style = root.one("style").text

    assert not {name for name in names if name.startswith("on")} | names & {"style", "src", "srcset", "action", "ping"}
    assert not {element.tag for element in root.all()} & {"link", "iframe", "img", "object", "embed", "form", "base"}
    assert "@import" not in style
    assert re.findall(r"url\((?!#)", style) == []
    assert all(str(link.attributes["href"]).startswith(("#", "https://")) for link in root.all("a"))


def test_numbers_add_up_before_the_readers_eyes(waved: Result) -> None:
    sums = [element.words for element in shown(waved).one(data_testid="denominator").all("p", class_="sum")]

    assert len(sums) == 4
    for line in sums:
        whole, _, parts = line.partition(" = ")
        assert int(whole.split()[0]) == sum(int(part.split()[0]) for part in parts.split(" + ")), line


def test_totals_are_the_summarys(any_result: Result) -> None:
    root, numbers = shown(any_result), any_result.summary.devices
    tiles = {tile.one(class_=f"chip chip-{name}").words: tile.one("a").words.split()[0]
             for name in ("READY", "NOT_READY", "UNDETERMINED", "MIGRATED", "OUT_OF_SCOPE")
             for tile in root.all("li", class_=f"tile tile-{name}")}  # fmt: skip
    rules = {rule.id: rule for rule in any_result.summary.rules}
    outcomes = {
        detail.attributes["data-rule"]: detail.one("dl").all("dd")[0].words
        for detail in root.all("details", class_="rule")
    } | {
        detail.attributes["data-rule"]: detail.one("dl").all("dd")[0].words
        for detail in root.all("details", class_="rule settled")
    }

    assert tiles == {name: count(numbers[name.lower()]) for name in tiles}
    assert len(tiles) == 5
    assert outcomes.keys() == rules.keys()
    for id_, words in outcomes.items():
        rule = rules[str(id_)]
        assert words.startswith(
            f"{count(rule.passed)} pass, {count(rule.failed)} fail, {count(rule.unknown)} unknown, "
            f"{count(rule.not_applicable)} not applicable"
        )


@pytest.mark.parametrize(("name", "banner"), [
    ("small", []),
    ("simulated", ["SIMULATION"]),
    ("gated", ["ONE WAVE"]),
])  # fmt: skip
def test_banners(name: str, banner: list[str], request: pytest.FixtureRequest) -> None:
    found = shown(request.getfixturevalue(name)).one(data_testid="verdict").all("p", class_="banner")

    assert [line.one("strong").words for line in found] == banner


def test_a_run_that_left_rules_out_says_so(tmp_path: Path) -> None:
    assert "PARTIAL" in shown(build(tmp_path, fleet(), partial=True)).one(data_testid="verdict").words


def test_devices_that_are_left_out_are_counted(large: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "island", lambda result: island(result, 1_000))

    assert shown(large).one(data_testid="truncated").words.startswith("SHORTENED 2,000 devices of 3,001 are not in")


VERDICTS: dict[str, tuple[str, str]] = {
    "small": ("Something that counts fails", "1 of 4 judged devices ready to move"),
    "gated": ("HOLD", "Wave “pilot”: 1 of 4 criteria is missed"),
    "simulated": ("Something that counts is unknown", "1 of 4 judged devices ready to move"),
}


@pytest.mark.parametrize("name", VERDICTS)
def test_the_verdict_is_one_sentence(name: str, request: pytest.FixtureRequest) -> None:
    word, sentence = VERDICTS[name]

    assert shown(request.getfixturevalue(name)).one("h1").words.startswith(f"{word} {sentence}")


def test_a_rule_says_what_it_requires_and_on_what_that_rests(small: Result) -> None:
    detail = shown(small).one("details", data_rule=AGENT.id)

    assert detail.attributes["id"] == f"rule={AGENT.id}"
    for told in ("all of:", "agent.version is at least 101.23052.0004", "macos-agent = 101.23052.0004",
                 "Oldest agent that can move", AGENT.remediation, "update-agent"):  # fmt: skip
        assert told in detail.words
    assert detail.all("a", class_="source")[0].words == "Migrate devices to streamlined connectivity"
    assert [row.words for row in detail.one("tbody").all("tr")] == ["20.10 2"]


def test_who_answers_is_told(waved: Result) -> None:
    root = shown(waved)
    waivers = {row.one("th").one("bdi").words: row.words for row in root.one(id="waivers").one("tbody").all("tr")}

    assert waivers.keys() == {note.id for note in waved.summary.waivers}
    for told in ("A. Owner", "B. Approver", "CHG-13", "2026-10-01 to 2026-12-01", "expiring", "accepts unknown"):
        assert told in waivers["W-13"]
    assert "unknown device: pc-9, pc-8, pc-7 and 1 more" in waivers["W-15"]
    assert "expired" in root.one(id="statements").one("tbody").words


def test_what_the_result_rests_on_is_named_with_its_whole_hash(waved: Result) -> None:
    words, summary = shown(waved).one(id="provenance").words, waved.summary
    stream = io.BytesIO()
    json_report.write(waved, stream)

    hashes = [note.sha256 for notes in (summary.inputs, summary.governed_by, summary.packs) for note in notes]
    assert all(hash_ in words for hash_ in hashes)
    assert json.loads(stream.getvalue())["id"] in words
    assert "--as-of 2026-11-23" in words


def test_every_gate_shows_its_criteria(waved: Result) -> None:
    waves = shown(waved).one(id="gates").all("article")

    assert [[row.all("td")[-1].words for row in wave.all("tbody")[0].all("tr")] for wave in waves] == [
        [note.met for note in wave.criteria] for wave in waved.summary.waves
    ]


def test_only_addresses_of_the_web_are_links(small: Result) -> None:
    bad = SourceNote("x", "Click", "javascript:alert(1)", "")
    rules = tuple(replace(rule, sources=(bad,)) for rule in small.summary.rules)
    detail = shown(replace(small, summary=replace(small.summary, rules=rules))).one("details", data_rule=AGENT.id)

    assert "Click javascript:alert(1)" in detail.words
    assert [link.words for link in detail.all("a", class_="source")] == ["Migrate devices to streamlined connectivity"]


def elements(root: Element) -> list[str]:
    """Return what a page consists of, without the places at which a path may break."""
    return [element.tag for element in root.all() if element.tag != "wbr"]


def test_hostile_names_change_nothing_of_the_page(hostile: Result, tmp_path: Path) -> None:
    made = fleet()
    harmless = build(tmp_path, Fleet(made.names, made.outcomes, made.waived), notices=("a",),
                     inputs=(replace(hostile.summary.inputs[0], path="exports.csv"),))  # fmt: skip
    root = shown(hostile)

    assert elements(root) == elements(shown(harmless))
    text = static(root)
    assert set(HIDDEN.findall(text)) <= {"\n"}
    assert "\\x1b[31mred\\x07\\x00.contoso.example" in text
    assert "\\u202egnp.exe]]><b>&amp;" in text
    assert "a\\ud800 notice [x](y) \\x1b[2J" in text


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(codec=None), max_size=30) | st.sampled_from(
    ["</script><script>alert(1)</script>", "<!-- data -->", "<img src=x onerror=alert(1)>", '"><b x="', "{{ 7*7 }}"]
))  # fmt: skip
def test_no_text_of_a_file_changes_the_page(text: str, waved: Result) -> None:
    """Put any text where a file could have put it, and compare with a harmless one."""

    def told(text: str) -> Result:
        summary = waved.summary
        waiver = replace(summary.waivers[0], id=text, reason=text, owner=text, ticket=text, place=text)
        rule = replace(summary.rules[0], histogram=((text, 1),))
        note = replace(summary.attestations[0], value=text, by=text, evidence=text)
        wave = replace(summary.waves[0], name=text, tool=f"x{text}")
        changes = replace(
            summary, waivers=(waiver,), rules=(rule, *summary.rules[1:]), attestations=(note,),
            waves=(wave, *summary.waves[1:]), notices=(text,), assumptions=(text,), tailoring=(text,), guidance=(text,),
        )  # fmt: skip
        return replace(waved, summary=changes)

    root = shown(told(text))

    assert elements(root) == elements(shown(told("harmless")))
    assert set(HIDDEN.findall(static(root))) <= {"\n"}


def test_same_result_same_bytes(waved: Result, tmp_path: Path) -> None:
    assert written(waved) == written(rollout(tmp_path / "again"))


def test_what_stands_in_the_page_itself_does_not_grow_with_the_devices(tmp_path: Path) -> None:
    def size(devices: int) -> int:
        result = build(tmp_path / str(devices), large_fleet(devices), detail=False)
        content = written(result)
        data = read_page(content).one("script", id="data").text
        return len(content) - len(data.encode())

    assert abs(size(2_000) - size(1_000)) < 500


def test_the_static_table_names_devices(small: Result) -> None:
    words = shown(small).one("table", data_testid="devices-table").words

    assert all(f"pc-{number}.contoso.example" in words for number in range(1, 5))
    assert device_id(1) in words


HOOKS = {
    "verdict", "denominator", "theme-toggle", "rule-detail", "device-detail", "devices-search", "devices-count",
    "devices-table", "devices-next", "devices-prev", "devices-export",
    *(f"devices-filter-{name}" for name in ("readiness", "path", "wave", "rule", "os", "group", "verification")),
}  # fmt: skip


def test_hooks_for_the_browsers_tests_are_there(small: Result) -> None:
    assert {element.attributes.get("data-testid") for element in shown(small).all()} >= HOOKS


def test_every_hostile_name_is_tried() -> None:
    """Say of the names what the tests above rely on: controls, bidi marks, markup and line ends."""
    every = "".join(HOSTILE)

    assert all(part in every for part in ("\x1b", "\x00", "\u202e", "<b>", "&amp;", "\n", "\u2028", "{0}"))


def test_a_name_that_shows_nothing_is_named_all_the_same(waved: Result) -> None:
    wave = replace(waved.summary.waves[0], name="  ")
    root = shown(replace(waved, summary=replace(waved.summary, waves=(wave,))))

    assert root.one(id="gate-1").words == "(blank) HOLD"
    assert all(head.words for head in root.all("th"))


def test_a_report_of_one_wave_tells_its_devices_from_all_inputs(gated: Result, waved: Result) -> None:
    told = [line.words for line in shown(gated).one(class_="sums").all("p", class_="muted small")]

    assert told == ["All inputs, every wave", "Of these, wave pilot"]
    assert not shown(waved).one(class_="sums").all("p", class_="muted small")
