"""The command `pass-simulator`."""

from .commands import main

__all__ = ["main"]
