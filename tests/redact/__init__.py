"""Pseudonyms in results, messages and exports."""
