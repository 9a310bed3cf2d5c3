"""What stands between every request and its handler: one straight way, and the pieces of it."""
