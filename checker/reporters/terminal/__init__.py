"""What stands in a terminal: the summary, and explanations."""
