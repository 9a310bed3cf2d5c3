"""Reading what people write: strict JSON and YAML, durations, and problems with a place."""
