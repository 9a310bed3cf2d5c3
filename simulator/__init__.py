"""A stand-in for the Adobe Pass Authentication backend, with real state behind it."""

__version__ = "0.1.0"
