"""Journal entries: what is recorded of a request, explained and without secrets."""
