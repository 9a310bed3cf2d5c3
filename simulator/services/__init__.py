"""Use cases, one per module. Each owns its transaction: it hands the engine one unit of work."""
