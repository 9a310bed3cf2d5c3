"""Viewers who log in and out without a pause, and what they were promised meanwhile.

Each login is one of a device of its own, so that what is there afterwards tells what became of it.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.support.lab import device_header

from .tally import Tally

_AT_ONCE: Final = 8
_PAGE: Final = 500
_TRIES: Final = 10
# Seconds: an answer that takes longer does not come.
PATIENCE: Final = 15.0
_SESSION: Final = {
    "mvpd": "Cablevision",
    "domainName": "app.example",
    "redirectUrl": "https://app.example",
}


@dataclass(kw_only=True)
class Login:
    """How far a login came: what was asked for, and which of it was acknowledged."""

    device: str
    code: str | None = None
    approval_asked: bool = False
    approved: bool = False
    logout_asked: bool = False
    logged_out: bool = False


class Refused(Exception):  # noqa: N818 - named for what it says
    """The call came to nothing, or nobody knows to what."""


@dataclass(kw_only=True)
class Viewers:
    """Those who call at `origin`, and what they remember."""

    origin: str
    tally: Tally
    logins: list[Login] = field(default_factory=list)
    _token: str = ""

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Some of them log in and out while the block runs, all as one app: a token is of one."""
        if not self._token:
            async with ClientSession(timeout=ClientTimeout(PATIENCE)) as session:
                minted = await self.call(session, "POST", "/admin/v1/tokens", json={})
                self._token = minted["access_token"]
        over = asyncio.Event()
        work = [asyncio.create_task(self._work(number, over)) for number in range(_AT_ONCE)]
        try:
            yield
        finally:
            # What is under way comes to its end: nothing may change while it is compared.
            over.set()
            await asyncio.gather(*work)

    async def _work(self, number: int, over: asyncio.Event) -> None:
        async with ClientSession(timeout=ClientTimeout(PATIENCE)) as session:
            count = 0
            while not over.is_set():
                count += 1
                login = Login(device=f"viewer-{len(self.logins)}-{number}")
                self.logins.append(login)
                try:
                    await self._log_in(session, login)
                    if count % 2:
                        await self._log_out(session, login)
                except Refused:
                    await asyncio.sleep(0.05)

    async def _log_in(self, session: ClientSession, login: Login) -> None:
        path = "/api/v2/REF30/sessions"
        found = await self.call(session, "POST", path, device=login.device, data=_SESSION)
        login.code = found["code"]
        login.approval_asked = True
        await self.call(session, "POST", f"/admin/v1/codes/{login.code}/approve", json={})
        login.approved = True

    async def _log_out(self, session: ClientSession, login: Login) -> None:
        login.logout_asked = True
        path = "/api/v2/REF30/logout/Cablevision?redirectUrl=https%3A%2F%2Fapp.example"
        await self.call(session, "GET", path, device=login.device)
        login.logged_out = True

    async def call(
        self,
        session: ClientSession,
        method: str,
        path: str,
        *,
        device: str | None = None,
        **body: Any,  # noqa: ANN401 - as aiohttp takes it
    ) -> Any:  # noqa: ANN401 - JSON of any shape
        """The JSON of an answer that promises something. Raises `Refused` for every other."""
        headers = {}
        if device is not None:
            headers = {
                "Authorization": f"Bearer {self._token}",
                "AP-Device-Identifier": device_header(device),
            }
        self.tally.tries += 1
        try:
            async with session.request(
                method, self.origin + path, headers=headers, **body
            ) as response:
                text = await response.text()
        except TimeoutError as error:
            self.tally.hangs += 1
            raise Refused from error
        except (ClientError, OSError) as error:
            raise Refused from error
        if response.ok:
            self.tally.acknowledged += 1
            return json.loads(text)
        # 503 and 507 say that the database is away, or its disk full.
        if response.status == 500:
            self.tally.errors += 1
        raise Refused(text)

    async def check(self) -> None:
        """Compare what is there with what was promised; then begin anew."""
        async with ClientSession(timeout=ClientTimeout(PATIENCE)) as session:
            sessions = {
                each["code"]: each["status"] for each in await self._all(session, "sessions")
            }
            profiles = {each["device"] for each in await self._all(session, "profiles")}
            for login in self.logins:
                self._check(login, sessions, profiles)
            await self._patiently(session, "POST", "/admin/v1/reset", json={})
        self.logins.clear()

    async def _patiently(
        self,
        session: ClientSession,
        method: str,
        path: str,
        **body: Any,  # noqa: ANN401 - as aiohttp takes it
    ) -> Any:  # noqa: ANN401 - JSON of any shape
        """The same, once more where the database was just away. Raises `Refused` in the end."""
        for _ in range(_TRIES - 1):
            try:
                return await self.call(session, method, path, **body)
            except Refused:
                await asyncio.sleep(1)
        return await self.call(session, method, path, **body)

    def _check(self, login: Login, sessions: dict[str, str], profiles: set[str]) -> None:
        if login.code is None:
            return
        status, there = sessions.get(login.code), login.device in profiles
        completed = status == "completed"
        lost = (
            status is None
            or (login.approved and not completed)
            or (login.approved and not there and not login.logout_asked)
            or (login.logged_out and there)
        )
        self.tally.lost += lost
        # A login is the session's and the profile's at once.
        self.tally.half += not lost and there != completed and not login.logout_asked

    async def _all(self, session: ClientSession, entities: str) -> list[Any]:
        found: list[Any] = []
        after = ""
        while True:
            query = f"?limit={_PAGE}" + (f"&after={after}" if after else "")
            page = await self._patiently(session, "GET", f"/admin/v1/{entities}{query}")
            found += page["items"]
            if not (after := page["next"] or ""):
                return found
