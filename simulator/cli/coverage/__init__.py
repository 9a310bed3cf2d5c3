"""`coverage` and the verbs below it."""
