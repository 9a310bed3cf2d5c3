"""Requests that are overtaken: they have found their sandbox when something happens to it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from simulator.storage.worlds.resolution import SandboxHints
from simulator.storage.worlds.sandboxes import SandboxRef
from tests.sandboxes.places import HOME, Place, simulator_of
from tests.support.lab import App
from tests.support.replies import Json, Reply
from tests.support.worlds import profile

ChangeKind = Callable[[Place], Awaitable[object]]


@dataclass(frozen=True, kw_only=True)
class Caller:
    """An app that has registered in a place, whose one login has `mark` for its userID."""

    place: Place
    mark: str
    statement: str
    credentials: Json
    app: App


@dataclass(frozen=True, kw_only=True)
class Late:
    """A request that writes, and the status that it gets; a token leaves nothing but a drawn id."""

    method: str = "POST"
    path: str
    status: int = 200
    options: Callable[[Caller], Json] = lambda _: {}
    leaves_a_row: bool = True

    async def send(self, caller: Caller) -> Reply:
        """Send it to the caller's place, whatever becomes of that."""
        path = f"/s/{caller.place.name}{self.path}"
        headers = {} if self.path.startswith("/admin/") else caller.app.headers
        outside = caller.place.outside
        return await outside.call(self.method, path, headers, **self.options(caller))


_SESSION: Final = {
    "mvpd": "LabDish",
    "domainName": "lab.example",
    "redirectUrl": "https://lab.example",
}
_MERGE: Final = {"document": {"name": "late", "mvpds": [{"id": "Late"}]}, "mode": "merge"}


def _admin(method: str, path: str, status: int, body: Json = None) -> Late:
    return Late(
        method=method, path=f"/admin/v1/{path}", status=status, options=lambda _: {"json": body}
    )


LATE: Final[Mapping[str, Late]] = {
    "register": Late(
        path="/o/client/register",
        status=201,
        options=lambda caller: {"json": {"software_statement": caller.statement}},
    ),
    "token": Late(
        path="/o/client/token",
        status=201,
        options=lambda caller: {
            "data": {
                "client_id": caller.credentials["client_id"],
                "client_secret": caller.credentials["client_secret"],
                "grant_type": "client_credentials",
            }
        },
        leaves_a_row=False,
    ),
    # Whoever asks for a profile first becomes its owner.
    "profiles": Late(method="GET", path="/api/v2/LABSP/profiles"),
    "profile": Late(method="GET", path="/api/v2/LABSP/profiles/LabCable"),
    "logout": Late(
        method="GET", path="/api/v2/LABSP/logout/LabCable?redirectUrl=https%3A%2F%2Flab.example"
    ),
    "session": Late(path="/api/v2/LABSP/sessions", options=lambda _: {"data": _SESSION}),
    "create": _admin("POST", "profiles", 201, profile("late", "late-tv")),
    "change": _admin("PATCH", f"profiles/{HOME}", 200, {"expires_in": "P1D"}),
    "delete": _admin("DELETE", "profiles/own", 204),
    "invalidate": _admin("POST", f"profiles/{HOME}/invalidate", 200),
    "switch": _admin("PATCH", "settings", 200, {"logout.url": "relative"}),
    "configure": _admin("POST", "mvpds", 201, {"id": "Late"}),
    "merge": _admin("POST", "seed", 200, _MERGE),
}


@asynccontextmanager
async def overtaken_by(
    caller: Caller, deed: Callable[[], Awaitable[object]]
) -> AsyncIterator[list[str]]:
    """Within this, `deed` is done after the next request was resolved and before it is answered.

    Requests that the deed itself sends pass as usual. Gives the sandbox of the one overtaken.
    """
    engine = simulator_of(caller.place.outside).engine
    resolve = engine.resolve
    overtaken: list[str] = []

    async def slowly(hints: SandboxHints) -> SandboxRef:
        found = await resolve(hints)
        engine.resolve = resolve  # type: ignore[method-assign]
        overtaken.append(found.name)
        await deed()
        return found

    engine.resolve = slowly  # type: ignore[method-assign]
    try:
        yield overtaken
    finally:
        engine.resolve = resolve  # type: ignore[method-assign]
