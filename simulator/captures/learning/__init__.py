"""What a capture shows of the world that it was made in."""
