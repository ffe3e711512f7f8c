"""A result that is read back says what it said."""
