"""Order never decides, and nothing that was left out ends well: found by attacking the tool."""

from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import GOOD, Ran, export, run, urls

__all__ = ["export", "run", "urls"]

Run = Callable[..., Ran]
Write = Callable[..., Path]
DAY = ("--as-of", "2026-11-23")


def test_rows_of_one_moment_in_any_order_give_the_same_device(run: Run, export: Write, tmp_path: Path) -> None:
    path = export(GOOD)
    header, row = path.read_text(encoding="utf-8-sig").splitlines()
    other = row.replace("ws-1.contoso", "WS-1.contoso").replace("10.8760.19045.5608", "10.08760.19045.5608")
    written = []
    for rows in ([row, other], [other, row]):
        path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
        out = tmp_path / "devices.ndjson"
        run("check", path, *DAY, "-o", f"devices:{out}", "-o", f"findings:{tmp_path / 'findings.ndjson'}", "--quiet")
        written.append(out.read_text().replace('"row":2', '"row":1').replace('"line":3', '"line":2'))
    assert written[0] == written[1]


def test_undated_evidence_loses_to_dated_evidence(run: Run, export: Write, urls: Write) -> None:
    path = urls(1)
    undated = path.read_text().replace("2026-11-20T10:00:00Z", "")
    host = "edr-eus.us.endpoint.security.microsoft.com"
    blocked = f"ws-1.contoso.example,https://{host}/test,443,sense,direct,blocked,,,2026-11-22T10:00:00Z,log\n"
    path.write_text(undated + blocked)
    assert run("check", export(GOOD), path, *DAY).code == 1


def test_a_run_in_which_nothing_counts_does_not_end_well(run: Run, export: Write, urls: Write) -> None:
    ran = run("check", export(GOOD), urls(1), *DAY, "--select", "sc.url-smartscreen")
    assert ran.code == 2
    assert "no rule of phase prerequisite that counts with --fail-on blocker applies" in ran.err


def test_brackets_without_end_are_refused_not_fatal(run: Run, export: Write, tmp_path: Path) -> None:
    words = tmp_path / "words.yaml"
    words.write_text("[" * 100_000)
    ran = run("check", export(GOOD), "--attestations", words)
    assert (ran.code, "is nested more than" in ran.err) == (2, True)
