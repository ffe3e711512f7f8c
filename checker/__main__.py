"""The command line: ``python -m checker``, or ``mde-readiness`` once installed."""

import sys


def main() -> None:
    """Run the command line; Ctrl-C while it is still being loaded, too, ends it with exit code 130."""
    try:
        from checker.cli.main import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)  # 128 + SIGINT, as shells say it


if __name__ == "__main__":
    main()
