"""``--ci``: tell the CI server what was found, in its own words, as far as the run is inside one.

What a server does not take (a summary that is full, a folder that is not there) is said on standard error and changes
no exit code: the verdict is the run's.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import click

from checker.cli.echo import echo, harmless
from checker.cli.given import single
from checker.model.result import Summary

Command = Callable[..., Any]

# Server -> the variable that it sets to true in every job.
SERVERS: Final = {"github": "GITHUB_ACTIONS", "azure": "TF_BUILD", "gitlab": "GITLAB_CI"}
_SUMMARY_NAMES: Final = 1_000  # summaries that one job may have in one folder

ci_option: Callable[[Command], Command] = single(
    "--ci",
    type=click.Choice(["auto", *SERVERS, "none"]),
    default="none",
    show_default=True,
    help="Tell the CI server: annotations and a job summary. auto: whichever it runs in.",
)


def tell(wanted: str, summary: Summary, outputs: Sequence[str]) -> None:
    """Print annotations and hand the summary over.

    Args:
        wanted: the option's value.
        summary: what to tell.
        outputs: the ``-o`` options of the run, as given.
    """
    server = _here() if wanted == "auto" else wanted
    if server in ("", "none"):
        return
    if not _runs_in(server):
        _say(f"--ci {server}: nothing is told: {SERVERS[server]} is not 'true', so this is no job of that server")
        return
    {"github": _github, "azure": _azure, "gitlab": _gitlab}[server](summary, outputs)


def _runs_in(server: str) -> bool:
    return os.environ.get(SERVERS[server], "").lower() == "true"


def _here() -> str:
    return next((server for server in SERVERS if _runs_in(server)), "")


def _github(summary: Summary, _outputs: Sequence[str]) -> None:
    from checker.reporters.markdown import report as markdown
    from checker.reporters.servers import github as ci_github

    echo(ci_github.commands(summary), exact=True)
    name = os.environ.get("GITHUB_STEP_SUMMARY", "")
    if not name:
        _say("the job summary is not written: GITHUB_STEP_SUMMARY names no file")
        return
    with _handing_over("the job summary"), Path(name).open("ab") as stream:
        before = stream.tell()  # what the step wrote there itself
        room = markdown.MOST_BYTES - before
        content = b"\n" * bool(before) + markdown.render(summary, room - 1)
        if len(content) > room:
            _say("the job summary is not written: the step has written too much of it already")
        else:
            stream.write(content)


def _azure(summary: Summary, outputs: Sequence[str]) -> None:
    from checker.reporters.markdown import report as markdown
    from checker.reporters.outputs import parse_outputs
    from checker.reporters.servers import azure as ci_azure

    echo(ci_azure.commands(summary), exact=True)
    written = next((output.path for output in parse_outputs(outputs) if output.kind == "markdown"), None)
    if written is not None:
        echo(ci_azure.upload(str(written)), exact=True)
        return
    folder = os.environ.get("AGENT_TEMPDIRECTORY", "")
    if not folder:
        _say("the summary is not uploaded: AGENT_TEMPDIRECTORY names no folder; write one with -o report.md")
        return
    with _handing_over("the summary"):
        path = _fresh(Path(folder).resolve())
        path.write_bytes(markdown.render(summary))
        echo(ci_azure.upload(str(path)), exact=True)


def _fresh(folder: Path) -> Path:
    """Return a new file: the agent reads it when the step is over, and shows its name as the heading."""
    for number in range(1, _SUMMARY_NAMES):
        path = folder / ("mde-readiness.md" if number == 1 else f"mde-readiness-{number}.md")
        with suppress(FileExistsError):
            path.touch(exist_ok=False)
            return path
    raise FileExistsError(17, "too many summaries", str(folder))


def _gitlab(_summary: Summary, outputs: Sequence[str]) -> None:
    """Say what GitLab would show: it reads artifacts, and nothing from a log."""
    from checker.reporters.outputs import parse_outputs

    if not {"gitlab", "junit"} & {output.kind for output in parse_outputs(outputs)}:
        _say("--ci gitlab: GitLab shows artifacts: write -o junit.xml, -o gitlab:gl-code-quality-report.json")


@contextmanager
def _handing_over(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        _say(f"{what} is not written: {error.strerror or error}")


def _say(text: str) -> None:
    """Print a warning to standard error; GitHub and Azure take nothing in it for a command."""
    click.echo(harmless(f"warning: {text}"), err=True)
