"""Reads a whole result back from its files, so that any report can be written later, without the inventory."""
