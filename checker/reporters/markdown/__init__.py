"""The result as Markdown, and what any Markdown is made of."""
