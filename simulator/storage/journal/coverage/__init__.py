"""The tally of coverage: written with the journal, kept when entries go."""
