"""The pictures of the documentation and the mark that the benchmark reads."""

from typing import TYPE_CHECKING

import pytest

from benchmarks.html import interactive
from tools import screenshots

from .conftest import Open

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def pictured() -> None:
    screenshots.write_report()


@pytest.mark.parametrize("name", screenshots.SHOTS)
def test_a_picture_is_small_and_the_same_each_time(chromium: "Browser", pictured: None, name: str) -> None:
    first, second = (screenshots.taken(chromium, screenshots.SHOTS[name]) for _ in range(2))

    assert first.startswith(b"\x89PNG")
    assert len(first) <= screenshots.MOST_BYTES
    assert first == second


def test_the_page_marks_when_it_can_be_used(chromium: "Browser", open_report: Open) -> None:
    assert 0 < interactive(chromium, open_report("bare").report.path) < 60
