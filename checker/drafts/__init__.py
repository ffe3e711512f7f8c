"""Files of a rollout, drafted from a run for people to fill in: waves, attestations."""
