"""A difference is read in a terminal, in Markdown and by machines; what files say acts in none of them."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from checker.compare.devices import KINDS
from checker.compare.diff import Difference
from checker.compare.diff_json import json_text
from checker.compare.diff_parts import parts_of
from checker.compare.parts import Item, Part, Told, markdown, text

from .conftest import Compare
from .fleets import AGENT, SENSE, TENANT, URLS, Device, Made

OLD = Made(
    {
        "a": Device("pc-1.contoso.example", "NOT_READY", outcomes={AGENT: "FAIL"}),
        "b": Device("pc-2.contoso.example"),
        "c": Device("pc-3.contoso.example", "NOT_READY", outcomes={SENSE: "FAIL"}, waived={SENSE: "W-7"}),
        "d": Device("pc-4.contoso.example", "MIGRATED", "VERIFIED"),
    },
    once={TENANT: "UNKNOWN"},
    report={"as_of": "2026-11-01"},
)
NEW = Made(
    {
        "a": Device("pc-1.contoso.example"),
        "b": Device("pc-2.contoso.example", "NOT_READY", outcomes={URLS: "FAIL"}, path="open-network"),
        "c": Device("pc-3.contoso.example", "NOT_READY", outcomes={SENSE: "FAIL"}, waived={SENSE: "W-7"}),
        "e": Device("pc-4.contoso.example", "MIGRATED", "VERIFIED"),
        "f": Device("pc-5.contoso.example"),
    },
    once={TENANT: "UNKNOWN"},
    report={"simulated": ["plan.tool = intune"]},
)


@pytest.fixture
def found(compared: Compare) -> Difference:
    return compared(OLD, NEW)


def without_paths(said: str) -> str:
    return re.sub(r"\S+(?=/(old|new)/report\.json)", "@@", said)


def test_the_text_tells_counts_devices_rules_and_both_evidences(found: Difference) -> None:
    lines = [line.strip() for line in text(parts_of(found, 20)).splitlines()]

    assert "SIMULATION: the new result was made with --assume; nothing here is a proof." in lines
    told = next(line for line in lines if line.startswith("regressed "))
    assert told.split(maxsplit=2)[1:] == ["1", KINDS["regressed"]]
    place = lines.index("Devices: regressed, 1")
    assert lines[place + 1 : place + 4] == [
        "b (pc-2.contoso.example)",
        "now  READY → NOT_READY, reonboard → open-network",
        f"by   {URLS}",
    ]
    assert "pc-4.contoso.example: d → e" in lines
    place = lines.index("Rules: fixed, 1")
    assert lines[place + 2 : place + 6] == [
        f"{AGENT} on a (pc-1.contoso.example)",
        f"before  FAIL: {AGENT} is FAIL.",
        "agent.version = 20.10 (hunting.csv, row 7, column ClientVersion, observed 2026-11-20T10:30:00.500000Z)",
        "now     PASS or NOT_APPLICABLE",
    ]
    assert "Rules: still failing, 1; 1 waived" in lines
    assert f"now     FAIL (waived by W-7): {SENSE} is FAIL." in lines
    assert "1 more rule is as unknown as before." in lines
    assert lines[-1] == "exit 1: 1 device regressed, rules newly fail 1 time"


def test_markdown_has_the_same_parts(found: Difference) -> None:
    said = markdown(parts_of(found, 20))

    head = "## Devices: regressed, 1\n\n- `b (pc-2.contoso.example)`\n"
    assert head + "  - now: `READY → NOT_READY, reonboard → open-network`" in said
    assert "| `sc.url-core` | 1 |" in said


def test_json_has_every_kind_with_its_count_and_list(found: Difference) -> None:
    told: dict[str, Any] = json.loads(json_text(found, 20))

    assert (told["schema"], told["exit"]["code"], told["simulated"]) == ("mde-readiness/diff/v1", 1, True)
    for kind, number in told["devices"]["counts"].items():
        assert kind == "same" or len(told["devices"][kind]) == number
    for kind, numbers in told["rules"]["counts"].items():
        assert len(told["rules"][kind]) == sum(numbers.values())
    assert told["devices"]["changed_id"] == [{"device_name": "pc-4.contoso.example", "old_id": "d", "new_id": "e"}]
    assert told["devices"]["appeared"][0]["old"] is None
    (fixed,) = told["rules"]["fixed"]
    assert fixed["new"] == {"outcome": None, "waiver": None, "message": None, "evidence": []}
    assert fixed["old"]["evidence"][0]["observed"] == "2026-11-20T10:30:00.500000Z"
    assert told["rules"]["by_rule"][SENSE] == {"still_failing": {"unwaived": 0, "waived": 1}}


HOSTILE = (
    "\x1b[31mred\x07",
    "a|b`c``d",
    "[x](https://evil.example)",
    "@everyone <b>",
    "\u202eexe",
    "x\n\n# title\n",
    "`",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_names_act_nowhere(name: str, compared: Compare) -> None:
    outcomes = {AGENT: "FAIL"}
    found = compared(Made({"a": Device(name)}), Made({"a": Device(name, "NOT_READY", outcomes=outcomes)}))
    for said in (text(parts_of(found, 20)), markdown(parts_of(found, 20))):
        assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", said)
    spans = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", markdown(parts_of(found, 20)))
    assert "evil.example" not in spans
    assert "@everyone" not in spans
    assert "# title" not in [line.strip() for line in spans.splitlines()]
    assert json.loads(json_text(found, 20))["devices"]["regressed"][0]["device_name"] == name


def test_a_part_shows_what_it_has() -> None:
    item = Item((Told("sc.a"), " on ", Told("pc|1")), (("before", Told("FAIL")), ("", Told("agent ` 1"))))
    part = Part("Rules", (("one line",),), ("rule", "devices>"), ((Told("a|b"), "1,000"),), (item,))

    assert text([part, Part("", (("end",),))]) == (
        "Rules\n  rule  devices\n  a|b     1,000\n  one line\n"
        "  sc.a on pc|1\n      before  FAIL\n              agent ` 1\n\nend\n"
    )
    assert markdown([part]) == (
        "## Rules\n\n| rule | devices |\n| --- | ---: |\n| `a\\|b` | 1,000 |\n\none line\n\n"
        "- `sc.a` on `pc|1`\n  - before: `FAIL`\n    - ``agent ` 1``\n"
    )


@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_no_line_is_wider_than_the_terminal_and_nothing_is_lost(width: int, compared: Compare) -> None:
    old = Made({**OLD.devices, "z": Device("pc-9", "NOT_READY", outcomes=dict.fromkeys((AGENT, SENSE), "FAIL"))})
    found = compared(old, Made({**NEW.devices, "z": Device("pc-9", outcomes={AGENT: "UNKNOWN", TENANT: "FAIL"})}))
    one, other = (replace(side, report=replace(side.report, path="a.json")) for side in (found.old, found.new))
    parts = parts_of(replace(found, old=one, new=other), 20)

    assert all(len(line) <= width for line in text(parts, width).splitlines())
    assert {*text(parts).split()} == {*text(parts, width).split()}  # no word is broken up


def test_a_grid_that_is_too_wide_goes_on_in_another_with_the_first_column() -> None:
    part = Part("", (), ("rule", *(f"of kind {place}>" for place in range(6))), (("sc.some-rule", *"123456"),))

    assert text([part], 60).splitlines() == [
        "  rule          of kind 0  of kind 1  of kind 2  of kind 3",
        "  sc.some-rule          1          2          3          4",
        "",
        "  rule          of kind 4  of kind 5",
        "  sc.some-rule          5          6",
    ]


def test_a_last_column_of_words_is_folded_below_itself() -> None:
    part = Part(
        "", (), ("kind", "devices>", ""), (("regressed", "1", "was READY or MIGRATED, and is neither of both now"),)
    )

    assert text([part], 60).splitlines() == [
        "  kind       devices",
        "  regressed        1  was READY or MIGRATED, and is neither",
        "                      of both now",
    ]
