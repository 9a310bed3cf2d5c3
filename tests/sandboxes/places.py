"""Sandboxes as tests talk to them: each by its path prefix, on one instance or on several."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from simulator.http.endpoint import CONTEXT
from simulator.services.context import AppContext
from tests.support.lab import Client, Headers, Lab
from tests.support.replies import Json, Reply
from tests.support.worlds import profile, world

HOME: Final = "home"
"""The profile that every marked world has, at LabCable on the device `TV`."""


def marked(name: str, **lists: Any) -> dict[str, Any]:  # noqa: ANN401 - as `world`
    """The base fixture with one login, whose userID says where it belongs."""
    home = profile(HOME, attributes={"userID": name})
    return world(**{**lists, "profiles": [home, *lists.get("profiles", ())]})


@dataclass(frozen=True, kw_only=True)
class Place(Lab):
    """One sandbox: whatever is asked goes out under `/s/{name}`."""

    name: str
    outside: Lab

    async def call(self, method: str, path: str, headers: Headers = (), **options: Json) -> Reply:
        reply = await self.outside.call(method, f"/s/{self.name}{path}", headers, **options)
        assert reply.headers["X-Sim-Sandbox"] == self.name
        return reply

    async def about(self) -> Json:
        """What the admin API says of the sandbox."""
        return await self.outside.admin("GET", f"sandboxes/{self.name}")

    async def generation(self) -> int:
        # Any answer tells it; what the sandbox is about takes ten times as long.
        return int((await self.ask("GET", "settings")).headers["X-Sim-Generation"])

    async def baseline(self) -> str:
        return str((await self.about())["baseline"])


@dataclass(frozen=True, kw_only=True)
class Replicas(Lab):
    """Several instances on one database: each request goes to the next of them."""

    turns: Iterator[Client]

    async def call(self, method: str, path: str, headers: Headers = (), **options: Json) -> Reply:
        one = Lab(client=next(self.turns), clock=self.clock)
        return await one.call(method, path, headers, **options)


def place(lab: Lab, name: str) -> Place:
    """The sandbox `name`, which exists."""
    return Place(client=lab.client, clock=lab.clock, name=name, outside=lab)


async def open_place(
    lab: Lab, name: str, document: Mapping[str, object] | None = None, **source: object
) -> Place:
    """Make the sandbox `name`, from `source` if that is given, and seed it with `document`."""
    await lab.admin("POST", "sandboxes", {"id": name, **source})
    made = place(lab, name)
    if document is not None:
        await made.seed(document)
    return made


def simulator_of(lab: Lab) -> AppContext:
    """What the services of the running simulator work with."""
    app = lab.client.app
    assert app is not None
    return app[CONTEXT]


async def users(lab: Lab) -> dict[str, str]:
    """The userID of every stored profile, by the profile's id."""
    found = await lab.admin("GET", "profiles")
    return {each["id"]: each["attributes"]["userID"]["value"] for each in found["items"]}


KEEP: Final = {"keep": ["clients"]}
NOTHING: Final[Mapping[str, object]] = {"keep": []}


async def open_keeping(lab: Lab) -> Place:
    """The sandbox `bench`, which keeps clients, with one login that it was seeded with."""
    return await open_place(lab, "bench", marked("bench"), **KEEP)
