"""The benchmarks' command lines: each tells its use at once, refuses what is none, and makes what it needs."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from benchmarks import scale
from benchmarks.peers import peers

ROOT = Path(__file__).parents[1]
COMMANDS = ["run", "scale", "formats", "html", "spark", "joined", "generate", "govern", "fuzz", "peers"]


def ran(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", f"benchmarks.{words[0]}", *words[1:]]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_measures_nothing(name: str) -> None:
    if name == "spark":
        pytest.importorskip("pyspark")
    told = ran(name, "--help")
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith("usage: ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["generate", "10", "F", "--old-share", "7"], "argument --old-share: '7' is no share from 0 to 1"),
        (["generate", "10", "F", "--old-share", "nan"], "argument --old-share: 'nan' is no share from 0 to 1"),
        (["generate", "--", "-5", "F"], "argument devices: '-5' is no number from 1"),
        (["generate", "0", "F"], "argument devices: '0' is no number from 1"),
        (["joined", "0"], "argument devices: '0' is no number from 1"),
        (["run", "--devices", "many"], "argument --devices: 'many' is no number from 1"),
        (["scale", "--devices", "0"], "argument --devices: '0' is no number from 1"),
        (
            ["peers", "--only", "nope", "--no-timing"],
            "argument --only: no peer is called nope; there are polars,",
        ),
        (["peers", "--sizes", "10,x"], "argument --sizes: 'x' is no number from 1"),
    ],
)
def test_what_cannot_be_measured_is_refused_at_once(words: list[str], said: str) -> None:
    told = ran(*words)
    assert (told.returncode, told.stdout) == (2, "")
    assert said in told.stderr.splitlines()[-1]


def test_a_part_of_the_peers_leaves_the_page_as_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from benchmarks.peers import __main__ as page

    before = (peers.HERE / "RESULTS.md").read_bytes()
    monkeypatch.setattr(page, "install", lambda _peer: "")
    monkeypatch.setattr("benchmarks.peers.correct.section", lambda chosen, _missing: [peer.module for peer in chosen])
    monkeypatch.setattr("sys.argv", ["peers", "--only", "polars,zen", "--no-timing"])
    page.main()
    assert capsys.readouterr().out.endswith("\npolars\nzen\n")
    assert (peers.HERE / "RESULTS.md").read_bytes() == before


def test_growth_is_measured_where_nothing_was_made_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def told(*_given: object) -> Iterator[tuple[str, str, str]]:
        yield "read", "0.10", "50 %"

    def measure(path: Path, _words: Sequence[str], _times: int) -> scale.Measured:
        assert path.stat().st_size
        return 2.0, 100.0, 1.0, 50.0

    monkeypatch.setattr(scale, "DEVICES", (10, 100, 1_000))
    monkeypatch.setattr(scale, "stages", told)
    folder = tmp_path / "build" / "benchmarks"
    lines = scale.section(measure, folder, lambda path: [str(path)], ROOT, 100)
    rows = [line.split(" | ")[0].strip("| ") for line in lines if line.startswith("| ")]
    assert [row for row in rows if "devices" in row or "distinct" in row] == [
        "10 devices",
        "100 devices",
        "1 distinct versions of two facts",
        "nine of ten devices fail, findings as Parquet",
    ]
    assert sorted(path.name for path in folder.glob("*.csv")) == [
        *("distinct-1-100.csv", "hunting-10-0.02.csv", "hunting-100-0.02.csv", "hunting-100-0.9.csv", "quoted-100.csv")
    ]
