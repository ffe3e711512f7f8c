"""Tells for every device of an exported inventory whether it can move, by which path, and what stands in the way."""

__version__ = "0.1.0"
