"""Grading: a capture played in a world, and each answer held against the one in the capture."""
