"""``rules list · show · lint · test · schema · diff · new``: read, check and write rule packs."""

import json
import sys
from pathlib import Path

import click

from checker.cli.echo import echo
from checker.cli.given import each_filled, filled, single
from checker.cli.lazy import LazyGroup
from checker.errors import CheckerError, Problem, UsageError
from checker.model.rule import Pack, Rule
from checker.packs.build import build_pack, read_pack_files
from checker.packs.cases import CASE_DAY
from checker.packs.controls import read_controls
from checker.packs.library import DEFAULT_PACK, find_pack, shipped_packs
from checker.packs.tailoring import lines, read_tailoring
from checker.reporters.wording import visible
from checker.yaml_nodes import did_you_mean

KINDS = (
    "rules",
    "pack",
    "routes",
    "cases",
    "controls",
    "attestations",
    "waivers",
    "waves",
    "tailoring",
    "mapping",
    "report",
)


LATER = {
    "new": ("checker.cli.rules_new", "new_rule", "Start a rule, with its cases, in a pack of your own."),
    "diff": ("checker.cli.rules_diff", "diff_packs", "Compare what two packs make of one inventory."),
}


@click.group(cls=LazyGroup, later=LATER, epilog="Example: mde-readiness rules show sc.sense-min")
def rules() -> None:
    """List, show, lint, test and compare the rules."""


