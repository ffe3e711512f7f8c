"""Bars: parts in order, nothing there is unseen, and the whole is whole; colours that can be told apart by all."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.reporters.breakdown import READINESS
from checker.reporters.html.charts import LEAST, segments, width
from checker.reporters.html.page import FOLDER


@given(st.dictionaries(st.sampled_from(READINESS), st.integers(0, 10**7)))
def test_parts_fill_the_bar(counts: dict[str, int]) -> None:
    found = segments(counts)

    assert [part.name for part in found] == [name for name in READINESS if counts.get(name)]
    assert [part.number for part in found] == [counts[part.name] for part in found]
    x = 0.0
    for part in found:
        assert float(part.x) == pytest.approx(x, abs=0.03)
        assert float(part.width) >= LEAST * 0.95
        x = float(part.x) + float(part.width)
    assert not found or x == pytest.approx(100, abs=0.03)


@pytest.mark.parametrize(
    ("number", "most", "wanted"),
    [(0, 10, "0"), (0, 0, "0"), (5, 10, "50.00"), (10, 10, "100.00"), (1, 10**6, f"{LEAST:.2f}")],
)
def test_single_bars(number: int, most: int, wanted: str) -> None:
    assert width(number, most) == wanted


def colours() -> dict[str, tuple[str, str]]:
    """Return the page's colours in light and dark."""
    style = (FOLDER / "page.css").read_text("utf-8")
    found = re.findall(r"(--[\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", style)
    return {name: (light, dark) for name, light, dark in found}


def luminance(colour: str) -> float:
    """Return WCAG's relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


STATES = ("ready", "not-ready", "undetermined", "migrated", "out-of-scope")
GROUNDS = ("--bg", "--panel", "--raised")
TEXTS = [
    *((text, ground) for text in ("--text", "--muted", "--accent") for ground in GROUNDS),
    *((f"--{state}", f"--{state}-bg") for state in STATES),
    *((f"--{state}", ground) for state in STATES for ground in ("--panel", "--raised")),
    ("--text", "--undetermined-bg"),
    ("--accent-text", "--accent"),
]
SHAPES = [("--strong-line", "--panel"), ("--focus", "--panel"), ("--focus", "--bg"), ("--focus", "--raised")]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(
    ("one", "other", "least"), [*((*pair, 4.5) for pair in TEXTS), *((*pair, 3.0) for pair in SHAPES)]
)
def test_contrast(one: str, other: str, least: float, dark: bool) -> None:
    known = colours()

    assert contrast(known[one][dark], known[other][dark]) >= least


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
