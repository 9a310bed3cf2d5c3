"""Authentication sessions, the profiles they end in, and logout."""
