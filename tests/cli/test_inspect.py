"""``inspect`` as somebody with a new export sees it."""

from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import GOOD, OLD, Ran

Run = Callable[..., Ran]
Write = Callable[..., Path]


def test_it_shows_format_columns_coverage_and_what_stays_undecided(run: Run, export: Write) -> None:
    ran = run("inspect", export(GOOD, OLD), "--as-of", "2026-11-23")
    assert ran.code == 0
    for text in (
        "advanced-hunting",
        "recognised by",
        "2 rows = 2 devices",
        "ClientVersion       → agent.version",
        "agent.version",
        "100.0 %",
        "sc.url-core",
        "url.tests",
    ):
        assert text in ran.out, text


def test_the_ledger_adds_up_with_evidence_for_unknown_devices(run: Run, export: Write, urls: Write) -> None:
    ran = run("inspect", export(GOOD), urls(2), "--as-of", "2026-11-23")
    assert "4 rows = 1 devices + 1 merged + 2 unmatched" in ran.out


def test_an_unrecognised_file_is_exit_2_and_says_what_to_do(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("colour,size\nred,1\n")
    ran = run("inspect", path)
    assert ran.code == 2
    assert "odd.csv" in ran.err
    assert "--read-as" in ran.err
