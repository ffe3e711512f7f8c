"""Evidence: a result with everything that proves it, and samples of it."""
