"""Reporters, each against hand-made results."""
