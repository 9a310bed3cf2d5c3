"""Parts of a sandbox that have calls of their own: clock, snapshots, settings, tokens."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from pass_simulator.times import Instant, Length, duration, instant
from pass_simulator.transport.calls import Client, Flow, M, call
from pass_simulator.transport.connection import Connection, drop_none, path_segment
from pass_simulator.values import Json

from .results import Cleared, ClockReading, Snapshot


class Resource(Client[M]):
    """A part of a sandbox."""

    def __init__(self, connection: Connection[M]) -> None:
        super().__init__(connection.transport)
        self._connection = connection


class Clock(Resource[M]):
    """The time of a sandbox, which drives every expiry in it."""

    @call
    def read(self) -> Flow[ClockReading]:
        """What it shows, and whether it stands still."""
        return ClockReading.of((yield from self._connection.admin("GET", "clock")))

    @call
    def now(self) -> Flow[datetime]:
        """What it shows."""
        return ClockReading.of((yield from self._connection.admin("GET", "clock"))).now

    @call
    def freeze(self, at: Instant | None = None) -> Flow[ClockReading]:
        """Stop it, now or at another instant."""
        return (yield from self._put("frozen", at))

    @call
    def set(self, to: Instant) -> Flow[ClockReading]:
        """Set it; it goes on, or stands still, as before. Set forward, the time in between passes."""
        mode = (yield from self._connection.admin("GET", "clock"))["mode"]
        return (yield from self._put(mode, to))

    @call
    def run(self, since: Instant | None = None) -> Flow[ClockReading]:
        """Let it go on, from what it shows or from another instant."""
        return (yield from self._put("real", since))

    @call
    def advance(
        self,
        by: Length | None = None,
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
    ) -> Flow[ClockReading]:
        """Move it on: `advance("PT6H")`, `advance(hours=6)`; `due` tells what fell due in between."""
        span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        body = {"by": duration(span if by is None else by)}
        return ClockReading.of((yield from self._connection.admin("POST", "clock/advance", body)))

    @call
    def reset(self) -> Flow[ClockReading]:
        """Back to real time."""
        return ClockReading.of((yield from self._connection.admin("POST", "clock/reset")))

    def _put(self, mode: str, moment: Instant | None) -> Flow[ClockReading]:
        body = drop_none(mode=mode, now=moment and instant(moment))
        return ClockReading.of((yield from self._connection.admin("PUT", "clock", body)))


class Snapshots(Resource[M]):
    """States of a sandbox to come back to."""

    @call
    def list(self) -> Flow[list[Snapshot]]:
        """Oldest first."""
        return [Snapshot.of(each) for each in (yield from self._connection.pages("snapshots"))]

    @call
    def take(self, name: str) -> Flow[Snapshot]:
        """Keep the state under a name; the sandbox goes on undisturbed."""
        return Snapshot.of((yield from self._connection.admin("POST", "snapshots", {"name": name})))

    @call
    def restore(self, name: str) -> Flow[Cleared]:
        """The world is what, and as old as, it was then."""
        path = f"snapshots/{path_segment(name)}/restore"
        return Cleared.of((yield from self._connection.admin("POST", path)))

    @call
    def delete(self, name: str) -> Flow[None]:
        """Forget it."""
        yield from self._connection.admin("DELETE", f"snapshots/{path_segment(name)}")


class Settings(Resource[M]):
    """The switches of a sandbox."""

    @call
    def show(self) -> Flow[Json]:
        """Every switch with its value and where that came from."""
        return (yield from self._connection.admin("GET", "settings"))

    @call
    def change(self, values: Mapping[str, Any]) -> Flow[Json]:
        """Set switches: `change({"logout.url": "absolute"})`; None takes one back to its default."""
        return (yield from self._connection.admin("PATCH", "settings", dict(values)))


class Tokens(Resource[M]):
    """Tokens without the dances that devices and partners go through for them."""

    @call
    def service(
        self, subject: str, *, issuer: str | None = None, expires_in: int | None = None
    ) -> Flow[str]:
        """A value for the header AD-Service-Token; seconds below zero have expired."""
        return (yield from self._create("service-tokens", subject, issuer, expires_in))

    @call
    def subject(
        self, subject: str, *, issuer: str | None = None, expires_in: int | None = None
    ) -> Flow[str]:
        """A value for the header Adobe-Subject-Token, or for Roku's."""
        return (yield from self._create("subject-tokens", subject, issuer, expires_in))

    @call
    def partner_status(
        self,
        *,
        mvpd: str | None = None,
        provider: str | None = None,
        access_status: Literal["granted", "denied", "restricted", "notDetermined"] = "granted",
        expires_in: int | None = None,
    ) -> Flow[str]:
        """A value for the header AP-Partner-Framework-Status."""
        body = drop_none(
            mvpd=mvpd, provider=provider, access_status=access_status, expires_in=expires_in
        )
        path = "partner-framework-statuses"
        return str((yield from self._connection.admin("POST", path, body))["header"])

    @call
    def saml_response(
        self,
        mvpd: str,
        *,
        subscriber: str | None = None,
        name_id: str | None = None,
        attributes: Mapping[str, Any] | None = None,
        in_response_to: str | None = None,
    ) -> Flow[str]:
        """The Base64 for the form's SAMLResponse: which provider answers, about whom, and what it tells."""
        body = drop_none(
            mvpd=mvpd,
            subscriber=subscriber,
            name_id=name_id,
            attributes=attributes,
            in_response_to=in_response_to,
        )
        return str(
            (yield from self._connection.admin("POST", "saml-responses", body))["saml_response"]
        )

    def _create(
        self, path: str, subject: str, issuer: str | None, expires_in: int | None
    ) -> Flow[str]:
        body = drop_none(subject=subject, issuer=issuer, expires_in=expires_in)
        return str((yield from self._connection.admin("POST", path, body))["token"])
