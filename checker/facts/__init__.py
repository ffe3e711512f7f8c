"""What a rule may ask about: the catalogue of facts, and how a text becomes a value."""
