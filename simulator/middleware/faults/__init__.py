"""Faults on the wire: a request that is struck meets one action after the other (DESIGN 4)."""

from .middleware import faults

__all__ = ["faults"]
