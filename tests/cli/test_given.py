"""What is given twice, or empty, or on a day that cannot be, is refused before anything is judged."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from checker.cli.given import Single
from checker.cli.lazy import LazyGroup
from checker.cli.main import commands
from tests.cli.conftest import ATTESTATIONS, GOOD, Ran

Run = Callable[..., Ran]
Write = Callable[..., Path]


def every(command: click.Command, name: str = "") -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, LazyGroup):
        context = click.Context(command)
        for each in command.list_commands(context):
            found = command.get_command(context, each)
            assert found
            yield from every(found, f"{name} {each}".strip())
    else:
        yield name, command


EVERY = dict(every(commands))


def options(command: click.Command) -> list[click.Option]:
    return [each for each in command.params if isinstance(each, click.Option)]


@pytest.mark.parametrize("name", EVERY)
def test_every_option_of_one_value_refuses_two(name: str) -> None:
    free = [each.opts[0] for each in options(EVERY[name]) if not (each.multiple or each.is_flag)]

    assert [each.opts[0] for each in options(EVERY[name]) if isinstance(each, Single)] == free


@pytest.mark.parametrize(
    ("command", "option", "one", "other"),
    [
        (("check", "x.csv"), "--wave", "pilot", "broad"),
        (("check", "x.csv"), "--waves", "A", "B"),
        (("check", "x.csv"), "--as-of", "2026-11-23", "2026-11-24"),
        (("check", "x.csv"), "--waivers", "A", "A"),
        (("check", "x.csv"), "--max-age", "1", "2"),
        (("gate", "x.csv"), "--baseline", "a.json", "b.json"),
        (("plan", "x.csv"), "--tool", "intune", "mecm"),
        (("diff", "a", "b"), "--format", "text", "json"),
        (("rules", "show", "x"), "--pack", "a", ""),
    ],
)
def test_what_is_given_twice_is_refused_with_both(
    run: Run, command: tuple[str, ...], option: str, one: str, other: str
) -> None:
    for given in ((option, one, option, other), (f"{option}={one}", f"{option}={other}")):
        ran = run(*command, *given)
        assert (ran.code, ran.out) == (2, "")
        assert f"Invalid value for '{option}': is given more than once: '{one}', '{other}'; say which\n" in ran.err


def test_what_is_given_once_counts_and_a_default_is_no_value(run: Run, export: Write) -> None:
    assert run("check", export(GOOD), "--as-of", "2026-11-23", "--fail-on", "never", "--allow-unknown").code == 0
    assert run("check", export(GOOD), "--max-age", "soon").code == 2


@pytest.mark.parametrize(
    "given",
    [
        ("waves", "lint", ""),
        ("waivers", "lint", ""),
        ("attest", "--lint", ""),
        ("rules", "lint", ""),
        ("rules", "test", ""),
        ("check", ""),
        ("check", "x.csv", "--pack", ""),
        ("check", "x.csv", "--profile", ""),
        ("waves", "lint", "x.yaml", "--pack", ""),
        ("rules", "lint", "x", "--tailoring", ""),
        ("rules", "show", "x", "--tailoring", ""),
        ("rules", "new", "a.b", "--pack", "p", "--theme", "t", "--fact", "os.build", "--applies-to", ""),
    ],
    ids=" ".join,
)
def test_what_is_empty_is_refused(run: Run, given: tuple[str, ...]) -> None:
    ran = run(*given)

    assert (ran.code, ran.out) == (2, "")
    assert "is empty: is a variable not set?" in ran.err


@pytest.mark.parametrize("day", ["0001-01-01", "1969-12-31", "3000-01-01", "9999-12-31"])
def test_a_day_that_is_out_of_all_bounds_is_refused_by_its_name(run: Run, export: Write, day: str) -> None:
    said = f"--as-of {day}: is no day to judge as of\n  hint: from 1970-01-01 to 2999-12-31\n"
    for command in (("check", export(GOOD)), ("waves", "lint", "absent.yaml")):
        assert (run(*command, "--as-of", day).code, run(*command, "--as-of", day).err) == (2, said)


@pytest.mark.parametrize("day", ["1970-01-01", "2999-12-31"])
def test_the_first_and_last_days_can_be_reckoned_with(run: Run, export: Write, day: str) -> None:
    for pack in ("streamlined-connectivity", "defender-for-business"):
        assert "Traceback" not in run("check", export(GOOD), "--as-of", day, "--pack", pack, "--max-age", "3650").err


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="needs /dev/fd")
def test_the_hash_of_attestations_is_that_of_what_was_read(run: Run, export: Write, tmp_path: Path) -> None:
    """A pipe can be read once only."""
    reading, writing = os.pipe()
    os.write(writing, ATTESTATIONS.encode())
    os.close(writing)
    given = ("--attestations", f"/dev/fd/{reading}", "--as-of", "2026-11-23", "-o", tmp_path / "r.json")
    run("check", export(GOOD), *given)
    os.close(reading)
    told: dict[str, Any] = json.loads((tmp_path / "r.json").read_text())

    assert [note["sha256"] for note in told["governed_by"]] == [hashlib.sha256(ATTESTATIONS.encode()).hexdigest()]


def test_each_governing_file_is_read_once(
    run: Run, export: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {
        "attestations": ATTESTATIONS,
        "waivers": "waivers: []\n",
        "waves": "waves: [{name: all, devices: {percent: 100 %}, gate: {}}]\n",
        "tailoring": "rules: {sc.sense-min: {severity: major, reason: Made.}}\n",
    }
    for kind, text in texts.items():
        (tmp_path / f"{kind}.yaml").write_text(text)
    given = (export(GOOD), "--as-of", "2026-11-23", "--quiet")
    run(
        "check",
        *given,
        "-o",
        tmp_path / "old.json",
        "-o",
        f"devices:{tmp_path}/d.parquet",
        "-o",
        f"findings:{tmp_path}/f.parquet",
    )
    governing = [word for kind in texts for word in (f"--{kind}", tmp_path / f"{kind}.yaml")]
    read: list[str] = []
    really = Path.open

    def opened(path: Path, *how: Any, **more: Any) -> Any:  # noqa: ANN401 - as of any file
        read.append(path.name)
        return really(path, *how, **more)

    monkeypatch.setattr(Path, "open", opened)
    ran = run("check", *given, *governing, "--baseline", tmp_path / "old.json", "-o", tmp_path / "r.json")
    told = json.loads((tmp_path / "r.json").read_text())

    assert ran.code in (0, 1, 3), ran.err
    files = {*(f"{kind}.yaml" for kind in texts), "old.json"}
    assert sorted(name for name in read if name in files) == sorted(files)
    assert {Path(note["path"]).name: note["sha256"] for note in told["governed_by"]} == {
        name: hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in files | {"d.parquet", "f.parquet"}
    }
