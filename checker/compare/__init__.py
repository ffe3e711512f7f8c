"""What changed: between two results, over many of them, and between two packs on one inventory."""
