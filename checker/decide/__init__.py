"""From outcomes to what they mean for a device, for the fleet and for the pipeline."""
