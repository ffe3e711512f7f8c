"""A real Chromium, driven by Playwright, and the reports that it opens.

Where either is missing the tests are skipped; with ``CI=true`` they fail instead.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from tools.chromium import Lacking, launched

from .driver import Opened, Watch
from .made import FLEETS, Report

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Open = Callable[..., Opened]

MODULES = Path(__file__).parent.parent.parent / "build" / "validators" / "node_modules"
AXE = MODULES / "axe-core" / "axe.min.js"


def lacking(what: str) -> NoReturn:
    """Skip a test for which something is not installed; fail it where nothing may be skipped."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}; .ci/install.sh installs it")
    pytest.skip(what)


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """Return the machine's own Chromium; none is ever downloaded."""
    with ExitStack() as started:
        try:
            browser = started.enter_context(launched())
        except Lacking as error:
            lacking(str(error))
        yield browser


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Report]:
    """Return a report by the name of its fleet; each is made once."""
    return cache(lambda name: FLEETS[name](tmp_path_factory.mktemp(name)))


@pytest.fixture
def open_report(chromium: "Browser", report: Callable[[str], Report]) -> Iterator[Open]:
    """Open a report in a fresh browser profile; whatever the test does, the page reaches out and complains never."""
    watch = Watch()
    with ExitStack() as opened:

        def opener(name: str = "demo", fragment: str = "", **settings: Any) -> Opened:  # noqa: ANN401
            settings.setdefault("viewport", {"width": 1280, "height": 900})
            context = chromium.new_context(accept_downloads=True, reduced_motion="reduce", **settings)
            opened.callback(context.close)
            page = context.new_page()
            watch.over(page)
            return Opened(page, report(name)).open(fragment)

        yield opener
    assert watch.seen == []


@pytest.fixture(scope="session")
def axe() -> Path:
    """Return the script of axe-core."""
    if not AXE.exists():
        lacking("no axe-core in build/validators")
    return AXE
