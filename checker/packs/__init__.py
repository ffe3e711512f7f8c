"""YAML to a plan: packs with their rules, parameters, cases and attestations, and every problem that they have."""
