"""The command line: ``python -m checker``, or ``mde-readiness`` once installed."""

from checker.cli.main import main

if __name__ == "__main__":
    main()