@rules.command("list", epilog="Example: mde-readiness rules list --pack defender-for-business")
@single(
    "--pack", default=DEFAULT_PACK, callback=filled, show_default=True, help="Rule pack: a shipped name or a folder."
)
@single("--profile", default="seed", callback=filled, show_default=True, help="Guidance profile of the pack.")
@single("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_rules(pack: str, profile: str, form: str) -> None:
    """List every rule and note of a pack."""
    built = _pack(pack, profile)
    rows = [(rule.id, rule.phase.value, rule.severity.value, rule.about.value, rule.title) for rule in built.rules]
    rows += [(note.id, "note", "-", "-", note.title) for note in built.notes]
    if form == "json":
        keys = ("id", "phase", "severity", "about", "title")
        told = [dict(zip(keys, row, strict=True)) for row in rows]
        echo(json.dumps(told, indent=2, ensure_ascii=False) + "\n", "utf-8", exact=True)
        return
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        echo("  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[4]]) + "\n")
    echo(
        f"{len(built.rules)} rules and {len(built.notes)} notes of {built.id} {built.version}, "
        f"profile {built.profile.id}\n"
    )


@rules.command("show", epilog="Example: mde-readiness rules show mdb.kb5006738 --pack defender-for-business")
@click.argument("rule_id", metavar="ID")
@single(
    "--pack", default="", callback=filled, help="Rule pack: a shipped name or a folder; all shipped ones if left out."
)
@single("--tailoring", default="", callback=filled, metavar="FILE", help="Show what this tailoring makes of it.")
def show_rule(rule_id: str, pack: str, tailoring: str) -> None:
    """Show a rule: condition, remediation, sources, thresholds of every profile."""
    from checker.cli.rule_text import controls_text, rule_text

    if tailoring:  # it is of one pack, so it does not look through all
        echo(_tailored(rule_id, pack or DEFAULT_PACK, tailoring))
        return
    names: list[str] = []
    for name in [pack] if pack else shipped_packs():
        folder, shown = find_pack(name)
        files = read_pack_files(folder, shown)
        built = [build_pack(files, profile, CASE_DAY) for profile in files.profiles]
        for each in built:
            known = each.ids
            if rule_id in known:
                echo(rule_text(rule_id, built) + controls_text(rule_id, read_controls(files)))
                return
            names += known
    raise UsageError(Problem(rule_id, "there is no such rule", did_you_mean(rule_id, dict.fromkeys(names))))


@rules.command("lint", epilog="Example: mde-readiness rules lint rules/streamlined-connectivity")
@click.argument("folders", metavar="PATH...", nargs=-1, required=True, callback=each_filled)
@single("--tailoring", default="", callback=filled, metavar="FILE", help="Check this tailoring of the pack instead.")
@single(
    "--profile",
    default="seed",
    callback=filled,
    help="With --tailoring: the profile, where the file names none; the first.",
)
def lint_rules(folders: tuple[str, ...], tailoring: str, profile: str) -> None:
    """Check packs: every problem, with file, line and column.

    An outcome that no case shows is a problem, too. With --tailoring, check that file: its form, and that what it
    changes is in PATH under the profile that it names.
    """
    from checker.lint import lint_pack, todos

    if tailoring:
        _lint_tailoring(folders, tailoring, profile)
        return
    problems: list[Problem] = []
    for name in folders:
        try:
            folder, shown = find_pack(name)
            packs = lint_pack(folder, shown)
        except CheckerError as error:
            problems.extend(error.problems)
        else:
            echo(f"{shown}: {len(_every_rule(packs))} rules in {len(packs)} profiles, no problem\n")
            _echo_todos(todos(folder, shown))
    if problems:
        click.echo(f"{len(problems)} problem{'s' if len(problems) > 1 else ''}", err=True)
        raise CheckerError(problems)


@rules.command("test", epilog="Example: mde-readiness rules test rules/streamlined-connectivity")
@click.argument("folders", metavar="PATH...", nargs=-1, required=True, callback=each_filled)
def run_rule_tests(folders: tuple[str, ...]) -> None:
    """Run the cases of packs; exit 1 if a rule gives something else."""
    from checker.lint import run_cases

    failed = 0
    for name in folders:
        folder, shown = find_pack(name)
        results = run_cases(folder, shown)
        for result in results:
            if result.got is not result.case.expect:
                failed += 1
                got = result.got.name if result.got is not None else "no such rule in this profile"
                case = result.case
                echo(f"{case.place}: {case.rule}: {case.name}\n")
                echo(f"  expected {case.expect.name}, got {got} (profile {case.profile}, as of {case.as_of})\n")
                for fact, text in case.facts:
                    echo(f"    {fact}: {text}\n")
        differ = sum(result.got is not result.case.expect for result in results)
        echo(f"{shown}: {len(results) - differ} of {len(results)} cases as expected\n")
    sys.exit(1 if failed else 0)


@rules.command("schema", epilog="Example: mde-readiness rules schema rules > rules.schema.json")
@click.argument("kind", type=click.Choice(KINDS))
def print_schema(kind: str) -> None:
    """Print the JSON Schema of a file that people write, for editors.

    That of the JSON report, too.
    """
    name = {"report": "report-v1"}.get(kind, kind)
    path = Path(__file__).parent.parent / "schemas" / f"{name}.schema.json"
    echo(path.read_text(encoding="utf-8"), "utf-8", exact=True)


def _lint_tailoring(folders: tuple[str, ...], file: str, profile: str) -> None:
    if len(folders) != 1:
        raise UsageError(Problem("--tailoring", "is of one pack", "rules lint PACK --tailoring FILE"))
    tailoring = read_tailoring(Path(file), file)
    pack = build_pack(read_pack_files(*find_pack(folders[0])), tailoring.profile or profile, CASE_DAY, tailoring)
    echo(f"{file}: fits {pack.id}, profile {pack.profile.id}, no problem\n")
    for line in lines(tailoring):
        echo(f"  {visible(line)}\n")


def _tailored(rule_id: str, pack: str, file: str) -> str:
    from checker.cli.rule_text import tailored_text

    tailoring = read_tailoring(Path(file), file)
    files = read_pack_files(*find_pack(pack))
    after, before = (build_pack(files, tailoring.profile or "seed", CASE_DAY, each) for each in (tailoring, None))
    if rule_id not in before.ids:
        what = f"there is no such rule in profile {before.profile.id}"
        raise UsageError(Problem(rule_id, what, did_you_mean(rule_id, before.ids)))
    return tailored_text(rule_id, before, after, tailoring)


def _echo_todos(found: tuple[Problem, ...]) -> None:
    """Print what an author has yet to write: no problem, but nothing to rely on either."""
    if found:
        echo(f"{len(found)} place{'s' if len(found) > 1 else ''} still to write, marked TODO:\n")
    for each in found:
        echo(f"  {each.where}: {visible(each.what, 100)}\n")


def _pack(name: str, profile: str) -> Pack:
    folder, shown = find_pack(name)
    return build_pack(read_pack_files(folder, shown), profile, CASE_DAY)


def _every_rule(packs: tuple[Pack, ...]) -> dict[str, Rule]:
    return {rule.id: rule for pack in packs for rule in pack.rules}
