"""Exports to records: how each is recognised, read whole or refused, and joined to devices."""
