"""``rules diff``: what two packs, or two profiles of one, make of the same inventory."""

import sys
from contextlib import suppress
from dataclasses import replace
from typing import Any

import click

from checker.cli.echo import echo, width
from checker.cli.given import single
from checker.cli.options import inventory_options, shared
from checker.decide.exit import Gate
from checker.errors import RuleError
from checker.loading import load
from checker.packs.library import find_pack
from checker.pipeline import check

_SAID_BY_A_AND_B = ("pack", "profile")


@click.command(
    "diff",
    epilog="Example: mde-readiness rules diff streamlined-connectivity streamlined-connectivity:current export.csv",
)
@click.argument("pack_a", metavar="PACK_A")
@click.argument("pack_b", metavar="PACK_B")
@shared
@single("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
@single(
    "--limit", metavar="N", type=click.IntRange(0), default=20, show_default=True, help="Devices to list; 0 lists all."
)
def diff_packs(pack_a: str, pack_b: str, form: str, limit: int, **given: Any) -> None:  # noqa: ANN401
    """Judge INVENTORY… by PACK_A and by PACK_B: which devices come out otherwise, and which rules explain it.

    A pack is a shipped name or a folder; PACK:PROFILE names one of its profiles (the first if left out). Exit codes:
    0; 2 rules or input cannot be used.
    """
    from checker.compare.diff import compare
    from checker.compare.packs import changed_routes, changed_rules
    from checker.compare.parts import markdown, text
    from checker.compare.results import stored
    from checker.compare.verdicts import PackDifference, json_text, parts_of

    sides = [
        replace(
            inventory_options({**given, **dict(zip(_SAID_BY_A_AND_B, pack_and_profile(name), strict=True))}),
            gate=Gate("all", "never"),
            outputs=frozenset({"devices", "findings"}),
        )
        for name in (pack_a, pack_b)
    ]
    packs = [load(side).plan.pack for side in sides]
    with check(sides[0]) as a, check(sides[1]) as b:
        difference = compare(stored(a, pack_a), stored(b, pack_b))
        found = PackDifference(difference, changed_rules(*packs), changed_routes(*packs))
        if form == "json":
            echo(json_text(found, limit), "utf-8", exact=True)
        else:
            parts = parts_of(found, limit)
            echo(markdown(parts) if form == "markdown" else text(parts, width()), sys.stdout.encoding)


# The two arguments say what these options say elsewhere.
diff_packs.params = [param for param in diff_packs.params if param.name not in _SAID_BY_A_AND_B]


def pack_and_profile(name: str) -> tuple[str, str]:
    """Return the pack and the profile that PACK or PACK:PROFILE names; a folder may have a colon in its name."""
    with suppress(RuleError):
        find_pack(name)
        return name, "seed"
    pack, colon, profile = name.rpartition(":")
    return (pack, profile) if colon and pack and profile else (name, "seed")
