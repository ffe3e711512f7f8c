"""What every command does with standard streams that are closed, full, no longer read, or of another encoding."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import GOOD, OLD, WAVES

ROOT = Path(__file__).parents[2]
Write = Callable[..., Path]
pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a shell and /dev/full")

DAY = "--as-of 2026-11-23"
SUMMARIES = [
    f"check hunting.csv {DAY}",
    f"gate hunting.csv --waves waves.yaml --wave pilot {DAY}",
    f"plan hunting.csv {DAY}",
]
OUTPUTS = [
    f"inspect hunting.csv {DAY}",
    f"explain ws-1.contoso.example hunting.csv {DAY}",
    f"explain hunting.csv --rule sc.sense-min {DAY}",
    f"waves suggest ready.csv ready-urls.csv --attestations words.yaml {DAY}",
    f"attest --draft hunting.csv {DAY}",
    f"attest --lint words.yaml {DAY}",
    f"waves lint waves.yaml {DAY}",
    f"waivers lint waivers.yaml {DAY}",
    "rules list",
    "rules list --format json",
    "rules show sc.sense-min",
    "rules lint pack",
    "rules test pack",
    "rules schema waves",
    f"rules diff streamlined-connectivity streamlined-connectivity:current hunting.csv {DAY}",
    "diff r.json r.json",
    "diff r.json r.json --format json",
    "trend r.json",
]
HELP = ["--help", "--version", "check --help", "rules --help", "rules new --help"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write one file of each kind that the commands above read."""
    made = tmp_path_factory.mktemp("streams")
    rows = [f"2026-11-20T10:00:00Z,{number:040x},ws-{number}.contoso.example" for number in range(1, 9)]
    head = (ROOT / "tests/cli/conftest.py").read_text().partition("HEADER = (\n")[2].partition("\n)")[0]
    titles = "".join(line.strip().strip('"') for line in head.splitlines())
    cells = [GOOD, OLD, GOOD.replace("Windows10,", "Windows10 →,", 1)]
    written = "\n".join([titles, *(f"{row},{cell}" for row, cell in zip(rows, cells, strict=False)), ""])
    (made / "hunting.csv").write_text(written, encoding="utf-8")
    (made / "ready.csv").write_text("\n".join([titles, *(f"{row},{GOOD}" for row in rows), ""]))
    hosts = ("edr-eus.us.endpoint.security.microsoft.com", "mdav.us.endpoint.security.microsoft.com")
    tests = [
        f"ws-{number}.contoso.example,https://{host}/test,443,sense,system_proxy,reachable,200,,2026-11-20T10:00:00Z,log"
        for number in range(1, 9)
        for host in hosts
    ]
    title = "device,url,port,method,via,result,http_status,error,tested_at,source"
    (made / "ready-urls.csv").write_text("\n".join([title, *tests, ""]))
    said = "by: Zoë →, evidence: CHG-1, attested: 2026-11-10, valid_until: 2027-01-01"
    (made / "words.yaml").write_text(f"- {{fact: site.tls_inspection, value: no, {said}}}\n", encoding="utf-8")
    (made / "waves.yaml").write_text(WAVES)
    (made / "waivers.yaml").write_text("waivers: []\n")
    (made / "pack").symlink_to(ROOT / "fixtures/packs/valid/smallest")
    written_by = f"check hunting.csv {DAY} --quiet -o r.json -o devices:d.parquet -o findings:f.parquet"
    assert shell(f"{written_by}", made).returncode == 1
    return made


def shell(arguments: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command whose streams the shell redirects."""
    command = ["bash", "-c", f"{sys.executable} -m checker {arguments}"]
    env = {**os.environ, "PYTHONPATH": str(ROOT), **more}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, errors="replace")


@pytest.mark.parametrize("command", [*SUMMARIES, *OUTPUTS, *HELP])
def test_a_reader_that_leaves_is_exit_2_and_no_verdict(command: str, folder: Path) -> None:
    ran = shell(f"{command} | true; exit ${{PIPESTATUS[0]}}", folder)

    assert (ran.returncode, ran.stderr) == (2, "")


@pytest.mark.parametrize("command", [*SUMMARIES, *OUTPUTS, *HELP])
def test_a_closed_or_full_output_is_told(command: str, folder: Path) -> None:
    for stream, reason in ((">&-", "standard output is closed"), (">/dev/full", "No space left on device")):
        ran = shell(f"{command} {stream}", folder)
        said = dict.fromkeys(SUMMARIES, "the summary cannot be written: {}; the reports are written\n")
        said |= dict.fromkeys(OUTPUTS, "the output cannot be written: {}\n")

        assert (ran.returncode, ran.stderr) == (2, said.get(command, "cannot be used: {}\n").format(reason))


@pytest.mark.parametrize("command", [*SUMMARIES, *OUTPUTS, *HELP])
def test_what_an_encoding_has_not_is_spelled(command: str, folder: Path) -> None:
    ran = shell(command, folder, PYTHONIOENCODING="cp437")

    assert (ran.returncode in (0, 1), ran.stderr) == (True, "")
    assert ran.stdout


@pytest.mark.parametrize("command", [OUTPUTS[3], OUTPUTS[4]], ids=["waves suggest", "attest --draft"])
def test_a_draft_is_utf_8_whatever_the_encoding(command: str, folder: Path) -> None:
    assert shell(command, folder, PYTHONIOENCODING="cp437").stdout == shell(command, folder).stdout


def test_a_mistake_is_told_in_any_encoding(folder: Path) -> None:
    ran = shell("check 'a→.csv'", folder, PYTHONIOENCODING="cp1252")

    assert (ran.returncode, ran.stderr) == (2, "a\\u2192.csv: does not exist\n")
