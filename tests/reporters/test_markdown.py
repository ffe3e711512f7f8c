"""The result as Markdown: verdict first, every table whole, nothing of a name acts, never too large, every cut said."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from checker.model.notes import InputTally, Unlock
from checker.model.result import Result, Summary
from checker.reporters.markdown import report as markdown
from checker.reporters.markdown.sections import ROWS_SHOWN, sections
from checker.reporters.markdown.text import cell, prose, table
from checker.reporters.wording import visible

from .fleets import HOSTILE, fleet
from .results import build
from .rollouts import CRITERIA, PILOT, WAIVERS, in_waves, rollout
from .test_wording import ANY_TEXT

FORGE = (  # of which GitHub, GitLab or Azure DevOps would make a link, or a mention
    "@everyone",
    "#123",
    "!45",
    "owner/repo#6",
    "AB#7",
    "GH-8",
    "&9",
    "$10",
    "%11",
    "~bug",
    "https://evil.example",
    "www.evil.example",
    "mail@evil.example",
    "<script>alert(1)</script>",
    "[x](https://evil.example)",
    "![x](https://evil.example/y.png)",
    "a|b",
    "a\\|b",
    "a\\\\|@b",
    "`|`",
    "`` | `",
    "|@everyone|",
    "\\",
    "*x*",
    "~~x~~",
)
ANY_NAME = st.one_of(ANY_TEXT, st.lists(st.sampled_from((*FORGE, *HOSTILE)), max_size=4).map(" ".join))


def parsed(text: str) -> list[Token]:
    """Return all tokens of a text, read as GitHub does: with tables, strikethrough and HTML."""
    outer = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    return [token for each in outer for token in (each, *(each.children or ()))]


def text_of(summary: Summary) -> str:
    return markdown.render(summary).decode()


def titles(text: str) -> list[str]:
    return re.findall(r"^## (.*)$", text, re.MULTILINE)


def tables(text: str) -> list[list[list[str]]]:
    """Return every table as rows of cells."""
    found: list[list[list[str]]] = []
    outer = MarkdownIt("commonmark").enable(["table"]).parse(text)
    for number, token in enumerate(outer):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type in ("th_open", "td_open"):
            found[-1][-1].append(outer[number + 1].content)
    return found


def test_the_verdict_stands_first_then_the_guidance_then_the_gate(gated: Result) -> None:
    found = text_of(gated.summary)
    assert found.startswith("# ❌ HOLD: 1 of 4 criteria is missed")
    assert found.index(gated.summary.guidance[0]) < found.index("## Gate") < found.index("## Readiness")
    assert titles(found) == [section.title for section in sections(gated.summary)][1:]


@pytest.mark.parametrize("name", ["gated", "waved", "simulated", "hostile", "small", "large"])
def test_every_table_is_whole_and_there_is_no_html(name: str, request: pytest.FixtureRequest) -> None:
    result: Result = request.getfixturevalue(name)
    found = text_of(result.summary)
    for rows in tables(found):
        assert len(rows) > 1
        assert {len(row) for row in rows} == {len(rows[0])}
    written = [line for line in found.splitlines() if line.startswith("|")]
    assert len(written) == sum(len(rows) + 1 for rows in tables(found))  # each line of a table was read as one
    assert not [token.type for token in parsed(found) if token.type.startswith(("html", "link", "image"))]


def test_a_simulation_says_so_before_any_number(simulated: Result) -> None:
    found = text_of(simulated.summary)
    assert "**SIMULATION: agent.version = 101.23052.0004" in found.split("## ")[0]


def test_the_numbers_are_the_summarys(waved: Result) -> None:
    (readiness,) = [rows for rows in tables(text_of(waved.summary)) if "OUT_OF_SCOPE" in rows[0]]
    all_devices = waved.summary.devices
    assert readiness[1][1:7] == [
        str(all_devices[key]) for key in ("total", "ready", "not_ready", "undetermined", "migrated", "out_of_scope")
    ]
    assert [row[0] for row in readiness[1:]] == ["all", "`pilot`", "`ring-1`"]
    assert [row[1] for row in readiness[2:]] == [str(wave.devices["total"]) for wave in waved.summary.waves]


def test_every_input_pack_and_governing_file_stands_with_its_sha(waved: Result) -> None:
    found = text_of(waved.summary)
    summary = waved.summary
    wanted = {note.sha256 for notes in (summary.inputs, summary.packs, summary.governed_by) for note in notes}
    assert len(wanted) == 4
    assert {sha256 for sha256 in wanted if f"`{sha256}`" not in found} == set()


def test_forges_find_nothing_to_link_in_a_name(tmp_path: Path) -> None:
    waves = tuple(replace(PILOT, name=name, reason=name, criteria=CRITERIA) for name in FORGE)
    waivers = tuple(
        replace(WAIVERS[0], id=name, rule=name, owner=name, approver=name, ticket=name, unmatched=(name,))
        for name in FORGE
    )
    inputs = tuple(InputTally(name, "ab" * 32, name, 1, 1, 0, 0, 0, 0, 0, (name,)) for name in FORGE)
    result = rollout(
        tmp_path, waves=waves, waivers=waivers, inputs=inputs, notices=FORGE, assumptions=FORGE, tailoring=FORGE
    )
    found = parsed(text_of(result.summary))
    assert {token.type for token in found if token.type.startswith(("html", "link", "image", "s_open"))} == set()
    plain = " ".join(token.content for token in found if token.type == "text")
    assert "evil" not in plain
    assert not re.findall(r"[@#!&~%^$]\w|gh-\d", plain, re.IGNORECASE)


@settings(max_examples=200)
@given(ANY_NAME, ANY_NAME)
def test_a_cell_ends_where_it_ends_and_shows_its_text(one: str, other: str) -> None:
    lines = "\n".join(table(("a", "b>", "c"), [(cell(one), "1", prose(other)), ("x", "2", "y")]))
    (rows,) = tables(lines)
    assert [len(row) for row in rows] == [3, 3, 3]
    assert rows[1][1] == "1"
    assert rows[2] == ["x", "2", "y"]
    spans = [
        child.content for token in parsed(rows[1][0]) for child in token.children or () if child.type == "code_inline"
    ]
    wanted = re.sub(r"\\(?=\\*\|)", r"\\x5c", visible(one, 200))
    assert "".join(spans).strip() == wanted.strip()


@given(ANY_NAME)
def test_prose_shows_its_text_and_nothing_else(text: str) -> None:
    found = parsed(f"x {prose(text)} y")
    assert {token.type for token in found} <= {
        "paragraph_open",
        "inline",
        "paragraph_close",
        "text",
        "code_inline",
        "softbreak",
        "hardbreak",
        "text_special",
    }
    shown = "".join(token.content for token in found if token.type in ("text", "code_inline", "text_special"))
    assert shown.replace(" ", "") == f"x{visible(text)}y".replace(" ", "")


def test_long_words_take_no_longer_than_their_length() -> None:
    assert len(prose("x" * 1_000_000)) == 1_000_000
    assert prose(f"@{'#' * 100_000}", 100).count("#") == 98


def test_rows_beyond_the_first_are_counted(tmp_path: Path) -> None:
    unlocks = tuple(Unlock(f"fact.{number}", "x", "device", 1, ()) for number in range(ROWS_SHOWN + 5))
    found = text_of(build(tmp_path, in_waves(fleet()), unlocks=unlocks).summary)
    assert found.count("`fact.") == ROWS_SHOWN
    assert "… and 5 more, see the JSON report." in found


def test_whole_sections_are_left_out_from_the_end_and_named(waved: Result) -> None:
    whole = markdown.render(waved.summary)
    every = titles(whole.decode())
    kept = None
    for limit in range(len(whole), 0, -997):
        found = markdown.render(waved.summary, limit).decode()
        mine = titles(found)
        assert mine == every[: len(mine)]
        assert kept is None or len(mine) <= kept
        kept = len(mine)
        if len(mine) < len(every):
            assert found.endswith(
                f"so that this stays short: {', '.join(every[len(mine) :])}. The JSON report has everything.\n"
            )
            assert len(found.encode()) <= limit or not mine
    assert kept == 0


def test_it_never_grows_above_the_limit(tmp_path: Path) -> None:
    long = "|`@x" * 1_000
    waves = tuple(replace(PILOT, name=f"{number}{long}", reason=long) for number in range(1_000))
    waivers = tuple(replace(WAIVERS[0], id=f"{number}{long}", owner=long, ticket=long) for number in range(1_000))
    result = rollout(
        tmp_path, waves=waves, waivers=waivers, guidance=(long,) * 100, tailoring=(long,) * 1_000, exit_reason=long
    )
    found = markdown.render(result.summary)
    assert len(found) <= markdown.MOST_BYTES
    assert {len(row) for rows in tables(found.decode())[:1] for row in rows} == {3}
    assert len(markdown.render(result.summary, 0)) < 100_000
