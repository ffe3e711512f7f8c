"""Where the time of a run went (``--timings``), told on stderr when it is over."""

import sys
from dataclasses import dataclass, field
from time import perf_counter

import click

KIB = 1024  # ru_maxrss counts KiB on Linux, and bytes on macOS


@dataclass(slots=True)
class Timings:
    """The stages of a run, each with the seconds that it took; stages of one name add up."""

    seconds: dict[str, float] = field(default_factory=dict)
    _stage: str = "start"
    _since: float = field(default_factory=perf_counter)

    def begin(self, stage: str) -> None:
        """Note that a stage begins and the one before it has ended."""
        now = perf_counter()
        self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + now - self._since
        self._stage, self._since = stage, now

    def tell(self) -> None:
        """Print the stages on stderr, and the most memory that the process held where the system tells it."""
        self.begin("end")
        total = sum(self.seconds.values()) or 1.0
        rows = [("stage", "seconds", "share")]
        rows += [(stage, f"{seconds:.2f}", f"{seconds / total:.1%}") for stage, seconds in self.seconds.items()]
        rows += [("all", f"{total:.2f}", peak_memory())]
        width = max(len(stage) for stage, *_ in rows)
        for stage, seconds, share in rows:
            click.echo(f"{stage:<{width}}  {seconds:>8}  {share:>6}".rstrip(), err=True)


def peak_memory() -> str:
    """Return the most memory that this process held, in words; empty on Windows, which does not tell."""
    if sys.platform == "win32":
        return ""
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return f"peak memory {most / KIB if sys.platform != 'darwin' else most / KIB / KIB:,.0f} MiB"
