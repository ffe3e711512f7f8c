"""Workflow commands of GitHub Actions: an annotation for each problem, at most ten.

    ::error file=exports/hunting.csv,line=3,title=sc.sense-min::The sensor supports …: 2 of 40 devices fail (5.0 %).

A command ends where its line does, and its properties at the next comma or colon: names from exports are escaped as the
runner reads them back, so that no name starts a command or ends one.
"""

from typing import Final

from checker.model.result import Summary
from checker.reporters.servers.annotations import Annotation, annotations
from checker.reporters.wording import visible

_DATA: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def commands(summary: Summary) -> str:
    """Return the commands, one on each line; nothing where there is no problem."""
    return "".join(f"{_command(each)}\n" for each in annotations(summary))


def _command(each: Annotation) -> str:
    named: dict[str, object] = {}
    if each.place is not None:
        named |= {"file": visible(each.place.file), "line": max(each.place.line, 1)}
    named |= {"title": each.title}
    properties = ",".join(f"{name}={str(value).translate(_PROPERTY)}" for name, value in named.items())
    return f"::{each.level} {properties}::{each.text.translate(_DATA)}"
