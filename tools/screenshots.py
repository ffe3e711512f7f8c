"""``make screenshots``: pictures of the demo's HTML report, for README and docs, into docs/images/.

The same report, window and fonts give the same pictures: the as-of day is fixed and nothing on the page moves.
"""

import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.chromium import Lacking, launched
from tools.demo import GOVERNED

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
REPORT = ROOT / "build" / "screenshots" / "report.html"
WIDE = {"width": 1280, "height": 960}
TALL = {"width": 1280, "height": 1280}  # from the verdict down to the shares of readiness
NARROW = {"width": 320, "height": 800}
COLOURS = 128  # enough for text, lines and tints; a quarter of the bytes of full colour
MOST_BYTES = 150_000


def overview(page: "Page") -> None:
    """Stay at the top."""


def not_ready(page: "Page") -> None:
    """Show the devices that are not ready."""
    page.get_by_test_id("devices-filter-readiness").select_option("NOT_READY")
    page.get_by_test_id("devices-search").scroll_into_view_if_needed()
    page.get_by_test_id("devices-search").evaluate("field => field.closest('section').scrollIntoView()")


def device(page: "Page") -> None:
    """Open the first device that is not ready."""
    not_ready(page)
    page.get_by_test_id("devices-table").locator("tbody a[href^='#device=']").first.click()
    page.get_by_test_id("device-detail").wait_for(state="visible")


@dataclass(frozen=True)
class Shot:
    """One picture: how the window is, and what is done before it is taken."""

    show: Callable[["Page"], None]
    window: Mapping[str, Any] = field(default_factory=lambda: {"viewport": WIDE})


SHOTS = {
    "report-overview": Shot(overview, {"viewport": TALL}),
    "report-devices-dark": Shot(not_ready, {"viewport": WIDE, "color_scheme": "dark"}),
    "report-device": Shot(device),
    "report-narrow": Shot(overview, {"viewport": NARROW, "device_scale_factor": 2}),
}


def write_report() -> None:
    """Write the demo's HTML report; the tool's own verdict on the fleet does not matter here."""
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    words = shlex.split(" ".join(GOVERNED))
    command = [sys.executable, "-m", "checker", "check", *words, "--quiet", "-o", str(REPORT)]
    if subprocess.run(command, cwd=ROOT, check=False).returncode not in (0, 1, 3):
        sys.exit("the demo's report cannot be written")


def taken(browser: "Browser", shot: Shot) -> bytes:
    """Return a picture as a small PNG."""
    from PIL import Image

    context = browser.new_context(reduced_motion="reduce", locale="en-US", timezone_id="UTC", **shot.window)
    page = context.new_page()
    page.goto(REPORT.as_uri())
    page.wait_for_selector("html[data-ready=true]", state="attached")
    shot.show(page)
    picture = Image.open(BytesIO(page.screenshot(animations="disabled", caret="hide")))
    context.close()
    small = BytesIO()
    picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return small.getvalue()


def main() -> None:
    """Write every picture."""
    write_report()
    IMAGES.mkdir(parents=True, exist_ok=True)
    try:
        with launched() as browser:
            pictures = {name: taken(browser, shot) for name, shot in SHOTS.items()}
    except Lacking as error:
        sys.exit(f"No pictures were taken: {error}")
    for name, picture in pictures.items():
        if len(picture) > MOST_BYTES:
            sys.exit(f"{name}.png has {len(picture):,} bytes, more than {MOST_BYTES:,}: take less into it")
        (IMAGES / f"{name}.png").write_bytes(picture)
        print(f"docs/images/{name}.png: {len(picture):,} bytes")


if __name__ == "__main__":
    main()
