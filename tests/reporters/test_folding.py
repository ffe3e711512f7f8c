"""Lines fit the terminal, words stay whole, and what stands behind a bar begins below itself."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.model.explanation import FactHistogram, RuleHistogram, ValueCount
from checker.reporters.terminal.explanation import render_histogram
from checker.reporters.terminal.folding import folded

LONG = "all of: os.family is windows, os.role is client, agent.version is at least 10.8040"


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=20), min_size=1, max_size=30), st.integers(0, 12))
def test_no_word_is_lost_or_broken_and_no_line_is_too_long(words: list[str], lead: int) -> None:
    lines = folded(" " * lead + " ".join(words), 40)

    assert " ".join(lines).split() == words
    assert all(len(line) <= 40 for line in lines)
    assert lines[0].startswith(" " * lead + words[0])


def test_without_a_width_a_line_stays_as_it_is() -> None:
    assert folded(f"  {LONG}  ", 0) == [f"  {LONG}  "]


@pytest.mark.parametrize(("hang", "indent"), [(0, 6), (11, 11), (200, 16)])
def test_the_other_lines_stand_further_in(hang: int, indent: int) -> None:
    _, *others = folded(f"  {LONG}", 40, hang)

    assert others
    assert {len(line) - len(line.lstrip()) for line in others} == {indent}


@pytest.mark.parametrize("width", [60, 70, 80, 100])
def test_bars_of_a_histogram_stay_whole(width: int) -> None:
    lines = (ValueCount("10.8760.19045.5608 of hunting", "FAIL", 30), ValueCount("not exported", "UNKNOWN", 10))
    told = RuleHistogram(
        *("sc.sense-min",) * 6, date(2026, 11, 23), "", "", (), 40, 0, (), (FactHistogram("x", lines, 0, 0),), ()
    )
    wide, narrow = (render_histogram(told, size).splitlines() for size in (0, width))
    bars = [line.count("█") for line in narrow if "█" in line]

    assert [line.count("█") for line in wide if "█" in line] == [20, 7]
    assert bars == [size := max(bars), round(size / 3)]
    assert 8 <= size <= 20
    assert all(len(line) <= width for line in narrow[narrow.index("x") :])
