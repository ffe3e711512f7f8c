"""The documentation is true: generated pages are current, every command is documented and shows an example."""

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from checker.cli.main import COMMANDS, commands
from checker.inventory.mapping_files import FOLDER, SHAPES, word_tables
from checker.yaml_nodes import Problems
from tools.make_docs import ROOT, pages
from tools.readme_demo import readme

PAGES = sorted(
    [
        *ROOT.glob("docs/*.md"),
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "benchmarks/README.md",
        ROOT / "integrations/README.md",
    ]
)


@pytest.mark.parametrize("name", sorted(pages()))
def test_generated_pages_are_current(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == pages()[name], "run `make docs`"


def every_command() -> list[list[str]]:
    found = []
    for name in COMMANDS:
        command = commands.get_command(click.Context(commands), name)
        found.append([name])
        if isinstance(command, click.Group):
            found += [[name, sub] for sub in command.list_commands(click.Context(command))]
    return found


@pytest.mark.parametrize("words", every_command(), ids=" ".join)
def test_every_command_has_help_with_an_example_and_stands_in_the_readme_or_docs(words: list[str]) -> None:
    shown = CliRunner().invoke(commands, [*words, "--help"])
    assert shown.exit_code == 0
    assert "Example: mde-readiness " + " ".join(words) in shown.output
    told = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert "mde-readiness " + " ".join(words) in told


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_all_shapes_and_shared_tables_of_words_stand_in_the_page_on_inputs() -> None:
    told = (ROOT / "docs/inputs.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in told.splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`([a-z-]+)`", row)}
    assert {*SHAPES, *word_tables(FOLDER, Problems())} - named == set()


def test_the_readme_s_first_screen_has_the_two_commands() -> None:
    first = "\n".join((ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:45])
    assert "make demo" in first
    assert "make test" in first


def test_the_readme_shows_what_the_demo_prints() -> None:
    assert (ROOT / "README.md").read_text(encoding="utf-8") == readme(), "run `make docs`"
