"""Measures the promises about speed and size."""
