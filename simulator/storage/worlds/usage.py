"""What a sandbox has come to hold, for those who look after sandboxes."""

from dataclasses import dataclass, field

from sqlalchemy import Connection

from . import layers, lifecycle, sandboxes, snapshots
from .sandboxes import SandboxDetails
from .session import SandboxSession
from .snapshots import Snapshot


@dataclass(frozen=True, kw_only=True, slots=True)
class SandboxUsage:
    """A sandbox, the devices that it claims, and how many entities changed since its baseline, by kind."""

    details: SandboxDetails
    devices: list[str] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)
    changes: dict[str, int] = field(default_factory=dict)


def usage_of(world: SandboxSession) -> SandboxUsage:
    """What the sandbox of a unit of work holds."""
    return _usage(world.connection, world.details, world.real_now)


def usages(connection: Connection, *, after: str, limit: int, now: int) -> list[SandboxUsage]:
    """What at most `limit` sandboxes with names greater than `after` hold, by name.

    `now` is real time (epoch milliseconds).
    """
    found = sandboxes.page(connection, after=after, limit=limit)
    return [_usage(connection, each, now) for each in found]


def _usage(connection: Connection, details: SandboxDetails, now: int) -> SandboxUsage:
    number = details.ref.id
    return SandboxUsage(
        details=details,
        devices=lifecycle.claimed(connection, number, now),
        snapshots=snapshots.of_sandbox(connection, number),
        changes=layers.changes(connection, details.ref.layer, details.baseline.layer),
    )
