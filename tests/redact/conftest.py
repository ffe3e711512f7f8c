"""The command line and the files that a user gives it, as the tests of commands have them."""

from tests.cli.conftest import export, governing, run

__all__ = ["export", "governing", "run"]
