"""The plan as Markdown: who goes which way, short enough for a job summary, and nothing in it acts but our sources."""

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from checker.model.notes import FileNote, SourceNote, StepNote, WaveNote
from checker.model.result import Result
from checker.reporters.markdown.text import NAME_LENGTH, code, fenced, prose
from checker.reporters.plan import markdown as plan_markdown
from checker.reporters.wording import visible

from .fleets import HOSTILE
from .plans import APPLY, DONE, FAILS, GONE, RESTART, STEPS, VERIFIED, WAITS, plan, row, some_rows, written

GOLDEN = Path(__file__).parent / "golden_plan" / "plan.md"
MARKUP = (
    "`",
    "``",
    "```",
    "`a`",
    " `",
    "\\`",
    "<b>x</b>",
    "![x](y)",
    "| a | b |",
    "$`x`$",
    "*x*",
    "~~x~~",
    "&amp;",
    " ",
)
ANY_NAME = st.one_of(st.text(max_size=40), st.lists(st.sampled_from((*MARKUP, *HOSTILE)), max_size=6).map("".join))


def wave(name: str) -> WaveNote:
    return WaveNote(name, "", "", {}, {}, "HOLD", "", (), (), None)


def text_of(result: Result) -> str:
    return written(plan_markdown.write, result).decode()


def tokens(text: str) -> list[Token]:
    """Return all tokens of a text, read as GitHub does: with tables and strikethrough."""
    parsed = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    return [token for outer in parsed for token in (outer, *(outer.children or ()))]


def headings(text: str) -> list[str]:
    return [line.removeprefix("## ") for line in text.split("\n") if line.startswith("## ")]


def sections(text: str) -> list[str]:
    """Return the headings of the groups, and of what was left out."""
    return [line for line in headings(text) if line not in ("The steps", "What this plan rests on")]


def lists(text: str, heading: str) -> list[list[str]]:
    """Return the items of each numbered list below a heading of the third rank."""
    parts = text.split(f"\n### {heading}\n\n")[1:]
    return [[line.split(". ", 1)[1] for line in part.split("\n\n")[0].split("\n")] for part in parts]


def test_a_plan_is_what_it_was(tmp_path: Path) -> None:
    """Write it anew with UPDATE_GOLDEN=1 after a change that is meant, and read the difference."""
    found = text_of(plan(tmp_path, some_rows(), waves=(wave("pilot"), wave("broad"))))
    if os.environ.get("UPDATE_GOLDEN") == "1":
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(found, encoding="utf-8")
    assert found == GOLDEN.read_text(encoding="utf-8")


def test_waves_stand_in_their_order_and_the_largest_group_first(tmp_path: Path) -> None:
    rows = [
        row(1, wave="broad"),
        row(2, wave="broad", **WAITS),
        row(3, wave="broad", **WAITS),
        row(4, wave="pilot"),
        row(5, wave=None),
        row(6, wave="afterwards"),
    ]
    assert sections(text_of(plan(tmp_path, rows, waves=(wave("pilot"), wave("broad"))))) == [
        "1 device of wave `pilot`: `reonboard`",
        "2 devices of wave `broad`: `undetermined`",
        "1 device of wave `broad`: `reonboard`",
        "1 device of wave `afterwards`: `reonboard`",
        "1 device: `reonboard`",
    ]


@pytest.mark.parametrize(
    "other",
    [
        {"wave": "broad"},
        {"tool": "intune"},
        {"tool": None},
        {"readiness": "UNDETERMINED"},
        {"route": "onboard"},
        {"path": "open-network"},
        {"next_steps": ["apply-package"]},
        {"next_steps": ["restart-service", "apply-package"]},
        {"verify": []},
    ],
    ids=str,
)
def test_who_differs_stands_apart(other: dict[str, Any], tmp_path: Path) -> None:
    found = text_of(plan(tmp_path, [row(1), row(2), row(3, **other), row(4)], parts=4))
    assert [line.split(" ")[0] for line in sections(found)] in (["3", "1"], ["1", "3"])


