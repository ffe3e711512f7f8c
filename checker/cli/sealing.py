"""The options of evidence, and what a run adds to its result for it."""

import sys
from collections.abc import Collection, Mapping
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from platform import python_version
from typing import Any, Final

import click

from checker.cli.given import filled, single
from checker.errors import Problem, UsageError
from checker.model.provenance import Provenance
from checker.model.result import Result
from checker.options import Options
from checker.spark.given import is_table, is_uri

LIBRARIES: Final = ("numpy", "polars", "PyYAML", "packaging")  # those that a result hangs on

SEALING = (
    single(
        "--sign",
        metavar="KEY",
        type=click.Path(path_type=str),
        default="",
        callback=filled,
        help="Sign evidence with this private key: ed25519, PEM.",
    ),
    click.option("--include-inputs", is_flag=True, help="Put the inventory into evidence, with everything in it."),
)


def refuse_unsealed(given: Mapping[str, Any], kinds: Collection[str]) -> None:
    """Refuse options of evidence where none is written, and inputs in evidence without names or that Spark reaches.

    Raises:
        UsageError: with a problem for each of them.
    """
    names = [name for name, key in (("--sign", "sign"), ("--include-inputs", "include_inputs")) if given[key]]
    if names and "evidence" not in kinds:
        raise UsageError(Problem(name, "is about evidence, and none is written", "-o evidence.zip") for name in names)
    if given["include_inputs"] and given["redact"]:
        what = "does not go with --redact: exports hold the names"
        raise UsageError(Problem("--include-inputs", what, "leave one of them out"))
    if given["include_inputs"] and given["engine"] == "spark":
        far = [path for path in given["inventory"] if is_table(path) or is_uri(path)]
        what, hint = "inputs at URIs and tables cannot be included in evidence", "leave --include-inputs out"
        if far:
            raise UsageError(Problem(path, what, hint) for path in far)


def sealed(result: Result, options: Options, given: Mapping[str, Any]) -> Result:
    """Return the result with what evidence holds besides it.

    Raises:
        CheckerError: the key cannot be used, or a file changed since the run read it.
    """
    from checker.evidence.originals import originals
    from checker.evidence.recorded import as_values
    from checker.evidence.signing import signer

    provenance = Provenance(
        command=("mde-readiness", *sys.argv[1:]),
        options=as_values(options),
        versions={"python": python_version(), **_versions()},
        originals=tuple(originals(options, result.summary, inputs=given["include_inputs"])),
        sign=signer(given["sign"]) if given["sign"] else None,
    )
    return replace(result, provenance=provenance)


def _versions() -> dict[str, str]:
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # not installed as a package: nobody can tell
            found[name] = "unknown"
    return found
