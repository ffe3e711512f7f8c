"""The command line: ``python -m checker``, or ``mde-readiness`` once installed."""

import gc
import sys
from typing import Final

# How often Python looks for cycles. Nearly all that a run makes lives as long as it, so looking again and again finds
# nothing: with Python's own numbers (700, 10, 10) that was a fifth of a cold start (benchmarks/README.md).
SELDOM: Final = (10_000, 20, 50)


def main() -> None:
    """Run the command line; a signal, also while it is still being loaded or is leaving, ends it in order."""
    gc.set_threshold(*SELDOM)
    from checker.cli.stop import STOP, StoppedError

    try:
        with STOP.orderly(last=True):
            from checker.cli.main import main as run

            run()
    except (KeyboardInterrupt, StoppedError):
        sys.exit(STOP.end())
    finally:
        gc.freeze()  # Python need not look at all of it once more before it ends


if __name__ == "__main__":
    main()
