"""Parts and patterns of a text."""

from typing import Any

import polars as pl

from checker.facts.lists import fold
from checker.model.fact import FactSpec, KnownNone
from checker.model.truth import Truth
from checker.operators.arguments import text
from checker.operators.contract import ArgumentProblem


def starts_with(value: str | KnownNone, argument: str) -> Truth:
    """The text begins with the argument, without regard to case; FALSE for known none.

    ```yaml
    mdatp.geo: {starts_with: GW_}
    ```
    """
    return Truth.of(not isinstance(value, KnownNone) and fold(value).startswith(argument))


def ends_with(value: str | KnownNone, argument: str) -> Truth:
    """The text ends with the argument, without regard to case; FALSE for known none.

    For host names use `host_matches`, which compares whole labels.

    ```yaml
    device.name: {ends_with: -vdi}
    ```
    """
    return Truth.of(not isinstance(value, KnownNone) and fold(value).endswith(argument))


def matches(value: str | KnownNone, argument: str) -> Truth:
    """The regular expression is found somewhere in the text as spelled; FALSE for known none.

    `^` and `$` anchor it, `(?i)` ignores case. The dialect is Polars' (Rust's), which takes linear time for any text:
    look-around and backreferences do not exist in it.

    ```yaml
    device.category: {matches: "(?i)^(iot|ot)$"}
    ```
    """
    return Truth.of(not isinstance(value, KnownNone) and found_in([value], argument)[0])


def found_in(texts: list[str], pattern: str) -> list[bool]:
    """Return for each text whether the pattern is found in it."""
    return pl.Series(texts, dtype=pl.String).str.contains(pattern).to_list()


def regex(raw: Any, _spec: FactSpec) -> str:  # noqa: ANN401 - raw YAML
    """Read a regular expression."""
    pattern = text(raw)
    try:
        found_in([""], pattern)
    except pl.exceptions.ComputeError as error:
        raise ArgumentProblem(f"'{pattern}' is no regular expression: {why_no_regex(str(error))}") from None
    return pattern


def why_no_regex(message: str) -> str:
    """Return why a text is no regular expression, of what Polars says.

    Rust's regex crate draws a picture; its last line that begins with "error:" says what is wrong.
    """
    lines = [line.removeprefix("error: ") for line in message.splitlines() if line.startswith("error: ")]
    return lines[-1] if lines else message.splitlines()[0].removeprefix("regex error: ")
