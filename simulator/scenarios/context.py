"""What a scenario's entries become, and what they must know of the world they go into."""

from typing import Protocol, TypeAlias

from simulator.domain.access.registration import Application, Client
from simulator.domain.configuration import Integration, Mvpd, ServiceProvider
from simulator.domain.decisions.degradation import DegradationRule
from simulator.domain.decisions.temp_pass import TempPassTrial
from simulator.domain.faults import Fault
from simulator.domain.households import Device, Subscriber
from simulator.domain.sessions.profiles import Profile
from simulator.domain.sso.identities import Issuer, SsoLink
from simulator.domain.switches import Setting

Record: TypeAlias = (
    ServiceProvider
    | Mvpd
    | Integration
    | Application
    | Client
    | Issuer
    | Subscriber
    | Device
    | Profile
    | SsoLink
    | TempPassTrial
    | DegradationRule
    | Fault
    | Setting
)
"""Anything that a world holds and a scenario can describe."""


class Context(Protocol):
    """The world that an entry is made for: a scenario's own, or a live one behind the admin API."""

    @property
    def now(self) -> int:
        """The moment that offsets count from; 0 in a scenario, whose times stay offsets."""

    def new_id(self, kind: str, /) -> str:
        """An id for a `profile`, `temp-pass`, `degradation` or `fault` that came without one."""

    def subscriber(self, subscriber: str, /) -> Subscriber | None:
        """The subscriber of that id."""

    def integration(self, service_provider: str, mvpd: str, /) -> Integration | None:
        """The integration of that pair."""
