"""Learning a world from a capture, and making a capture shareable."""
