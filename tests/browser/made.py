"""Reports to open in a browser: the demo's, one of a thousand devices, one of hostile texts, one of nearly nothing."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import polars as pl

from benchmarks.generate import generate
from checker.model.notes import InputTally
from checker.model.result import Result, Table
from checker.options import Options
from checker.pipeline import check
from checker.reporters.html import data
from checker.reporters.json import report as json_report
from checker.reporters.kinds import KINDS
from checker.reporters.tables import files as tables
from tests.contoso import AS_OF, DEMO, ROOT, working_in
from tests.reporters.fleets import AGENT, HOSTILE, PROXY, SENSE, URLS, Fleet
from tests.reporters.results import build

WRITE_HTML = KINDS["html"][".html"]
CAP = 60

# What an export may hold where a name is expected: markup, scripts, templates, links, formulas, ways out of a fragment.
TEXTS = (
    *HOSTILE,
    "<script>window.acted = 1; document.title = 'acted'</script>",
    "</script><script>window.acted = 2</script>",
    "</title></style></template><svg onload=window.acted=3>",
    '"><img src=x onerror="window.acted = 4">',
    "' autofocus onfocus='window.acted = 5",
    "<!--<script>",
    "]]><iframe srcdoc='<script>parent.acted = 6</script>'>",
    "<a href=https://evil.example/?leak>click</a>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "javascript:window.acted=7",
    "{{ 7 * 7 }}{% raw %}${7 * 7}",
    "__proto__",
    "constructor",
    "a&rule=sc.sense-min#device=b%00?c+d/e",
    "100 % sure\\u003c/script>",
    "=1+1",
    '=HYPERLINK("https://evil.example","x")',
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    'say "pc", twice',
    "x" * 300,
    "   ",
    "\u0627\u0644\u062c\u0647\u0627\u0632",
)


@dataclass(frozen=True)
class Report:
    """An HTML report, and what it must say: the JSON report and the tables of the same result."""

    path: Path
    summary: dict[str, Any]
    devices: list[dict[str, Any]]
    findings: list[dict[str, Any]]

    @property
    def url(self) -> str:
        """Where a browser finds it."""
        return self.path.as_uri()


def written(folder: Path, name: str, result: Result) -> Report:
    """Write the HTML report of a result, and read its other reports."""
    path = folder / f"{name}.html"
    with path.open("wb") as stream:
        WRITE_HTML(result, stream)
    return Report(
        path,
        json.loads(_bytes(json_report.write, result)),
        _lines(tables.write_devices_ndjson, result),
        _lines(tables.write_findings_ndjson, result),
    )


def demo(folder: Path) -> Report:
    """Return the report of the demo fleet, as ``make demo`` writes it."""
    with working_in(ROOT), check(DEMO) as result:
        return written(folder, "demo", result)


def thousand(folder: Path, name: str = "thousand") -> Report:
    """Return the report of a thousand devices, of which many fail."""
    export = folder / "hunting.csv"
    generate(1_000, old_share=0.3).write_csv(export, line_terminator="\r\n")
    with check(Options((str(export),), AS_OF)) as result:
        return written(folder, name, result)


def capped(folder: Path) -> Report:
    """Return the report of a thousand devices whose page carries CAP of them, as that of a larger fleet does."""
    with patch("checker.reporters.html.page.island", partial(data.island, limit=CAP)):
        return thousand(folder, "capped")


def hostile_result(folder: Path) -> Result:
    """Return a result in which every text of an export is hostile: ids, names, groups, values, messages, paths."""
    keys = {f"name:{number}{text}": text for number, text in enumerate(TEXTS)}
    made = Fleet(
        keys,
        {AGENT: dict.fromkeys(keys, "FAIL"), SENSE: dict.fromkeys(keys, "UNKNOWN"), URLS: {"": "UNKNOWN"}},
        messages={(AGENT.id, key): f"Agent {text} is old" for key, text in keys.items()},
        waves=keys,
    )
    everything = "".join(TEXTS)
    result = build(
        folder / "hostile",
        made,
        detail=False,
        notices=(everything, "a\ud800 notice"),
        assumptions=TEXTS,
        tailoring=TEXTS,
        inputs=(InputTally(f"exports\\\udcff {everything}.csv", "ee" * 32, everything, 99, 1, 2, 3, 4, 5, 84, TEXTS),),
    )
    rules = tuple(replace(rule, histogram=tuple((text, 1) for text in TEXTS[:20])) for rule in result.summary.rules)
    named = pl.col("device_name")
    devices = _changed(result.devices, os=named, group=named, route=named, path=named, aliases=pl.concat_list(named))
    return replace(result, summary=replace(result.summary, rules=rules), devices=devices)


def hostile(folder: Path) -> Report:
    """Return the report of hostile texts."""
    return written(folder, "hostile", hostile_result(folder))


def bare(folder: Path) -> Report:
    """Return the report of one device of which there is nothing to say."""
    made = Fleet({"name:pc": "pc"}, {PROXY: {}})
    nothing = {"ready": 0, "not_ready": 0, "undetermined": 1, "migrated": 0, "out_of_scope": 0}
    result = build(
        folder / "bare",
        made,
        rules=(),
        devices={"total": 1, **nothing},
        paths={},
        routes={},
        unlocks=(),
        attestations=(),
        assumptions=(),
        notices=(),
        site_side=(),
        scope={},
        by={},
    )
    return written(folder, "bare", result)


FLEETS: dict[str, Callable[[Path], Report]] = {
    "demo": demo,
    "thousand": thousand,
    "capped": capped,
    "hostile": hostile,
    "bare": bare,
}


def _changed(table: Table, **changes: pl.Expr) -> Table:
    for part in table.parts:
        known = {name: value for name, value in changes.items() if name in table.columns}
        pl.read_parquet(part, glob=False).with_columns(**known).write_parquet(part)
    return table


def _bytes(write: Callable[[Result, BytesIO], None], result: Result) -> bytes:
    stream = BytesIO()
    write(result, stream)
    return stream.getvalue()


def _lines(write: Callable[[Result, BytesIO], None], result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in _bytes(write, result).splitlines()]
