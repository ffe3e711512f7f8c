"""Packs, opens, checks and samples evidence: a result with what it takes to prove it."""
