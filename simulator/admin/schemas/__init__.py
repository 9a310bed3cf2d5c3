"""The JSON of the admin API: what comes in, and what goes out."""
