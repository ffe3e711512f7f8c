"""Coalescing and judging: the two engines give the same."""