def test_a_line_for_each_wave_says_who_goes_which_way_before_the_sections(tmp_path: Path) -> None:
    rows = [row(1), row(2, **FAILS), row(3, tool="intune"), row(4, wave="broad"), row(5, **DONE), row(6, **GONE)]
    found = text_of(plan(tmp_path, rows, waves=(wave("pilot"), wave("broad"))))
    assert [line for line in found.split("\n## ")[0].split("\n") if line.startswith("- ")] == [
        "- wave `pilot`: 4 devices (2 `reonboard`, 1 `migrated`, 1 `update-first`)",
        "- wave `broad`: 1 device (1 `reonboard`)",
        "- in no wave: 1 device (1 `out-of-scope`)",
    ]


def test_many_waves_are_counted_after_the_first(tmp_path: Path) -> None:
    rows = [row(number, wave=f"ring-{number:03d}") for number in range(1, 41)]
    found = text_of(plan(tmp_path, rows)).split("\n## ")[0].split("\n")
    assert sum(line.startswith("- wave ") for line in found) == plan_markdown.LINES_SHOWN
    assert "- and 20 more devices" in found


def test_a_single_group_has_no_line_that_says_the_same_again(tmp_path: Path) -> None:
    assert "- wave" not in text_of(plan(tmp_path, [row(1), row(2)]))


def test_each_step_stands_in_full_once_however_many_groups_and_lists_name_it(tmp_path: Path) -> None:
    twelve = ["restart-service", "apply-package"] * 6
    found = text_of(plan(tmp_path, [row(1, next_steps=twelve), row(2), row(3, **FAILS)]))
    full = found.split("\n## The steps\n")[1]
    assert [line for line in full.split("\n") if line.startswith("### ")] == [
        "### S1: Apply the streamlined package with the local script",
        "### S2: Restart the service",
        "### S3: Update the agent with Microsoft AutoUpdate",
    ]
    fences = [token for token in tokens(found) if token.type == "fence"]
    assert [fence.content for fence in fences] == [
        f"{command}\n" for command in (*APPLY.commands, *RESTART.commands, './msupdate --install --apps "WDAV00"')
    ]
    assert all(fence.level == 0 and fence.info == "" for fence in fences)


def test_a_group_names_its_steps_in_order_and_by_the_number_under_which_they_stand(tmp_path: Path) -> None:
    again = ["apply-package", "restart-service", "apply-package"]
    found = text_of(plan(tmp_path, [row(1, next_steps=again), row(2, **FAILS), row(3, **FAILS)]))
    update, apply, restart = (step.title for step in (STEPS[0], APPLY, RESTART))
    assert lists(found, "What to do") == [
        [f"{update} (S1)", f"{apply} (S2)"],
        [f"{apply} (S2)", f"{restart} (S3)", f"{apply} (S2)"],
    ]
    assert lists(found, "Verify afterwards") == [[VERIFIED.title]] * 2


def test_two_steps_of_one_title_are_told_apart(tmp_path: Path) -> None:
    base = plan(tmp_path, [row(1, next_steps=["windows"]), row(2, next_steps=["macos"])])
    both = tuple(StepNote(name, "Test the URLs", commands=(f"test-on-{name}",)) for name in ("windows", "macos"))
    found = text_of(replace(base, steps=(*STEPS, *both)))
    assert lists(found, "What to do") == [["Test the URLs (S1)"], ["Test the URLs (S2)"]]
    assert (
        "### S1: Test the URLs\n\n```\ntest-on-macos\n```\n\n### S2: Test the URLs\n\n```\ntest-on-windows\n" in found
    )


def test_a_query_is_fenced_in_its_language(tmp_path: Path) -> None:
    (fence,) = [
        token
        for token in tokens(text_of(plan(tmp_path, [row(1, next_steps=["pm.verified"])])))
        if token.type == "fence"
    ]
    assert (fence.content, fence.info) == (f"{VERIFIED.query}\n", "kusto")


