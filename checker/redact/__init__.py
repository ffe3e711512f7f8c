"""Puts keyed pseudonyms in place of whatever an organisation named: in a result, in messages, and in an export."""
