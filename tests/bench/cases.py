"""What is measured: the calls of apps and of tests, each as a script of one piece of work."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Final
from urllib.parse import quote, urlencode

from .server import CONSTANT, IN_A_SANDBOX
from .wire import Wire, request
from .world import PROVIDER, Stage, identity

_API: Final = f"/api/v2/{PROVIDER}"
_REDIRECT: Final = "?redirectUrl=" + quote("https://app.example/signed-out", safe="")
_POLLS: Final = 8
_TENTH: Final = 10

Play = Callable[[Stage, Wire, int], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case: its name in the table, what one piece of work is, and over how many connections.

    `share` says how many pieces are measured, as a part of those of a cheap case.
    """

    name: str
    play: Play
    connections: int = 16
    share: float = 1.0


async def _get(path: str, _stage: Stage, wire: Wire, _number: int) -> None:
    await wire.must(request("GET", path))


def _logout(kind: str, mvpd: str, outcome: str, header: str | None = None) -> Play:
    return partial(_log_out, kind, mvpd, outcome, header)


async def _log_out(
    kind: str, mvpd: str, outcome: str, header: str | None, stage: Stage, wire: Wire, number: int
) -> None:
    headers = stage.headers(f"{kind}-{number}", number)
    if header:
        headers[header] = identity(number)
    asked = request("GET", f"{_API}/logout/{mvpd}{_REDIRECT}", headers)
    await wire.must(asked, f'"actionName":"{outcome}"'.encode())


async def _profiles(stage: Stage, wire: Wire, number: int) -> None:
    headers = stage.headers(f"home-{number}", number)
    await wire.must(request("GET", f"{_API}/profiles", headers), b"Cablevision")


async def _profile(stage: Stage, wire: Wire, number: int) -> None:
    headers = stage.headers(f"home-{number}", number)
    await wire.must(request("GET", f"{_API}/profiles/Cablevision", headers), b"Cablevision")


async def _create_session(stage: Stage, wire: Wire, number: int) -> str:
    headers = stage.headers(f"new-{number}", number)
    form = urlencode(
        {"mvpd": "Cablevision", "domainName": "adobe.com", "redirectUrl": "https://a.b"}
    )
    created = await wire.must(request("POST", f"{_API}/sessions", headers, form), b'"code"')
    code: str = created.json()["code"]
    return code


async def _session(stage: Stage, wire: Wire, number: int) -> None:
    await _create_session(stage, wire, number)


async def _poll(stage: Stage, wire: Wire, number: int) -> None:
    if "code" not in wire.notes:
        wire.notes["code"] = await _create_session(stage, wire, number)
    headers = stage.headers(f"new-{number}", number)
    await wire.must(request("GET", f"{_API}/sessions/{wire.notes['code']}", headers))


async def _authorize(kind: str, stage: Stage, wire: Wire, number: int) -> None:
    headers = stage.headers(f"{kind}-{number}", number)
    asked = request(
        "POST", f"{_API}/decisions/authorize/Cablevision", headers, {"resources": ["NEWS"]}
    )
    await wire.must(asked, b'"authorized":true')


async def _preauthorize(stage: Stage, wire: Wire, number: int) -> None:
    headers = stage.headers(f"home-{number}", number)
    wanted = {"resources": ["NEWS", "SPORTS", "MOVIES"]}
    asked = request("POST", f"{_API}/decisions/preauthorize/Cablevision", headers, wanted)
    await wire.must(asked, b'"authorized":true')


async def _registered(stage: Stage, wire: Wire, _number: int) -> Stage:
    at = {"X-Sim-Sandbox": stage.sandbox}
    statement = {"software_statement": stage.statement}
    told = await wire.must(request("POST", "/o/client/register", at, statement), b"client_id")
    members = told.json()
    form = urlencode(
        {
            "client_id": members["client_id"],
            "client_secret": members["client_secret"],
            "grant_type": "client_credentials",
        }
    )
    token = (await wire.must(request("POST", "/o/client/token", at, form), b"access_token")).json()
    return Stage(sandbox=stage.sandbox, tokens=(token["access_token"],), statement=stage.statement)