def test_what_it_looks_like_afterwards_is_one_sentence_also_in_several_lines(tmp_path: Path) -> None:
    base = plan(tmp_path, [row(1, next_steps=["ask"])])
    step = StepNote("ask", "Ask the agent", looks_like="licensed: true\nhealthy: true\n")
    assert "- When it has worked: licensed: true; healthy: true.\n" in text_of(replace(base, steps=(*STEPS, step)))


def test_the_first_devices_are_named_and_the_others_counted(tmp_path: Path) -> None:
    most = plan_markdown.DEVICES_SHOWN
    rows = [row(number) for number in range(1, most + 8)]
    found = text_of(plan(tmp_path, rows, parts=5))
    assert f"## {most + 7} devices of wave `pilot`" in found
    assert re.findall(r"`(pc-[0-9]+)\.", found) == [f"pc-{number}" for number in range(1, most + 1)]
    assert "- and 7 more (`-o plan:FILE.csv` has all)\n" in found


def test_parts_do_not_show(tmp_path: Path) -> None:
    rows = [row(number, **(FAILS if number % 3 else {})) for number in range(1, 200)]
    found = set()
    for parts in (1, 3, 199):
        (tmp_path / str(parts)).mkdir()
        found.add(text_of(plan(tmp_path / str(parts), rows, parts=parts)))
    assert len(found) == 1


def test_hostile_names_stay_names(tmp_path: Path) -> None:
    names = ("www.evil.example", "@everyone", "a@evil.example", "# x", "- y", "x\n\n# z", *MARKUP[:-1], *HOSTILE)
    rows = [row(number, name, wave=name, tool=name) for number, name in enumerate(names, start=1)]
    found = tokens(text_of(plan(tmp_path, rows)))
    assert {token.type for token in found if token.type.startswith(("html", "image", "table", "s_open"))} == set()
    links = {str(token.attrs["href"]) for token in found if token.type == "link_open"}
    assert links == {source.url for source in APPLY.sources}
    spans = {token.content for token in found if token.type == "code_inline"}
    assert {visible(name) for name in names} <= spans
    prose_only = "".join(token.content for token in found if token.type == "text")
    assert "evil" not in prose_only
    assert "everyone" not in prose_only


@given(ANY_NAME.filter(bool))
def test_a_code_span_shows_its_text_and_nothing_else(text: str) -> None:
    (inline,) = [token for token in MarkdownIt("commonmark").parse(f"x {code(text)} y") if token.type == "inline"]
    assert [child.type for child in inline.children or ()] == ["text", "code_inline", "text"]
    assert (inline.children or [])[1].content.strip(" ") == visible(text, NAME_LENGTH).strip(" ")


@given(ANY_NAME.map(visible).filter(str.strip))
def test_prose_has_no_markup(text: str) -> None:
    found = [token for token in tokens(f"1. **{prose(text.strip())}**") if token.type not in ("inline", "text_special")]
    assert {token.type for token in found if token.type.startswith(("html", "link", "image", "em_", "table"))} == set()


@given(st.lists(ANY_NAME, max_size=5).map("\n".join))
def test_a_fence_holds_whatever_is_in_it(text: str) -> None:
    block = "\n".join(f"   {line}" for line in fenced(text))
    (fence, *rest) = [
        token for token in tokens(f"1. x\n\n{block}\n") if token.type in ("fence", "code_block", "html_block")
    ]
    assert not rest
    assert fence.content.rstrip("\n").split("\n") == [
        "\t".join(map(visible, line.split("\t"))) for line in text.rstrip("\n").split("\n")
    ]


def test_tabs_of_a_query_stay(tmp_path: Path) -> None:
    assert list(fenced("a\n\tb\x1b", "kusto")) == ["```kusto", "a", "\tb\\x1b", "```"]


def test_a_source_that_is_no_page_is_no_link(tmp_path: Path) -> None:
    odd = (
        SourceNote("seed", "javascript [x](y)", "javascript:alert(1)", ""),
        SourceNote("page", "a page", "https://learn.microsoft.com/a b>(c)", ""),
    )
    base = plan(tmp_path, [row(1, next_steps=["odd"], verify=[])])
    found = tokens(text_of(replace(base, steps=(StepNote("odd", "Odd", sources=odd),))))
    assert [token.attrs["href"] for token in found if token.type == "link_open"] == [
        "https://learn.microsoft.com/a%20b%3E(c)"
    ]


