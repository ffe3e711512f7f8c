"""The page's scripts outside of a browser: what they compute, run by Node, and how they are written."""

import csv
import io
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from checker.model.result import Result
from checker.reporters.html import page
from checker.reporters.html.data import island
from checker.reporters.wording import visible

from .fleets import HOSTILE, fleet
from .results import build

SCRIPTS = {name: (page.FOLDER / name).read_text("utf-8") for name in page.SCRIPTS}
PURE = ("text.js", "fleet.js", "fragment.js", "query.js", "export.js", "table.js")  # touch no page when they load
FORBIDDEN = (
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment"  # text as markup
    r"|\beval\b|\bFunction\(|setTimeout\(\s*[\"'`]"  # text as script
    r"|\.style\b|\.on[a-z]+ ?=|setAttribute\(\s*[\"'](?:on|style)"  # what the policy forbids
    r"|fetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|import\("  # the network
    r"|localStorage|sessionStorage|indexedDB|document\.cookie"  # traces
)
LONGEST_FILE, LONGEST_FUNCTION = 300, 40


def run(code: str, given: object = None) -> Any:  # noqa: ANN401
    """Return what code of the scripts' own scope returns, as JSON carries it; ``given`` is its argument."""
    node = shutil.which("node")
    if node is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Node is missing: apt-get install nodejs")
        pytest.skip("needs Node")
    scripts = "".join(SCRIPTS[name] for name in PURE)
    read = "JSON.parse(require('node:fs').readFileSync(0, 'utf-8'))"
    whole = (
        f'"use strict";\n{scripts}\nconst given = {read};\nprocess.stdout.write(JSON.stringify((() => {{{code}}})()));'
    )
    ran = subprocess.run([node, "-e", whole], input=json.dumps(given), capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def told(result: Result) -> dict[str, Any]:
    found = json.loads(island(result).json)
    assert isinstance(found, dict)
    return found


FLEET = "const fleet = readFleet({ textContent: JSON.stringify(given.island) });"


def ids(result: Result, *states: dict[str, str]) -> list[list[str]]:
    """Return the ids that the table shows in each of these states."""
    code = f"{FLEET} return given.states.map((state) => Array.from(matching(fleet, state), (row) => fleet.id[row]));"
    found = run(code, {"island": told(result), "states": states})
    assert isinstance(found, list)
    return found


def devices(result: Result) -> list[dict[str, Any]]:
    lists = pl.col("aliases", "failed", "unknown", "waived").fill_null([])
    return result.devices.scan().collect().with_columns(lists).to_dicts()


def test_what_hides_is_spelled_as_in_every_other_report(small: Result) -> None:
    code = """hideNothing(given);
    const found = {};
    for (let code = 0; code < 0x110000; code += 1) {
      const text = visible(String.fromCodePoint(code));
      if (text !== String.fromCodePoint(code)) found[code] = text;
    }
    return found;"""

    shown = {int(code): text for code, text in run(code, told(small)["hidden"]).items()}

    expected = {code: visible(chr(code)) for code in range(sys.maxunicode + 1)}
    assert shown == {code: text for code, text in expected.items() if text != chr(code)}


def test_each_filter_keeps_what_it_names(waved: Result) -> None:
    for column in ("readiness", "path", "wave", "os", "group", "verification"):
        values = list(dict.fromkeys(device[column] for device in devices(waved)))

        found = ids(waved, *({column: value or "-"} for value in values))

        assert [set(each) for each in found] == [
            {device["device_id"] for device in devices(waved) if device[column] == value} for value in values
        ]


@pytest.mark.parametrize("name", ["small", "waved", "gated"])
def test_rules_are_found_by_how_they_came_out(name: str, request: pytest.FixtureRequest) -> None:
    result = request.getfixturevalue(name)
    rules = [rule.id for rule in result.summary.rules]
    own = result.findings.scan().filter(pl.col("device_id") != "").collect().to_dicts()

    def expected(rule: str, outcome: str) -> set[str]:
        wanted = {"": ("failed", "unknown"), "fail": ("failed",)}.get(outcome, (outcome,))
        came = {"fail": ("FAIL",), "unknown": ("UNKNOWN",)}.get(outcome, ("FAIL", "UNKNOWN"))
        listed = {each["device_id"] for each in devices(result) if any(rule in each[column] for column in wanted)}
        return listed | {
            each["device_id"]
            for each in own
            if each["rule_id"] == rule and each["outcome"] in came and (outcome != "waived" or each["waived"])
        }

    asked = list(itertools.product([*rules, "no.such-rule"], ("", "fail", "unknown", "waived")))
    found = ids(result, *({"rule": rule, "outcome": outcome} for rule, outcome in asked))

    assert [set(each) for each in found] == [expected(*each) for each in asked]
    assert any(found)
    named = {"rule": rules[0]}
    strange = ids(result, *(named | {"outcome": outcome} for outcome in ("constructor", "__proto__")))
    assert strange == ids(result, named, named)


def test_search_looks_at_names_ids_and_aliases_whatever_their_case(small: Result) -> None:
    one = devices(small)[2]
    texts = [one["device_id"], one["device_name"].upper(), one["aliases"][0], f"  {one['aliases'][0]}  contoso "]

    assert ids(small, *({"q": text} for text in texts)) == [[one["device_id"]]] * 4
    assert ids(small, {"q": "nowhere"}) == [[]]


@pytest.mark.parametrize("name", ["small", "hostile", "large"])
def test_sorting_is_stable_and_whole(name: str, request: pytest.FixtureRequest) -> None:
    result = request.getfixturevalue(name)
    (came, up, down, fails, fewer, wrong) = ids(
        result,
        *({"sort": sort} for sort in ("", "name", "-name", "failed", "-failed", "toString")),
    )
    named = {device["device_id"]: str(device["device_name"]).lower() for device in devices(result)}
    failed = {device["device_id"]: len(device["failed"]) for device in devices(result)}

    assert wrong == came
    assert up == sorted(came, key=lambda device: named[device])
    assert down == sorted(sorted(came), key=lambda device: named[device], reverse=True)
    assert fails == sorted(came, key=lambda device: failed[device])
    assert fewer == sorted(came, key=lambda device: -failed[device])


STATES: tuple[dict[str, str], ...] = (
    {},
    {"q": "a b&c=d#e%20+é\u202e"},
    {"readiness": "NOT_READY", "rule": "sc.x", "outcome": "fail", "sort": "-name", "page": "2"},
    *({"group": name} for name in HOSTILE),
    {"wave": "-"},
)


def test_a_fragment_says_what_was_asked(tmp_path: Path) -> None:
    written = run(
        "return given.map((state) => [writeFragment(state), readFragment(writeFragment(state)).state]);", STATES
    )

    assert [state for _, state in written] == list(STATES)
    assert all(re.fullmatch(r"#devices(\?[\x21-\x7e]+)?", fragment) for fragment, _ in written)


@pytest.mark.parametrize(
    ("fragment", "kind", "named"),
    [
        ("", "devices", ""),
        ("#", "devices", ""),
        ("#devices", "devices", ""),
        ("#devices-title", "other", ""),
        ("#rules", "other", ""),
        ("#device=a%20b%2Fc", "device", "a b/c"),
        ("#device=100%", "device", "100%"),
        ("#rule=sc.sense-min", "rule", "sc.sense-min"),
    ],
)
def test_a_fragment_names_a_device_a_rule_or_the_table(fragment: str, kind: str, named: str) -> None:
    found = run("return readFragment(given);", fragment)

    assert (found["kind"], found["id"]) == (kind, named)


def test_links_of_the_page_name_devices_as_its_scripts_read_them() -> None:
    texts = [*HOSTILE, "a/b?c#d&e=f", "100%", "é"]
    links = [f"#device={page.fragment(text)}" for text in texts]

    assert run("return given.map((link) => readFragment(link).id);", links) == texts


def test_no_value_is_spelled_as_another() -> None:
    values = [None, "-", "--", "---", "", "a", "-a"]

    spelled = run("return given.map(spelled);", values)

    assert spelled == ["-", "--", "---", "----", "", "a", "-a"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠"])
def test_no_exported_cell_is_a_formula(start: str) -> None:
    (row,) = csv.reader(io.StringIO(run("return csvCell(given);", f'{start}1+1,"x"'), newline=""))

    assert row == [f'\'{start}1+1,"x"']


def test_what_is_exported_is_what_the_tables_say(tmp_path: Path) -> None:
    result = build(tmp_path, fleet(('a "b", c', "line\r\nend", "=1+1", "é")))
    code = f"{FLEET} return csvPieces(fleet, matching(fleet, {{ sort: 'name' }})).join('');"

    text = run(code, {"island": told(result)})
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))

    assert text.startswith("\ufeff")
    assert text.count("\r\n") == len(rows) + 3  # the head, and a name and its alias of two lines
    expected = {device["device_id"]: device for device in devices(result)}
    assert {row["device_id"] for row in rows} == set(expected)
    for row in rows:
        device = expected[row["device_id"]]
        assert row["device_name"].removeprefix("'") == device["device_name"]
        assert row["failed"] == "; ".join(device["failed"])
        assert (row["group"], row["line"]) == (device["group"] or "", str(device["line"]))


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_write_text_only_and_ask_nobody(name: str) -> None:
    assert re.findall(FORBIDDEN, SCRIPTS[name]) == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_are_short_and_say_what_they_do(name: str) -> None:
    lines = SCRIPTS[name].splitlines()
    begins = [number for number, line in enumerate(lines) if line.startswith("function ")]

    assert len(lines) <= LONGEST_FILE
    assert lines[0].startswith("// ")
    for begin in begins:
        assert lines[begin - 1].endswith("*/"), lines[begin]
        assert lines.index("}", begin) - begin < LONGEST_FUNCTION, lines[begin]


def test_every_script_of_the_folder_is_on_the_page() -> None:
    assert sorted(path.name for path in page.FOLDER.glob("*.js")) == sorted(SCRIPTS)
