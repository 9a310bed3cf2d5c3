"""What calls of the admin API return, with what tests ask for by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pass_simulator.times import read_instant
from pass_simulator.values import Result, as_tuple, mapping, member


@dataclass(frozen=True, kw_only=True)
class Entity(Result):
    """Something of a sandbox's world, such as a profile or an MVPD: `entity["valid"]` reads a member."""

    id: str = member(default="")


@dataclass(frozen=True, kw_only=True)
class SandboxState(Result):
    """How a sandbox stands: its generation, what it goes back to, its time, and who borrowed it.

    `keep` is what resets leave: "clients", those that registered.
    """

    id: str = member(default="")
    generation: int = member(default=0)
    baseline: str = member(default="")
    keep: tuple[str, ...] = member(as_tuple, default=())
    now: datetime | None = member(read_instant)
    frozen: bool = member(default=False)
    lease: Mapping[str, Any] | None = member()
    snapshots: tuple[str, ...] = member(as_tuple, default=())


@dataclass(frozen=True, kw_only=True)
class Lease(Result):
    """A sandbox that somebody borrowed: it is reset or deleted when the time is over."""

    sandbox: str = member(default="")
    owner: str = member(default="")
    until: datetime | None = member(read_instant)
    on_return: str = member(default="reset")


@dataclass(frozen=True, kw_only=True)
class Seeded(Result):
    """What a seeding brought into the world, by kind; `warnings` are what leads nowhere in it."""

    generation: int = member(default=0)
    seeded: Mapping[str, int] = mapping()
    warnings: tuple[Mapping[str, Any], ...] = member(as_tuple, default=())


@dataclass(frozen=True, kw_only=True)
class Cleared(Result):
    """What a reset or a restore took back, by kind, and what the world is now."""

    generation: int = member(default=0)
    baseline: str | None = member()
    cleared: Mapping[str, int] = mapping()


@dataclass(frozen=True, kw_only=True)
class Snapshot(Result):
    """A state of a sandbox to come back to."""

    name: str = member(default="")
    created: datetime | None = member(read_instant)


@dataclass(frozen=True, kw_only=True)
class ClockReading(Result):
    """What a sandbox's clock shows, and what fell due when it was moved."""

    now: datetime = member(read_instant)
    mode: str = member(default="real")
    due: tuple[Mapping[str, Any], ...] = member(as_tuple, default=())

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return self.mode == "frozen"


@dataclass(frozen=True, kw_only=True)
class AccessToken(Result):
    """An access token that was minted without the registration dance."""

    access_token: str = member(default="")
    expires_in: int = member(default=0)
    client_id: str = member(default="")


@dataclass(frozen=True, kw_only=True)
class Session(Result):
    """A login attempt as the admin API sees it; `url` is where a person would log in."""

    code: str = member(default="")
    device: str | None = member()
    service_provider: str = member(default="")
    mvpd: str | None = member()
    status: str = member(default="")
    missing: tuple[str, ...] = member(as_tuple, default=())
    not_after: datetime | None = member(read_instant)
    url: str | None = member()


@dataclass(frozen=True, kw_only=True)
class MediaTokenCheck(Result):
    """What Adobe's media token verifier would say of a token."""

    status: str = member(default="")
    resource_id: str | None = member()
    requestor_id: str | None = member()
    mvpd_id: str | None = member()


@dataclass(frozen=True, kw_only=True)
class Operation(Result):
    """An operation of the backend, and how far it is simulated: exact, simplified, unproven or not simulated.

    `proven` counts the statements of Adobe's pages that a test proves; `differs` are those that do not hold.
    """

    name: str = member(default="")
    method: str = member(default="")
    path: str = member(default="")
    fidelity: str = member(default="")
    proven: int = member(default=0)
    differs: tuple[Mapping[str, Any], ...] = member(as_tuple, default=())
    open: tuple[Mapping[str, Any], ...] = member(as_tuple, default=())


@dataclass(frozen=True, kw_only=True)
class Scenario(Result):
    """A scenario that the instance knows, and what is wrong with it, if anything."""

    name: str = member(default="")
    title: str = member(default="")
    description: str = member(default="")
    problems: tuple[str, ...] = member(as_tuple, default=())


@dataclass(frozen=True, kw_only=True)
class Check(Result):
    """Whether a scenario document can be used, and every problem that it has."""

    valid: bool = member(default=False)
    problems: tuple[Mapping[str, Any], ...] = member(as_tuple, default=())


@dataclass(frozen=True, kw_only=True)
class JournalEntry(Result):
    """One request of a device or a user agent: what was asked, what was answered, and why.

    `rule` is the row that decided, `explanation` its reasons in plain words, `changes` the entities
    that it created, updated and deleted.
    """

    id: str = member(default="")
    at: datetime | None = member(read_instant)
    operation: str | None = member()
    method: str = member(default="")
    path: str = member(default="")
    status: int | None = member()
    rule: str | None = member()
    rules: tuple[str, ...] = member(as_tuple, default=())
    error: str | None = member()
    service_provider: str | None = member()
    mvpd: str | None = member()
    device: str | None = member()
    client: str | None = member()
    platform: str | None = member()
    code: str | None = member()
    generation: int = member(default=0)
    explanation: tuple[str, ...] = member(as_tuple, default=())
    changes: Mapping[str, Any] = mapping()
    decisions: tuple[Mapping[str, Any], ...] = member(as_tuple, default=())
    fault: str | None = member()
    duration_ms: float | None = member()


@dataclass(frozen=True, kw_only=True)
class Verification(Result):
    """Whether the journal holds what is expected; `nearest` are the entries that come closest.

    It is `incomplete` where entries were dropped, so that it cannot be told; then `count` is None.
    """

    verified: bool = member(default=False)
    count: int | None = member()
    incomplete: bool = member(default=False)
    nearest: tuple[Mapping[str, Any], ...] = member(as_tuple, default=())


@dataclass(frozen=True, kw_only=True)
class Waited(Result):
    """What a wait came to: what was waited for, by its name."""

    met: bool = member(default=False)
    code: Mapping[str, Any] | None = member()
    profile: Mapping[str, Any] | None = member()
    request: Mapping[str, Any] | None = member()
    requests: tuple[Mapping[str, Any], ...] = member(as_tuple, default=())
