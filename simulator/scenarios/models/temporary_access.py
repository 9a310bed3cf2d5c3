"""Access without a login: TempPass trials that have begun, and degradation rules."""

from simulator.domain.decisions.degradation import DegradationRule
from simulator.domain.decisions.temp_pass import TempPassTrial

from .base import Entity


class TempPassModel(Entity, of=TempPassTrial):
    """A TempPass trial whose clock is running, or has run out."""


class DegradationModel(Entity, of=DegradationRule):
    """A degradation rule on one integration."""
