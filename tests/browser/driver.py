"""What a reader does with a report in a browser, and sees there: by what stands on the page, never by its scripts."""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, unquote

from .made import Report

if TYPE_CHECKING:
    from playwright.sync_api import Dialog, Locator, Page

T = TypeVar("T")

PATIENCE_MS = 5_000
FILTERS = ("readiness", "path", "wave", "rule", "os", "group", "verification")
LOCAL = ("file:", "data:", "blob:")


class Watch:
    """Notes whatever a page must never do: reach out, complain, ask, open windows."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def over(self, page: "Page") -> None:
        """Watch a page from its first moment on."""
        page.on("request", lambda request: self._note("request", request.url))
        page.on("websocket", lambda socket: self._note("socket", socket.url))
        page.on("console", lambda line: self._note(line.type, line.text))
        page.on("pageerror", lambda error: self._note("page error", error))
        page.on("popup", lambda opened: self._note("popup", opened.url))
        page.on("dialog", self._dismiss)

    def _note(self, what: str, of: object) -> None:
        local = what == "request" and str(of).startswith(LOCAL)
        if not local and what not in ("log", "info", "debug"):
            self.seen.append(f"{what}: {of}")

    def _dismiss(self, dialog: "Dialog") -> None:
        self._note("dialog", dialog.message)
        dialog.dismiss()


@dataclass(frozen=True)
class Shown:
    """What the device table shows, as far as a link must bring it back."""

    search: str
    filters: dict[str, str]
    sorted: dict[str, str]  # hook of a column's button -> its order
    count: int
    ids: tuple[str, ...]  # of this page


class Opened:
    """A report that is open in a browser."""

    def __init__(self, page: "Page", report: Report) -> None:
        self.page = page
        self.report = report

    def open(self, fragment: str = "") -> "Opened":
        """Go to the report, or to a place in it, as by a link from outside, and wait until its table is ready."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.report.url}#{fragment}" if fragment else self.report.url)
        self.page.wait_for_selector("html[data-ready=true]", state="attached", timeout=PATIENCE_MS)
        return self

    def at(self, hook: str) -> "Locator":
        """Return the element that bears a hook."""
        return self.page.get_by_test_id(hook)

    def until(self, look: Callable[[], T], wanted: T) -> T:
        """Look until what is wanted is seen; return what was seen last."""
        seen = look()
        for _ in range(PATIENCE_MS // 50):
            if seen == wanted:
                break
            self.page.wait_for_timeout(50)
            seen = look()
        return seen

    @property
    def fragment(self) -> str:
        """What follows # in the address."""
        return self.page.url.partition("#")[2]

    # --- the table ----------------------------------------------------------------------------------------------------

    def search(self, text: str) -> None:
        """Type into the search field, in place of what stands there."""
        self.at("devices-search").fill(text)

    def choose(self, name: str, value: str) -> None:
        """Choose an option of a filter."""
        self.at(f"devices-filter-{name}").select_option(value)

    def options(self, name: str) -> list[tuple[str, str]]:
        """Return value and label of each option of a filter, without the first, which filters nothing."""
        found = self.at(f"devices-filter-{name}").locator("option").all()
        return [(option.get_attribute("value") or "", option.inner_text()) for option in found[1:]]

    def count(self) -> int:
        """Return how many devices the live region says are shown."""
        return int(re.findall(r"\d[\d,]*", self.at("devices-count").inner_text())[0].replace(",", ""))

    def ids(self) -> tuple[str, ...]:
        """Return the devices on this page of the table, by where their links lead."""
        links = self.at("devices-table").locator("tbody a[href^='#device=']")
        found: list[str] = links.evaluate_all("links => links.map(link => link.getAttribute('href'))")
        return tuple(unquote(link.removeprefix("#device=")) for link in found)

    def pages(self) -> list[tuple[str, ...]]:
        """Return the devices of this and every further page."""
        found = [self.ids()]
        while self.at("devices-next").is_enabled():
            before = found[-1]
            self.at("devices-next").click()
            for _ in range(PATIENCE_MS // 50):
                if self.ids() != before:
                    break
                self.page.wait_for_timeout(50)
            found.append(self.ids())
        return found

    def all_ids(self) -> list[str]:
        """Return the devices of this and every further page in one list."""
        return [device for page in self.pages() for device in page]

    def columns(self) -> list[str]:
        """Return the hooks of the buttons that sort."""
        found = self.at("devices-table").locator("thead [data-testid^='devices-sort-']").all()
        return [button.get_attribute("data-testid") or "" for button in found]

    def order(self, column: str) -> str:
        """Return how the table is sorted by a column, as it tells assistive technology."""
        heading = self.page.locator("th", has=self.at(column))
        return heading.get_attribute("aria-sort") or "none"

    def shown(self) -> Shown:
        """Return the state of the table."""
        filters = {name: self.at(f"devices-filter-{name}").input_value() for name in FILTERS}
        orders = {column: self.order(column) for column in self.columns()}
        return Shown(self.at("devices-search").input_value(), filters, orders, self.count(), self.ids())

    def export(self, folder: Path) -> bytes:
        """Return the file that the export button gives."""
        with self.page.expect_download() as started:
            self.at("devices-export").click()
        path = folder / "export.csv"
        started.value.save_as(path)
        return path.read_bytes()

    # --- the details --------------------------------------------------------------------------------------------------

    def device_link(self, device: str) -> "Locator":
        """Return the link to a device in the table."""
        return self.at("devices-table").locator(f"tbody a[href='{device_fragment(device, '#')}']")

    def rule(self, rule: str) -> "Locator":
        """Return the detail of a rule."""
        return self.page.locator(f"[data-testid=rule-detail][data-rule='{rule}']")

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than its window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def holds_focus(self, hook: str) -> bool:
        """Return whether the focus is in an element."""
        return bool(self.at(hook).evaluate("element => element.contains(document.activeElement)"))


def device_fragment(device: str, before: str = "") -> str:
    """Return the fragment that links to a device, escaped as browsers do."""
    escaped = quote(device, safe="!'()*-._~")
    return f"{before}device={escaped}"


def records(exported: bytes) -> list[dict[str, str]]:
    """Return the rows of an exported file."""
    return list(csv.DictReader(io.StringIO(exported.decode("utf-8-sig"), newline="")))
