"""A running simulator, and app instances on devices that call it."""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Self
from urllib.parse import quote

from aiohttp import web
from aiohttp.test_utils import TestClient
from multidict import CIMultiDict
from yarl import URL

from .clock import ManualClock
from .replies import Json, Reply, received
from .shapes import assert_admin_error

Client = TestClient[web.Request, web.Application]
Headers = Mapping[str, str] | Iterable[tuple[str, str]]

REDIRECT: Final = "https://app.example/signed-out"


def device_header(device: str) -> str:
    """The AP-Device-Identifier header of the device whose plain identifier is `device`."""
    return f"fingerprint {base64.b64encode(device.encode()).decode()}"


def partner_status(provider: str, access: str = "granted", **info: str) -> str:
    """The AP-Partner-Framework-Status header of a device signed in at `provider`."""
    status = {
        "frameworkPermissionInfo": {"accessStatus": access},
        "frameworkProviderInfo": {"id": provider, **info},
    }
    return base64.b64encode(json.dumps(status).encode()).decode()


@dataclass(frozen=True, kw_only=True)
class Lab:
    """The simulator under test; times move with `clock`.

    Calls go to `sandbox` unless they say otherwise, by a header or a path prefix; where it is None,
    to whichever sandbox the simulator finds for them.
    """

    client: Client
    clock: ManualClock
    sandbox: str | None = None

    @property
    def origin(self) -> str:
        """Scheme, host and port of the simulator."""
        return str(self.client.make_url("/")).rstrip("/")

    async def call(self, method: str, path: str, headers: Headers = (), **options: Json) -> Reply:
        """Send a request; `path` goes out exactly as it stands here, redirects are not followed."""
        sent = CIMultiDict(headers)
        if self.sandbox is not None:
            sent.setdefault("X-Sim-Sandbox", self.sandbox)
        response = await self.client.request(
            method, URL(path, encoded=True), headers=sent, allow_redirects=False, **options
        )
        return received(method, path, await Reply.read(response))

    # The admin API

    async def admin(self, method: str, path: str, body: object = None) -> Json:
        """The answer of the admin API to a call that must succeed; None where it has no body."""
        reply = await self.ask(method, path, body)
        assert reply.status < 300, f"{method} {path}: {reply.status} {reply.text}"
        return reply.json if reply.text else None

    async def refused(self, method: str, path: str, body: object = None) -> Json:
        """The `error` of a call to the admin API that must be refused, and in its one shape."""
        return assert_admin_error(await self.ask(method, path, body))

    async def refuses(
        self, status: int, code: str, method: str, path: str, body: object = None
    ) -> Json:
        """The same where the refusal must have this status and this code."""
        error = await self.refused(method, path, body)
        assert (error["status"], error["code"]) == (status, code)
        return error

    async def ask(self, method: str, path: str, body: object = None) -> Reply:
        """Whatever the admin API answers."""
        return await self.call(method, f"/admin/v1/{path}", json=body)

    async def seed(self, what: str | Mapping[str, object]) -> Json:
        """Seed a scenario by name, or a document."""
        member = "scenario" if isinstance(what, str) else "document"
        return await self.admin("POST", "seed", {member: what})

    async def state(self) -> str:
        """The exported state, as text, for comparing it byte by byte."""
        return (await self.ask("GET", "state")).text

    async def profile_ids(self) -> set[str]:
        """The ids of all stored profiles."""
        found = await self.admin("GET", "profiles")
        return {each["id"] for each in found["items"]}

    async def settings(self, **values: object) -> None:
        """Set switches; `logout__url` stands for `logout.url`."""
        changes = {name.replace("__", "."): value for name, value in values.items()}
        await self.admin("PATCH", "settings", changes)

    async def token(self, **wanted: object) -> str:
        """An access token, without the registration dance."""
        minted = await self.admin("POST", "tokens", wanted)
        text: str = minted["access_token"]
        return text

    async def app(self, device: str, *, service_provider: str = "LABSP", **wanted: object) -> "App":
        """An app instance on `device`; `wanted` says for which application or client."""
        token = await self.token(**wanted)
        return App(lab=self, device=device, token=token, service_provider=service_provider)


@dataclass(frozen=True, kw_only=True)
class App:
    """An app instance on a device, with its access token and the headers that it sends."""

    lab: Lab
    device: str
    token: str
    service_provider: str
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.token}",
            "AP-Device-Identifier": device_header(self.device),
            **self.extra,
        }

    def sending(self, **headers: str) -> Self:
        """The same app with more headers; `AD_Service_Token` stands for `AD-Service-Token`."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, extra={**self.extra, **more})

    def at(self, service_provider: str) -> Self:
        """The same app, asking for another service provider."""
        return replace(self, service_provider=service_provider)

    async def get(self, path: str) -> Reply:
        """`GET /api/v2/{serviceProvider}/{path}`."""
        return await self.lab.call("GET", f"/api/v2/{self.service_provider}/{path}", self.headers)

    async def logout(self, mvpd: str, redirect_url: str | None = REDIRECT) -> Reply:
        """Log out; without `redirect_url` the parameter is not sent."""
        query = f"?redirectUrl={quote(redirect_url, safe='')}" if redirect_url is not None else ""
        return await self.get(f"logout/{mvpd}{query}")

    async def logged_out(self, mvpd: str) -> Json:
        """The one entry of a logout that must succeed."""
        logouts = (await self.logout(mvpd)).data()["logouts"]
        assert [*logouts] == [mvpd]
        assert logouts[mvpd]["mvpd"] == mvpd
        return logouts[mvpd]

    async def profiles(self) -> Json:
        """The app's own view of its profiles, by MVPD."""
        return (await self.get("profiles")).data()["profiles"]
