"""SARIF 2.1.0: the problems, or every outcome."""
