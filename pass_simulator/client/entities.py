"""The entities of a sandbox's world: created, read, changed and deleted, and what can become of some."""

from typing import Any

from pass_simulator.times import Length, duration
from pass_simulator.transport.calls import Flow, M, call
from pass_simulator.transport.connection import Connection, drop_none, path_segment
from pass_simulator.values import Json

from .resources import Resource
from .results import Entity


class Collection(Resource[M]):
    """The entities of one kind, such as `sandbox.profiles`; members are those of the admin API."""

    def __init__(self, connection: Connection[M], path: str) -> None:
        super().__init__(connection)
        self._path = path

    @call
    def list(self, /, **filters: str) -> Flow[list[Entity]]:
        """Those that match all filters, such as `device="living-room-tv"`; all of them without any."""
        found = yield from self._connection.pages(self._path, filters)
        return [Entity.of(each) for each in found]

    @call
    def get(self, entity_id: str) -> Flow[Entity]:
        """One of them. Raises `AdminError` when there is none with this id."""
        return Entity.of((yield from self._connection.admin("GET", self._at(entity_id))))

    @call
    def create(self, /, **members: Any) -> Flow[Entity]:  # noqa: ANN401 - JSON
        """Add one; members that are None are left out."""
        return Entity.of(
            (yield from self._connection.admin("POST", self._path, drop_none(**members)))
        )

    @call
    def change(self, entity_id: str, /, **members: Any) -> Flow[Entity]:  # noqa: ANN401 - JSON
        """Change members of one; None takes a member back to its default."""
        return Entity.of((yield from self._connection.admin("PATCH", self._at(entity_id), members)))

    @call
    def delete(self, entity_id: str) -> Flow[None]:
        """Delete one that nothing refers to."""
        yield from self._connection.admin("DELETE", self._at(entity_id))

    def _act(self, entity_id: str, action: str) -> Flow[Entity]:
        path = f"{self._at(entity_id)}/{action}"
        return Entity.of((yield from self._connection.admin("POST", path)))

    def _at(self, entity_id: str) -> str:
        return f"{self._path}/{path_segment(entity_id)}"


class StoredProfiles(Collection[M]):
    """The profiles of a sandbox, whoever they belong to, and what can become of them."""

    @call
    def invalidate(self, profile: str) -> Flow[Entity]:
        """The MVPD ended the login."""
        return (yield from self._act(profile, "invalidate"))

    @call
    def expire(self, profile: str) -> Flow[Entity]:
        """The profile's time is over now."""
        return (yield from self._act(profile, "expire"))


class Applications(Collection[M]):
    """The registered applications of a sandbox, with their software statements."""

    @call
    def revoke(self, application: str) -> Flow[Entity]:
        """Every app that registered with its statement is locked out."""
        return (yield from self._act(application, "revoke"))

    @call
    def approve(self, application: str) -> Flow[Entity]:
        """The statement is good again, and so are the apps that registered with it."""
        return (yield from self._act(application, "approve"))


class KnownDevices(Collection[M]):
    """The devices of a sandbox, and claims on them."""

    @call
    def claim(
        self, device: str, *, lasting: Length | None = None, take: bool = False
    ) -> Flow[Json]:
        """Requests of the device that name no sandbox belong to this one from now on.

        Where another sandbox has claimed it, that is an `AdminError` unless you `take` it.
        """
        body = drop_none(**{"for": lasting and duration(lasting), "take": take or None})
        return (yield from self._connection.admin("PUT", self._at(device) + "/claim", body))

    @call
    def unclaim(self, device: str) -> Flow[None]:
        """End a claim."""
        yield from self._connection.admin("DELETE", self._at(device) + "/claim")


class Faults(Collection[M]):
    """What goes wrong on purpose."""

    @call
    def add(
        self,
        action: str | Json,
        /,
        *,
        skip: int | None = None,
        times: int | None = None,
        probability: float | None = None,
        id: str | None = None,  # noqa: A002 - the member's name
        **match: str,
    ) -> Flow[Entity]:
        """Let requests fail: `add("internal_server_error", operation="profiles", times=2)`.

        `action` is the code of an error, or an object such as `{"kind": "status", "status": 503}` or
        `{"kind": "delay", "seconds": 2}`. `match` says which requests (operation, device, mvpd,
        service_provider, client, platform, resource); `skip` lets the first ones pass, `times` is
        how many fail after that.
        """
        body = drop_none(
            id=id, match=match, action=action, skip=skip, times=times, probability=probability
        )
        return Entity.of((yield from self._connection.admin("POST", self._path, body)))

    @call
    def clear(self) -> Flow[int]:
        """Delete all faults: how many there were."""
        found = yield from self._connection.admin("DELETE", self._path)
        return int(found["deleted"])
