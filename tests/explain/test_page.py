"""What docs/explain.md shows is what the command prints of the bundled fleet; ``…`` stands for what is left out."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from checker.cli.main import commands

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/explain.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```console\n\$ (.*?[^\\])\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_page_has_examples_of_a_device_and_of_a_rule() -> None:
    assert ["--rule" in command for command, _ in EXAMPLES] == [False, True]


@pytest.mark.parametrize(("command", "shown"), EXAMPLES, ids=["device", "rule"])
def test_an_example_is_an_excerpt_of_what_is_printed(command: str, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    _, *words = shlex.split(command.replace("\\\n", " "))
    ran = CliRunner().invoke(commands, words)
    assert ran.exit_code == 0, ran.output

    printed = ran.output.splitlines()
    place, left_out = 0, False
    for line in shown.splitlines():
        if line.strip() == "…":
            left_out = True
            continue
        before, cut, after = line.partition("[…")  # the path of a file, which is long
        fits = [
            at
            for at in range(place, len(printed) if left_out else min(place + 1, len(printed)))
            if printed[at] == line or (cut and printed[at].startswith(f"{before}[") and printed[at].endswith(after))
        ]
        assert fits, line
        place, left_out = fits[0] + 1, False
    assert left_out or place == len(printed)
