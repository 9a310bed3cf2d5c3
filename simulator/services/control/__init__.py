"""What the admin API does to a sandbox: seeding, state, clock, codes, entities."""
