"""The command line: ``python -m checker``, or ``mde-readiness`` once installed."""

import sys


def main() -> None:
    """Run the command line; a signal, also while it is still being loaded or is leaving, ends it in order."""
    from checker.cli.stop import STOP, StoppedError

    try:
        with STOP.orderly(last=True):
            from checker.cli.main import main as run

            run()
    except (KeyboardInterrupt, StoppedError):
        sys.exit(STOP.end())


if __name__ == "__main__":
    main()
