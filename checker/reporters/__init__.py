"""Result → bytes: one file per format, and one table of them in :mod:`checker.reporters.outputs`."""
