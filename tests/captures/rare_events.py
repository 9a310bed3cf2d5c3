"""What seldom happens to apps, and in every long capture does: time, operators, viewers who change."""

from random import Random  # noqa: TID251 - a world is made of a number
from typing import Any, Final

from tests.support.dcr import request_token
from tests.support.lab import App, Lab

from .random_worlds import RESOURCES, Act, Journey

_PASSES: Final = "temporary:passes:owner"
_RULES: Final = ("AuthNAll", "AuthZAll", "AuthZNone")


class EventfulJourney(Journey):
    """A journey that may begin before its capture does, and in which more happens beside the requests."""

    def __init__(self, lab: Lab, chance: Random, document: dict[str, Any]) -> None:
        operator = {"id": "operator", "scopes": ["api:client:v2", _PASSES]}
        document = {**document, "applications": [*document["applications"], operator]}
        super().__init__(lab, chance, document)
        self._recorded = self._chance.random() < 0.6

    @property
    def _acts(self) -> list[Act]:
        return [
            *super()._acts,
            *[self._refresh] * 2,
            *[self._open_page] * 2,
            *[self._another_viewer] * 2,
            *[self._garbled] * 2,
            self._leap,
            self._degrade,
            self._change_package,
            self._reset,
            self._deny,
            self._invalidate,
        ]

    async def _begin(self) -> None:
        """Only now somebody begins to record, so what was decided before shows nowhere."""
        if not self._recorded and self._chance.random() < 0.2:
            self._recorded = True
            # Nor what apps said of themselves when they got their codes.
            self._codes.clear()
            await self._lab.admin("DELETE", "requests")

    async def _decide(self) -> None:
        # No scenario holds decisions from before a capture.
        if self._recorded:
            await super()._decide()

    async def _named(self, app: App) -> App:
        app = await super()._named(app)
        if self._chance.random() < 0.15:
            subject = f"home-{self._chance.randint(0, 1)}"
            if subject not in self._tokens:
                body = {"subject": subject, "expires_in": 100_000_000}
                made = await self._lab.admin("POST", "subject-tokens", body)
                self._tokens[subject] = made["token"]
            app = app.sending(Adobe_Subject_Token=self._tokens[subject])
        return app

    async def _refresh(self) -> None:
        """A new access token for an app."""
        place = self._chance.randrange(len(self._apps))
        old = self._apps[place]
        credentials = self._credentials[old.token]
        if "client_secret" in credentials:
            token = (await request_token(self._lab, credentials)).data(201)["access_token"]
        else:
            token = await self._lab.token(client=credentials["client_id"])
        self._credentials[token] = credentials
        self._apps[place] = App(
            lab=self._lab, device=old.device, token=token, service_provider=old.service_provider,
            extra=old.extra,
        )  # fmt: skip

    async def _leap(self) -> None:
        """Days or months in which nobody watches."""
        self._lab.clock.advance(seconds=86_400 * self._chance.choice([1, 8, 31, 200]))
        for _ in self._apps:
            await self._refresh()

    async def _open_page(self) -> None:
        if self._codes:
            provider, code = self._chance.choice(self._codes[-4:])
            agent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/120.0"}
            await self._lab.call("GET", f"/api/v2/authenticate/{provider}/{code}", agent)

    async def _another_viewer(self) -> None:
        """A logout, and the login of somebody else."""
        app, mvpd = self._app, self._mvpd
        await app.logout(mvpd)
        self._note(app, (await self._session(app, mvpd)).json)
        await self._log_in()
        await app.get(f"profiles/{mvpd}")

    async def _garbled(self) -> None:
        app = self._app
        path = f"/api/v2/{app.service_provider}/decisions/authorize/{self._mvpd}"
        headers, body = dict(app.headers), b'{"resources": ["NEWS"]}'
        headers["Content-Type"] = "application/json"
        kind = self._chance.choice(["device", "info", "token", "resources", "body", "method"])
        if kind == "device":
            del headers["AP-Device-Identifier"]
        elif kind == "info":
            headers["X-Device-Info"] = "not base64"
        elif kind == "token":
            headers["Authorization"] = "Bearer nobody.knows.it"
        elif kind in {"resources", "body"}:
            body = b'{"resources": []}' if kind == "resources" else b"{"
        method = "PUT" if kind == "method" else "POST"
        await self._lab.call(method, path, headers, data=body)

    async def _degrade(self) -> None:
        """An operator switches a rule on, or off again, in the dashboard."""
        # Rules begin and end at instants, and of what happens in one instant nobody knows the order.
        self._lab.clock.advance(seconds=2)
        rules = (await self._lab.admin("GET", "degradations"))["items"]
        if rules and self._chance.random() < 0.6:
            await self._lab.admin("DELETE", f"degradations/{self._chance.choice(rules)['id']}")
        else:
            rule = {
                "service_provider": self._app.service_provider,
                "mvpd": self._mvpd,
                "rule": self._chance.choice(_RULES),
            }
            await self._lab.ask("POST", "degradations", rule)
        self._lab.clock.advance(seconds=2)

    async def _change_package(self) -> None:
        viewer = self._chance.choice(self._world["subscribers"])["id"]
        package = {"entitlements": self._chance.sample(RESOURCES, 2), "denials": {}}
        await self._lab.admin("PATCH", f"subscribers/{viewer}", package)

    async def _reset(self) -> None:
        """An operator resets a TempPass, by the backend's own call."""
        passes = [each for each in self._world["mvpds"] if "kind" in each]
        if not passes:
            return
        mvpd = self._chance.choice(passes)
        token = await self._lab.token(application="operator")
        generic = "/generic" if mvpd["kind"] == "temp_pass_promotional" else ""
        query = f"requestor_id={self._app.service_provider}&mvpd_id={mvpd['id']}"
        bearer = {"Authorization": f"Bearer {token}"}
        await self._lab.call("DELETE", f"/reset-tempass/v3/reset{generic}?{query}", bearer)

    async def _deny(self) -> None:
        if self._codes:
            _, code = self._chance.choice(self._codes[-3:])
            await self._lab.ask("POST", f"codes/{code}/deny", {})

    async def _invalidate(self) -> None:
        profiles = (await self._lab.admin("GET", "profiles"))["items"]
        if profiles:
            name = self._chance.choice(profiles)["id"]
            await self._lab.ask("POST", f"profiles/{name}/invalidate")
