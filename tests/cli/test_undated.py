"""Records of unknown age are told file by file where they are few, and once where they are many."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from checker.redact.pseudonyms import Pseudonyms
from checker.redact.sentences import notice
from tests.cli.conftest import Ran
from tests.contoso import ROOT

HEALTH = (ROOT / "fixtures/inventories/mdatp-health/linux.txt").read_text()


@pytest.mark.parametrize("files", [3, 4])
def test_many_undated_files_have_one_notice_whose_advice_works(
    files: int, run: Callable[..., Ran], tmp_path: Path
) -> None:
    exports, report = tmp_path / "exports", tmp_path / "report.json"
    for number in range(files):
        folder = exports / f"lnx-{number}"
        folder.mkdir(parents=True)
        (folder / "health.txt").write_text(HEALTH + "\n" * number)

    def undated(*options: str) -> list[str]:
        run("check", exports, "--as-of", "2026-11-22", "--quiet", "--bad-rows", "skip", "-o", report, *options)
        return [text for text in json.loads(report.read_text())["notices"] if "dates them" in text]

    told = undated()
    if files == 3:
        assert len(told) == 3
    else:
        (text,) = told
        assert text == (
            f"{exports}: 4 rows of 4 files are undated, first {exports}/lnx-0/health.txt, so never stale; "
            f"--require-dates makes them so, and --observed {exports}=DATE dates them."
        )
        redacted = notice(Pseudonyms(b"k" * 32), text)
        assert str(exports) not in redacted
        assert "4 rows of 4 files are undated" in redacted
    assert undated("--observed", f"{exports}=2026-11-20") == []
    assert undated("--observed", f"{exports}/*=2026-11-20") == []
