"""Things done to one sandbox at the same moment that can only happen one after the other."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.support.lab import device_header
from tests.support.server import serving

from .progress import progress
from .tally import Tally

_PATIENCE: Final = 20.0
_RANDOM: Final = random.Random(1)
_LOGOUT: Final = "/api/v2/REF30/logout/Cablevision?redirectUrl=https%3A%2F%2Fapp.example"
_SESSION: Final = {
    "mvpd": "Cablevision",
    "domainName": "app.example",
    "redirectUrl": "https://app.example",
}
_WRITES: Final = 8
_NOT_LOGGED_IN: Final = frozenset({"pending", "started", "failed"})


class Answer(NamedTuple):
    """What came of a call; status 0 where nothing came."""

    status: int
    body: Any

    @property
    def ok(self) -> bool:
        """Whether it was done."""
        return self.status // 100 == 2


class Racers:
    """Callers of a simulator who begin together."""

    def __init__(self, session: ClientSession, origin: str, tally: Tally) -> None:
        self._session = session
        self._origin = origin
        self._tally = tally
        self._token = ""

    async def begin(self) -> None:
        """Be one app instance: with tokens of their own, only the first to ask would have a profile."""
        self._token = (await self.must("/admin/v1/tokens"))["access_token"]

    async def call(
        self,
        method: str,
        path: str,
        *,
        device: str = "",
        sandbox: str = "default",
        **body: Any,  # noqa: ANN401
    ) -> Answer:
        """Call, as this device where one is named."""
        headers = {"X-Sim-Sandbox": sandbox}
        if device:
            headers["Authorization"] = f"Bearer {self._token}"
            headers["AP-Device-Identifier"] = device_header(device)
        tally = self._tally
        tally.tries += 1
        url = self._origin + path
        try:
            async with self._session.request(method, url, headers=headers, **body) as response:
                found = await response.json() if response.content_length else None
                answer = Answer(response.status, found)
        except TimeoutError:
            tally.hangs += 1
            return Answer(0, None)
        except ClientError as error:
            tally.errors += 1
            tally.remember(f"{method} {path}: {error!r}")
            return Answer(0, None)
        tally.acknowledged += answer.ok
        if answer.status >= 500:
            tally.errors += 1
            tally.remember(f"{method} {path}: {answer.status}")
        return answer

    async def must(self, path: str, sandbox: str = "default", **members: object) -> Any:  # noqa: ANN401 - JSON
        """The answer to a POST that nothing can be in the way of."""
        answer = await self.call("POST", path, sandbox=sandbox, json=members)
        if not answer.ok:
            message = f"POST {path}: {answer}"
            raise AssertionError(message)
        return answer.body

    async def together(self, calls: Sequence[Awaitable[Answer]]) -> list[Answer]:
        """Their answers, in this order; they set out in another."""
        tasks: list[asyncio.Future[Answer]] = [*map(asyncio.ensure_future, calls)]
        _RANDOM.shuffle(shuffled := [*tasks])
        await asyncio.gather(*shuffled)
        return [task.result() for task in tasks]


async def _logouts(racers: Racers, number: int, tally: Tally) -> None:
    """One of them ends the login, and the others find none."""
    device = f"logs-out-{number}"
    pair = {"service_provider": "REF30", "mvpd": "Cablevision"}
    await racers.must("/admin/v1/profiles", device=device, **pair)
    reads = [racers.call("GET", "/api/v2/REF30/profiles", device=device) for _ in range(3)]
    logouts = [racers.call("GET", _LOGOUT, device=device) for _ in range(6)]
    answers = (await racers.together([*logouts, *reads]))[: len(logouts)]
    actions = [each.body["logouts"]["Cablevision"]["actionName"] for each in answers if each.ok]
    left = await racers.call("GET", "/api/v2/REF30/profiles", device=device)
    if actions.count("logout") != 1:
        tally.half += 1
        tally.remember(f"logouts of one profile were {actions}")
    if left.body != {"profiles": {}}:
        tally.lost += 1
        tally.remember(f"after logouts there is {left.body}")


async def _codes(racers: Racers, number: int, tally: Tally) -> None:
    """A login that was approved is a profile, and one that was refused or is over is none."""
    device = f"logs-in-{number}"
    started = await racers.call("POST", "/api/v2/REF30/sessions", device=device, data=_SESSION)
    code = started.body["code"]
    at = f"/admin/v1/codes/{code}"
    polled = f"/api/v2/REF30/profiles/code/{code}"
    verbs = [
        racers.call("POST", f"{at}/{verb}", json={})
        for verb in ("approve", "approve", "deny", "expire")
    ]
    polls = [racers.call("GET", polled, device=device) for _ in range(4)]
    approved, again, denied, expired, *_ = await racers.together([*verbs, *polls])
    session = await racers.call("GET", f"/admin/v1/sessions/{code}")
    profiles = await racers.call("GET", f"/admin/v1/profiles?device={device}")
    there = bool(profiles.body["items"])
    accepted = approved.ok or again.ok
    status = session.body["status"]
    if accepted and not there:
        tally.lost += 1
        tally.remember(f"an approved code has no profile, and its session is {status}")
    # The time of a code can be ended after the login, too, which stays.
    if there != accepted or (accepted and denied.ok) or (there and status in _NOT_LOGGED_IN):
        tally.half += 1
        done = {"approved": accepted, "denied": denied.ok, "expired": expired.ok}
        tally.remember(f"{done}, profile: {there}, session: {status}")


async def _worlds(racers: Racers, number: int, tally: Tally) -> None:
    """What is written in pairs is there in pairs, in the world and in what is made of it."""
    snapshot, clone = f"s{number}", f"clone-{number}"
    here = {"sandbox": "racing"}

    def pair(name: str) -> Awaitable[Answer]:
        both = [
            {"id": f"{side}-{name}", "username": f"{side}-{name}"} for side in ("left", "right")
        ]
        document = {"name": "pair", "subscribers": both}
        body = {"mode": "merge", "document": document}
        return racers.call("POST", "/admin/v1/seed", json=body, **here)

    await racers.must("/admin/v1/snapshots", **here, name=snapshot)
    await racers.together(
        [
            *(pair(f"{number}-{each}") for each in range(_WRITES)),
            racers.call("POST", f"/admin/v1/snapshots/{snapshot}/restore", json={}, **here),
            racers.call("POST", "/admin/v1/snapshots", json={"name": f"{snapshot}-too"}, **here),
            racers.call("POST", "/admin/v1/reset", json={}, **here),
            racers.call(
                "POST", "/admin/v1/sandboxes", json={"id": clone, "from_sandbox": "racing"}
            ),
        ]
    )
    last = await pair(f"{number}-last")
    for sandbox in ("racing", clone):
        found = await racers.call("GET", "/admin/v1/subscribers?limit=1000", sandbox=sandbox)
        if not found.ok:
            continue
        ids = {each["id"] for each in found.body["items"]}
        left = {each.removeprefix("left-") for each in ids if each.startswith("left-")}
        right = {each.removeprefix("right-") for each in ids if each.startswith("right-")}
        if left != right:
            tally.half += 1
            tally.remember(f"pairs in {sandbox}: {sorted(left ^ right)}")
        if sandbox == "racing" and last.ok and f"{number}-last" not in left:
            tally.lost += 1
            tally.remember(f"what was merged last is not there: {number}-last")
    for name in (snapshot, f"{snapshot}-too"):
        await racers.call("DELETE", f"/admin/v1/snapshots/{name}", **here)
    await racers.call("DELETE", f"/admin/v1/sandboxes/{clone}")


_RACES: Final[Mapping[str, Callable[[Racers, int, Tally], Awaitable[None]]]] = {
    "logouts of one profile": _logouts,
    "approve, deny, expire and poll of one code": _codes,
    "reset, restore, snapshot and clone against writes": _worlds,
}


async def races(folder: Path, rounds: int) -> Tally:
    """So many rounds of each race; a sandbox beside them stays as it is."""
    tally = Tally(attack="races")
    log = folder / "races.log"
    options = ("--port", "0", "--db", str(folder / "races.db"), "--scenario", "demo")
    with serving(*options, directory=folder, log=log) as server:
        async with ClientSession(timeout=ClientTimeout(_PATIENCE)) as session:
            racers = Racers(session, server.origin, tally)
            await racers.begin()
            for name in ("racing", "bystander"):
                await racers.must("/admin/v1/sandboxes", id=name, scenario="demo")
            state = {"sandbox": "bystander"}
            before = (await racers.call("GET", "/admin/v1/state", **state)).body
            for number in range(rounds):
                for name, race in _RACES.items():
                    progress(f"{tally.attack}: {name}", number, rounds)
                    await race(racers, number, tally)
            tally.leaked += (await racers.call("GET", "/admin/v1/state", **state)).body != before
        await asyncio.to_thread(server.stop)
    tally.read_log(log)
    return tally
