"""The HTML report: one self-contained file, from templates that escape whatever they print.

Every text goes through :func:`checker.reporters.wording.visible` and is then escaped, so that a name from an export can
neither act nor hide. Style and script are the package's own files, inlined; the page's Content-Security-Policy names
their SHA-256 and forbids everything else: other scripts, other styles, handlers, requests, frames and forms.
"""

import hashlib
import re
from base64 import b64encode
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final
from urllib.parse import quote

from checker.model.result import Result, Summary
from checker.reporters.html import charts, rollout, sections
from checker.reporters.html.data import island
from checker.reporters.json import report as json_report
from checker.reporters.plan.table import copyable
from checker.reporters.wording import count, share, visible

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER: Final = Path(__file__).parent
STYLES: Final = ("page.css", "parts.css", "devices.css", "print.css")
SCRIPTS: Final = (
    "text.js",
    "fleet.js",
    "fragment.js",
    "query.js",
    "export.js",
    "table.js",
    "controls.js",
    "detail.js",
    "theme.js",
    "main.js",
)  # joined in this order, in one function of its own scope

# Where the data of the devices go; no text can hold this, since every "<" of a text is escaped.
ISLAND: Final = "<!-- data -->"

VALUE_LENGTH: Final = 160  # characters of a value in a histogram

_AFTER_FOLDER: Final = re.compile(r"(?<=[/\\])")


def write(result: Result, stream: BinaryIO) -> None:
    """Write the page: what stands before the devices' data, the data as they are, the rest."""
    data = island(result)
    before, after = _environment().get_template("template.html").render(_context(result, data)).split(ISLAND)
    stream.write(before.encode())
    stream.write(data.json)
    stream.write(after.encode())


def policy(style: str, script: str) -> str:
    """Return the Content-Security-Policy under which only this style and this script work."""
    return (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@lru_cache(1)
def _style() -> str:
    return "".join((FOLDER / name).read_text("utf-8") for name in STYLES)


def _page_footer(summary: Summary, identity: str) -> str:
    """Return the style that writes at the foot of every printed page what result it belongs to.

    NOTE: a day and a hash; nothing that a file says can stand in a style, where escaping is another matter.
    """
    told = f"mde-readiness, as of {summary.as_of.isoformat()}, result SHA-256 {identity}"
    return (
        f'@page {{ @bottom-left {{ content: "{told}"; font: 6.5pt sans-serif; }} '
        '@bottom-right { content: counter(page) " / " counter(pages); font: 6.5pt sans-serif; } }\n'
    )


@lru_cache(1)
def _script() -> str:
    parts = "\n".join((FOLDER / name).read_text("utf-8") for name in SCRIPTS)
    return f'(() => {{\n"use strict";\n{parts}}})();\n'


@lru_cache(1)
def _environment() -> "Environment":
    """Return templates in which every text that is printed is made visible, then escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        autoescape=True,
        finalize=lambda value: visible(value) if type(value) is str else value,
        loader=FileSystemLoader(FOLDER),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    made.filters |= {
        "n": count,
        "part": share,
        "fragment": fragment,
        "copyable": _copyable,
        "place": _place,
        "named": named,
        "short": _short,
        "web": is_web,
    }
    made.globals |= {"segments": charts.segments, "width": charts.width}
    return made


def fragment(text: str) -> str:
    """Return a text as part of a link into the page, every character of it that could mean something encoded."""
    return quote(text, safe="", errors="backslashreplace")


def is_web(url: str) -> bool:
    """Return whether an address may be linked to."""
    return url.startswith(("https://", "http://"))


def named(text: str) -> str:
    """Return a name; words for one that would show nothing, since a heading of nothing heads nothing."""
    return text if text.strip() else "(blank)"


def _short(text: str) -> str:
    """Return a value of a fact, cut where only a document in a cell goes on; findings have it whole."""
    return named(visible(text, VALUE_LENGTH))


def _copyable(text: str) -> Any:  # noqa: ANN401 (a Markup, whose library is loaded when used)
    """Return a command of several lines, escaped; only its line ends and tabs stay as they are."""
    from markupsafe import escape

    return escape(copyable(text))


def _place(path: str) -> Any:  # noqa: ANN401 (likewise)
    """Return a path, made visible and escaped, that may break after each of its folders only."""
    from markupsafe import Markup, escape

    return Markup("<wbr>").join(escape(part) for part in _AFTER_FOLDER.split(visible(path)))


def _context(result: Result, data: object) -> dict[str, Any]:
    from markupsafe import Markup

    identity = json_report.result_id(result)
    style, script = _style() + _page_footer(result.summary, identity), _script()
    return {
        "summary": result.summary,
        "devices": data,
        "result_id": identity,
        "policy": policy(style, script),
        # NOTE: both are files of this package; hashes stand for every character, so nothing may be escaped.
        "style": Markup(style),  # noqa: S704
        "script": Markup(script),  # noqa: S704
        "island": Markup(ISLAND),  # noqa: S704
        **sections.context(result),
        **rollout.context(result.summary),
    }
