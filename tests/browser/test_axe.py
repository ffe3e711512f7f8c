"""axe-core finds nothing: light and dark, wide and narrow, with details closed and open."""

from pathlib import Path
from typing import Any

import pytest

from .conftest import Open
from .driver import Opened, device_fragment

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}


def violations(opened: Opened, axe: Path) -> list[str]:
    """Return what axe-core complains about, with the elements that it means."""
    opened.page.add_script_tag(path=axe)
    found: dict[str, Any] = opened.page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", list(TAGS)
    )
    assert found["passes"], "something was looked at"
    return [
        f"{each['id']} ({each['impact']}): {node['html'][:160]} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"][:5]
    ]


# Colours and widths hang together with the page, not with what it says: the hostile fleet sees each once.
WINDOWS = [("demo", scheme, width) for scheme in ("light", "dark") for width in (WIDE, NARROW)]
WINDOWS += [("hostile", "light", WIDE), ("hostile", "dark", NARROW)]


@pytest.mark.parametrize("state", ["closed", "device", "rules"])
@pytest.mark.parametrize(
    ("name", "scheme", "width"), WINDOWS, ids=lambda of: of["width"] if isinstance(of, dict) else of
)
def test_axe_finds_nothing(open_report: Open, axe: Path, name: str, state: str, scheme: str, width: Any) -> None:  # noqa: ANN401
    opened = open_report(name, color_scheme=scheme, viewport=width, bypass_csp=True)
    if state == "device":
        device = next(each for each in opened.report.devices if each["failed"])
        opened.open(device_fragment(device["device_id"]))
        assert opened.until(opened.at("device-detail").is_visible, wanted=True)
    if state == "rules":
        opened.page.evaluate("document.querySelectorAll('details').forEach(detail => { detail.open = true; })")

    assert violations(opened, axe) == []


def test_axe_finds_what_is_wrong(open_report: Open, axe: Path) -> None:
    opened = open_report("bare", bypass_csp=True)
    opened.page.evaluate("document.body.append(document.createElement('button'))")

    assert any(found.startswith("button-name") for found in violations(opened, axe))
