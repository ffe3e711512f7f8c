"""The machine's own Chromium, driven by Playwright: for tests, screenshots and figures. None is ever downloaded."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# It asks nobody anything of its own accord, and runs as root in a container.
FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--disable-background-networking",
    # the same picture on every machine
    "--font-render-hinting=none",
    "--disable-lcd-text",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
)


class Lacking(Exception):
    """The machine has no Chromium or no Playwright; says which, and how to get it."""


@contextmanager
def launched() -> Iterator["Browser"]:
    """Start a browser without a window, and stop it in the end.

    Raises:
        Lacking: something is not installed.
    """
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        raise Lacking("no Chromium on PATH; on Debian and Ubuntu: apt-get install chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise Lacking("no Playwright; make test installs it") from error
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()
