"""A bucket of records to outcomes: one value per fact, the truth of every test, the outcome of every rule."""
