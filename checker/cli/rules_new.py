"""``rules new``: a rule with its cases, to start from."""

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from checker.cli.echo import echo
from checker.cli.given import filled, single
from checker.errors import CheckerError, Problem, RuleError, UsageError
from checker.model.outcome import About, Phase, Severity
from checker.packs.build import read_pack_files
from checker.packs.library import packs_folder, shipped_packs
from checker.packs.scaffold import NEW_THEME, Wish, appended, places, scaffold

PACKAGE = Path(__file__).parent.parent


def _words(kind: type[About | Phase | Severity]) -> click.Choice[str]:
    return click.Choice([word.value for word in kind])


@click.command(
    "new", epilog="Example: mde-readiness rules new x.agent-min --pack my-pack --theme agents --fact agent.version"
)
@click.argument("rule_id", metavar="ID")
@single("--pack", metavar="FOLDER", required=True, help="Folder of the pack that gets the rule.")
@single("--theme", metavar="THEME", required=True, help="Its file there: THEME.yaml; a new one if there is none.")
@single("--fact", metavar="FACT", required=True, help="What the rule asks for: agent.version …")
@single("--severity", type=_words(Severity), default="minor", show_default=True)
@single("--phase", type=_words(Phase), default="prerequisite", show_default=True)
@single("--about", type=_words(About), default=None, help="Whose rule it is; what the fact is about if left out.")
@single(
    "--applies-to", metavar="FACT=VALUE", default="", callback=filled, help="Devices it is about: os.family=windows …"
)
def new_rule(rule_id: str, pack: str, **given: str) -> None:
    """Write a rule that lints, with cases that pass, for you to edit: what to edit says TODO.

    Nothing is written unless the whole pack lints with it, and its cases come out as they expect.
    """
    folder = _own_folder(pack)
    wish = _wish(rule_id, given)
    paths = places(folder, wish.theme)
    _refuse_taken(folder, paths)
    files = read_pack_files(folder, folder.as_posix())
    new = scaffold(files, wish)
    contents = {
        path: appended(path.read_bytes() if path.exists() else start, text, path.as_posix())
        for path, text, start in zip(paths, new, (NEW_THEME, b""), strict=True)
    }
    cases = _try(folder, contents, wish.id)
    _write(contents)
    echo(f"{paths[0].as_posix()}: rule {wish.id}\n")
    echo(f"{paths[1].as_posix()}: {cases} cases, all as expected\n")
    echo(f"edit what says TODO, then: mde-readiness rules test {folder.as_posix()}\n")


def _own_folder(pack: str) -> Path:
    """Return the folder of a pack that is the user's own; refuse one that ships with an installed package."""
    folder = Path(pack)
    if not (folder / "pack.yaml").is_file():
        if pack in shipped_packs():
            what = "is a pack that ships with the tool, so an update would undo what you write"
            raise UsageError(Problem(f"--pack {pack}", what, "copy its folder, and give that"))
        raise UsageError(Problem(f"--pack {pack}", "is no rule pack", "give a folder with a pack.yaml"))
    installed = packs_folder().resolve()
    if installed.is_relative_to(PACKAGE.resolve()) and folder.resolve().is_relative_to(installed):
        what = "is inside the installed package, so an update would undo what you write"
        raise UsageError(Problem(f"--pack {pack}", what, "copy the folder, and give that"))
    return folder


def _wish(rule_id: str, given: Mapping[str, str]) -> Wish:
    fact, sign, value = given["applies_to"].partition("=")
    if given["applies_to"] and not (sign and fact and value):
        problem = Problem(f"--applies-to {given['applies_to']}", "must be FACT=VALUE", "for example os.family=windows")
        raise UsageError(problem)
    return Wish(
        id=rule_id,
        theme=given["theme"],
        fact=given["fact"],
        severity=Severity(given["severity"]),
        phase=Phase(given["phase"]),
        about=About(given["about"]) if given["about"] else None,
        applies_to=(fact.strip(), value.strip()) if sign else None,
    )


def _refuse_taken(folder: Path, paths: Iterable[Path]) -> None:
    """Refuse links to nothing, and names that some systems take for another file's: they differ only by case."""
    problems = []
    for path in paths:
        if path.is_symlink() and not path.exists():
            problems.append(Problem(path.as_posix(), "is a link to nothing", "mend it, or remove it"))
        for name in sorted(each.name for each in folder.iterdir()):
            if name != path.name and name.casefold() == path.name.casefold():
                what = f"differs only by case from {name}, which is there"
                problems.append(Problem(path.as_posix(), what, "choose another theme, or write it alike"))
    if problems:
        raise UsageError(problems)


def _try(folder: Path, contents: Mapping[Path, bytes], rule_id: str) -> int:
    """Return how many cases the new rule has, after linting a copy of the pack with it and running its cases."""
    from checker.lint import run_cases

    with TemporaryDirectory(prefix="mde-readiness-") as copy:
        for path in folder.glob("*.yaml"):
            shutil.copyfile(path, Path(copy) / path.name)
        for path, content in contents.items():
            (Path(copy) / path.name).write_bytes(content)
        try:
            results = run_cases(Path(copy), folder.as_posix())
        except CheckerError as error:
            nothing = Problem(folder.as_posix(), "does not lint with the new rule, so nothing was written", "see below")
            raise RuleError([nothing, *error.problems]) from error
    mine = [result for result in results if result.case.rule == rule_id]
    wrong = [str(result.case.place) for result in mine if result.got is not result.case.expect]
    if wrong:  # a value here that the fact's type does not take: ours to mend
        raise AssertionError(wrong)
    return len(mine)


def _write(contents: Mapping[Path, bytes]) -> None:
    """Put both files in their places, or none."""
    from checker.reporters.atomic import together

    with together(tuple(contents)) as streams:
        for stream, content in zip(streams, contents.values(), strict=True):
            stream.write(content)