def test_what_was_supposed_or_left_out_stands_before_everything_else(tmp_path: Path) -> None:
    found = text_of(plan(tmp_path, [row(1, simulated=True)], simulated=("os.ubr = 5000",), partial=True))
    lines = [line for line in found.split("\n") if line]
    assert lines[0] == "# Simulated plan: 1 device"
    assert lines[1] == "**SIMULATION:** nothing here is a proof: os.ubr = 5000"
    assert lines[2].startswith("**left out:** rules were left out by")
    assert lines[3].startswith("Judged by Microsoft's guidance of 2023-09")


def test_a_plan_of_one_wave_names_it(tmp_path: Path) -> None:
    assert text_of(plan(tmp_path, [row(1)], wave="pilot")).startswith("# Plan of wave `pilot`: 1 device\n")


def test_it_never_grows_above_the_limit_and_counts_who_is_left_out(tmp_path: Path) -> None:
    rows = [row(number, "💥" * 300, tool=f"tool-{number:05d}") for number in range(1, 3_001)]
    rows += [row(number, tool="tool-of-many") for number in range(3_001, 3_021)]
    content = written(plan_markdown.write, plan(tmp_path, rows, simulated=("x" * 10_000,) * 100))
    assert 0.9 * plan_markdown.MOST_BYTES < len(content) <= plan_markdown.MOST_BYTES
    found = headings(content.decode())
    assert found[0].startswith("20 devices of wave")
    counted = [int(line.split(" ")[0].replace(",", "")) for line in sections(content.decode())]
    assert sections(content.decode())[-1].endswith("more devices")
    assert sum(counted) == 3_020
    assert "Simulated plan" in content.decode()


def test_a_step_that_is_larger_than_the_file_leaves_its_devices_counted(tmp_path: Path) -> None:
    base = plan(tmp_path, [row(1, next_steps=["huge"]), row(2, next_steps=["huge"])])
    for huge in (
        StepNote("huge", "x" * plan_markdown.MOST_BYTES),
        StepNote("huge", "Huge", commands=("x" * plan_markdown.MOST_BYTES,)),
    ):
        content = written(plan_markdown.write, replace(base, steps=(*STEPS, huge)))
        assert headings(content.decode()) == ["2 more devices", "What this plan rests on"]
        assert len(content) <= plan_markdown.MOST_BYTES


def test_steps_of_groups_that_are_left_out_stay_out(tmp_path: Path) -> None:
    rows = [row(1), row(2), row(3, next_steps=["apply-package", "huge"]), row(4, wave="broad")]
    base = plan(tmp_path, rows, waves=(wave("pilot"), wave("broad")))
    huge = StepNote("huge", "Huge", commands=("x" * plan_markdown.MOST_BYTES,))
    found = text_of(replace(base, steps=(*STEPS, huge)))
    assert sections(found) == ["2 devices of wave `pilot`: `reonboard`", "2 more devices"]
    assert re.findall(r"^### S[0-9]+: .*", found, re.MULTILINE) == [
        f"### S1: {APPLY.title}",
        f"### S2: {RESTART.title}",
    ]


def test_a_plan_without_devices_says_so(tmp_path: Path) -> None:
    found = text_of(plan(tmp_path, []))
    assert found.startswith("# Plan: 0 devices\n")
    assert headings(found) == ["What this plan rests on"]


def test_lines_that_are_left_out_name_what_has_them(tmp_path: Path) -> None:
    base = plan(tmp_path, [row(1)])
    many = replace(base.summary, governed_by=tuple(FileNote("waivers", f"{n}.yaml", "ab" * 32) for n in range(40)))
    last = text_of(replace(base, summary=many)).splitlines()[-1]

    assert re.fullmatch(r"- and [0-9]+ more: `plan … -o plan:FILE.xlsx` lists all of them on its sheet About", last)
