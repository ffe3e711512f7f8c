"""The result as Markdown, for job summaries, merge requests and wikis: the verdict first, then what it rests on.

The sections stand in a fixed order, what matters most first (:func:`checker.reporters.markdown_sections.sections`). The
file stays below what GitHub shows of a job summary: whole sections are left out from the end, and the last line names
them. Names are set as code, in which nothing is a link, a mention or markup; there is no HTML in it.
"""

from collections.abc import Iterable
from typing import BinaryIO, Final

from checker.model.result import Result, Summary
from checker.reporters.markdown.sections import Section, sections
from checker.reporters.wording import count

MOST_BYTES: Final = 900_000  # GitHub refuses a job summary of more than 1 MiB; some is left for what else writes to it


def write(result: Result, stream: BinaryIO) -> None:
    """Write the result's summary; never above the limit."""
    stream.write(render(result.summary))


def render(summary: Summary, limit: int = MOST_BYTES) -> bytes:
    """Return the summary as Markdown.

    Args:
        summary: what to tell.
        limit: most bytes; the verdict and the line that says what is left out need some 10,000, and are never cut.
    """
    first, *others = sections(summary)
    written = [_bytes(first)]
    room = limit - len(written[0]) - len(_left_out(others))
    for place, section in enumerate(others):
        content = _bytes(section)
        room -= len(content)
        if room < 0:
            return b"".join((*written, _left_out(others[place:])))
        written.append(content)
    return b"".join(written)


def _left_out(rest: Iterable[Section]) -> bytes:
    titles = [section.title for section in rest]
    noun = count(len(titles), "section")
    return (
        f"\n{noun} left out, so that this stays short: {', '.join(titles)}. The JSON report has everything.\n".encode()
    )


def _bytes(section: Section) -> bytes:
    # NOTE: only paths and notices can hold lone surrogates; spelled like this they are visible.
    return "".join(f"{line}\n" for line in section.lines).encode("utf-8", "backslashreplace")