async def _register(stage: Stage, wire: Wire, number: int) -> None:
    await _registered(stage, wire, number)


async def _journey(stage: Stage, wire: Wire, number: int) -> None:
    """Register, log in with a code while a second screen approves it, watch, and log out."""
    own = await _registered(stage, wire, number)
    code = await _create_session(own, wire, number)
    await wire.must(stage.admin("POST", f"codes/{code}/approve", {}))
    headers = own.headers(f"new-{number}", number)
    await wire.must(request("GET", f"{_API}/profiles/code/{code}", headers), b"Cablevision")
    await wire.must(request("GET", f"{_API}/profiles", headers), b"Cablevision")
    await _authorize("new", own, wire, number)
    left = request("GET", f"{_API}/logout/Cablevision{_REDIRECT}", headers)
    await wire.must(left, b'"actionName":"logout"')


async def _mixed(stage: Stage, wire: Wire, number: int) -> None:
    """Of ten calls, eight poll; the others start a login and log out."""
    turn = number % _TENTH
    if turn == 0:
        await _log_out("mixed", "Cablevision", "logout", None, stage, wire, number)
    elif turn == 1:
        await _create_session(stage, wire, number)
    elif turn < _POLLS:
        await _poll(stage, wire, number)
    else:
        await _profiles(stage, wire, number)


async def _admin(path: str, body: object, stage: Stage, wire: Wire, _number: int) -> None:
    await wire.must(stage.admin("POST", path, body))


async def _snapshot(stage: Stage, wire: Wire, number: int) -> None:
    await wire.must(stage.admin("POST", "snapshots", {"name": f"s{number}"}))
    await wire.must(stage.admin("DELETE", f"snapshots/s{number}"))


BASE: Final = Case(name="constant handler", play=partial(_get, CONSTANT))
LOGOUT: Final = Case(
    name="logout (L5: at the provider)", play=_logout("endpoint", "Cablevision", "logout")
)
READ: Final = Case(name="profiles", play=_profiles)
POLL: Final = Case(name="session, polled", play=_poll)

CASES: Final = (
    BASE,
    Case(name="constant handler in a sandbox", play=partial(_get, IN_A_SANDBOX)),
    READ,
    Case(name="profile at one provider", play=_profile),
    POLL,
    Case(name="preauthorize three", play=_preauthorize),
    LOGOUT,
    Case(name="logout (L6: complete)", play=_logout("plain", "Dish", "complete")),
    Case(
        name="logout (L8: service token)",
        play=_logout("service", "Spectrum", "logout", "AD-Service-Token"),
    ),
    Case(
        name="logout (L7: platform identity)",
        play=_logout("platform", "Comcast_SSO", "logout", "Adobe-Subject-Token"),
    ),
    Case(name="logout (L2: degraded)", play=_logout("degraded", "ATTOTT", "complete")),
    Case(name="logout (L1: TempPass)", play=_logout("home", "TempPass_5mins", "complete")),
    Case(name="logout (L10: nobody there)", play=_logout("nobody", "Cablevision", "invalid")),
    Case(name="session, created", play=_session),
    Case(name="authorize", play=partial(_authorize, "watch"), share=0.4),
    Case(name="register and token", play=_register, share=0.4),
    Case(name="journey of 8 calls", play=_journey, share=0.15),
    Case(name="30 devices, 80 % polling", play=_mixed, connections=30),
    Case(
        name="seed",
        play=partial(_admin, "seed", {"scenario": "logout-samples"}),
        connections=1,
        share=0.03,
    ),
    Case(name="reset", play=partial(_admin, "reset", {}), connections=1, share=0.05),
    Case(name="snapshot and delete", play=_snapshot, connections=1, share=0.05),
)
