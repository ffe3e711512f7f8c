"""Ctrl-C, SIGTERM and SIGHUP: whatever a run is at, it clears up, says so in one line and exits with 128 + the signal.

Nothing heavy is imported here, so that the signals are ours before anything else is loaded. Ctrl-C does not raise
``KeyboardInterrupt``, which Python takes for its own: it ends the process by the signal if that passes a text that is
executed, as dataclasses do. Polars still raises one for the same signal; it is taken for what it is.
"""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer
from types import FrameType
from typing import Any, Final

SIGNALS: Final = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
AGAIN: Final = 0.5  # seconds after which a run that has not noticed is stopped again


class StoppedError(BaseException):
    """The system asked the run to stop; no handler of errors on the way may take it for one."""


class Stop:
    """What has been asked of this process, and what it had done by then."""

    def __init__(self) -> None:
        self.number = 0  # the signal that came; 0: none
        self.written = False  # whether the reports were in their places by then
        self._again: Timer | None = None
        self._held = self._said = False

    @contextmanager
    def orderly(self, *, last: bool = False) -> Iterator[None]:
        """Let the signals unwind the run, so that temporaries go; put back what was in force before.

        Within another such block this one does nothing. Who ignores a signal (nohup, a job in the background) goes on
        ignoring it. What comes after the ``last`` block of a process is ignored: it would break the leaving.
        """
        if self._held:
            yield
            return
        self.number, self.written, self._held, self._said = 0, False, True, False
        before = {number: handler for number in SIGNALS if (handler := signal.getsignal(number)) != signal.SIG_IGN}
        hook, sys.unraisablehook = sys.unraisablehook, self._swallowed
        for number in before:
            signal.signal(number, self._raise)
        try:
            yield
        finally:
            ignore()
            self._settle()
            self._held = False
            if not last:
                sys.unraisablehook = hook
                for number, handler in before.items():
                    signal.signal(number, handler)

    def end(self) -> int:
        """Say in one line that the run was stopped, and return its exit code, as shells say it."""
        self._settle()
        if not self._said:
            self._said = True
            with suppress(OSError, ValueError, AttributeError):  # standard error is full, or closed
                after = "\n" if sys.stderr.isatty() else ""  # which has shown ^C
                what = "the reports are written" if self.written else "no report was written"
                print(f"{after}stopped; {what}", file=sys.stderr, flush=True)
        return 128 + (self.number or signal.SIGINT)

    def _raise(self, number: int, _frame: FrameType | None) -> None:
        self.number = number
        ignore()  # a second one must not break the clearing up
        if not isinstance(sys.exc_info()[1], StoppedError | KeyboardInterrupt):  # else the run unwinds already
            raise StoppedError

    def _swallowed(self, unraisable: Any) -> None:  # noqa: ANN401
        """Say nothing of what cannot be raised while the run is stopped; if that is the stop, let it come again.

        It may come while Python removes an object, and whatever is raised there goes no further.
        """
        if not self.number:
            sys.__unraisablehook__(unraisable)
        elif isinstance(unraisable.exc_value, StoppedError | KeyboardInterrupt):
            from _thread import interrupt_main

            signal.signal(self.number, self._raise)
            self._again = Timer(AGAIN, interrupt_main, [self.number])
            self._again.daemon = True
            self._again.start()

    def _settle(self) -> None:
        """Let no signal come again: the run has noticed, or is over."""
        if self._again:
            self._again.cancel()
            self._again = None


def ignore() -> None:
    """Take no notice of signals any more: the run is over, or is being stopped."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


STOP: Final = Stop()
