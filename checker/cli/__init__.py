"""The command line, the only place that prints, exits, and knows the clock and the terminal: one file per command."""
