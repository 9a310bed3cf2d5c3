"""State: the engine that runs units of work, the tables, and the layered worlds in them."""
