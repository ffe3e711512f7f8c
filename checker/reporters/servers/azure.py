"""Logging commands of Azure Pipelines: an issue for each problem, at most ten, and the summary's place.

    ##vso[task.logissue type=error;sourcepath=exports/hunting.csv;linenumber=3;code=sc.sense-min;]The sensor …

A command ends where its line does, and its properties at the next semicolon or bracket: names from exports are escaped
as the agent reads them back. There is no third level, so that a notice is a warning. ``task.complete`` is never
written: the exit code decides, and a step that fails by it stays failed whatever a command says.
"""

from typing import Final

from checker.model.result import Summary
from checker.reporters.servers.annotations import Annotation, Level, annotations
from checker.reporters.wording import visible

_DATA: Final = str.maketrans({"%": "%AZP25", "\r": "%0D", "\n": "%0A"})
_PROPERTY: Final = str.maketrans({"%": "%AZP25", "\r": "%0D", "\n": "%0A", ";": "%3B", "]": "%5D"})


def commands(summary: Summary) -> str:
    """Return the commands, one on each line; nothing where there is no problem."""
    return "".join(f"{_command(each)}\n" for each in annotations(summary))


def upload(path: str) -> str:
    """Return the command that shows a Markdown file on the run's page; the path must be absolute."""
    return f"##vso[task.uploadsummary]{path.translate(_DATA)}\n"


def _command(each: Annotation) -> str:
    named: dict[str, object] = {"type": Level.ERROR if each.level is Level.ERROR else Level.WARNING}
    if each.place is not None:
        named |= {"sourcepath": visible(each.place.file), "linenumber": max(each.place.line, 1), "columnnumber": 1}
    named |= {"code": each.title}
    properties = "".join(f"{name}={str(value).translate(_PROPERTY)};" for name, value in named.items())
    return f"##vso[task.logissue {properties}]{each.text.translate(_DATA)}"
