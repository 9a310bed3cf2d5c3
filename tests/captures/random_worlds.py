"""Worlds and journeys made of chance: all that an app may meet, and all that it may do."""

from collections.abc import Awaitable, Callable
from random import Random  # noqa: TID251 - a world is made of a number
from typing import Any, Final
from urllib.parse import quote

from tests.catalogue.stage import info
from tests.support.dcr import request_token, statement
from tests.support.lab import App, Lab
from tests.support.logins import DONE, form_of, post
from tests.support.replies import Json, Reply

Act = Callable[[], Awaitable[None]]

SYSTEMS: Final[tuple[dict[str, str], ...]] = (
    {"osName": "Roku OS"},
    {"osName": "tvOS", "manufacturer": "Apple"},
    {"osName": "Android", "primaryHardwareType": "MobilePhone"},
    {"osName": "Windows", "primaryHardwareType": "Desktop"},
    {},
)
RESOURCES: Final = ("NEWS", "SPORTS", "MOVIES", "KIDS", "LIVE")
DENIALS: Final = (
    {"code": "authorization_denied_by_mvpd", "details": "Not in your package"},
    {"code": "preauthorization_denied_by_mvpd"},
    {"code": "authorization_denied_by_parental_controls"},
    {"code": "identity_not_recognized_by_mvpd"},
    {"code": "network_received_error"},
)
_TTLS: Final = ("PT6H", "P1D", "P7D", "P30D")


def world(chance: Random) -> dict[str, Any]:
    """A scenario with a bit of everything."""
    providers = ["ONE", "TWO"][: chance.randint(1, 2)]
    mvpds = [_mvpd(chance, number) for number in range(chance.randint(2, 4))]
    if chance.random() < 0.5:
        mvpds.append({"id": "Trial", "kind": "temp_pass_basic"})
    if chance.random() < 0.5:
        mvpds.append({"id": "Promo", "kind": "temp_pass_promotional"})
    subscribers = [_subscriber(chance, number, mvpds) for number in range(chance.randint(1, 3))]
    found: dict[str, Any] = {
        "name": "chance",
        "settings": _settings(chance),
        "service_providers": [{"id": each, "name": f"Channel {each}"} for each in providers],
        "mvpds": mvpds,
        "integrations": [
            _integration(chance, provider, mvpd) for provider in providers for mvpd in mvpds
        ],
        "applications": [{"id": "app"}, {"id": "narrow", "service_providers": providers[:1]}],
        "clients": [
            {"id": "first", "application": "app"},
            {"id": "second", "application": chance.choice(["app", "narrow"])},
        ],
        "subscribers": subscribers,
        "profiles": _profiles(chance, providers, mvpds, subscribers),
        "temp_passes": [
            {"service_provider": providers[0], "mvpd": each["id"], "device": "box-0",
             "first_authorized": "-PT2M", "used_resources": ["NEWS"]}
            for each in mvpds
            if "kind" in each and chance.random() < 0.4
        ],
        "degradations": [
            _rule(chance, provider, mvpd["id"])
            for provider in providers
            for mvpd in mvpds
            if "kind" not in mvpd and chance.random() < 0.15
        ],
    }  # fmt: skip
    if chance.random() < 0.3:
        found["service_providers"][0]["domains"] = ["one.example"]
    return found


def _settings(chance: Random) -> dict[str, Any]:
    choices: dict[str, list[Any]] = {
        "logout.url": ["documented", "relative"],
        "sessions.domain_key": ["domainName", "domain"],
        "decisions.error_level": ["item", "top"],
        "access_token.lifetime": [21_600, 3_600],
    }
    return {name: chance.choice(each) for name, each in choices.items() if chance.random() < 0.3}


def _mvpd(chance: Random, number: int) -> dict[str, Any]:
    found: dict[str, Any] = {"id": f"Cable{number}", "display_name": f"Cable No. {number}"}
    for member, often in (
        ("logout_endpoint", 0.2),
        ("authorization_endpoint", 0.1),
        ("preauthorization_endpoint", 0.1),
    ):
        if chance.random() < often:
            found[member] = False
    if chance.random() < 0.5:
        found["platform_mappings"] = {"apple": f"apple_{number}"}
    if number and chance.random() < 0.15:
        found["proxy"] = "Cable0"
    return found


def _integration(chance: Random, provider: str, mvpd: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"service_provider": provider, "mvpd": mvpd["id"]}
    if "kind" in mvpd:
        found["temp_pass_ttl"] = chance.choice(["PT3M", "PT1H", "P1D"])
        if mvpd["kind"] == "temp_pass_promotional":
            found |= {"temp_pass_resources": chance.randint(1, 3), "temp_pass_key": "email"}
        return found
    found |= {
        "authentication_ttl": chance.choice(_TTLS),
        "authorization_ttl": chance.choice(["PT10M", "PT6H", "P1D"]),
        "media_token_ttl": chance.choice(["PT5M", "PT7M"]),
        "active": chance.random() < 0.9,
    }
    if chance.random() < 0.3:
        found["overrides"] = {"Roku": {"authentication_ttl": "PT12H"}}
    if chance.random() < 0.3:
        found |= {
            "preauthorize_limit": chance.randint(1, 8),
            "authorize_limit": chance.randint(1, 3),
        }
    if chance.random() < 0.4:
        found |= {"enable_platform_services": True, "boarding_status": "SUPPORTED"}
    if chance.random() < 0.2:
        found["display_name"] = f"{mvpd['id']} for {provider}"
    if chance.random() < 0.1:
        found["home_based_authentication"] = True
    return found


def _subscriber(chance: Random, number: int, mvpds: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {"id": f"viewer{number}", "user_id": f"user-number-{number}"}
    if chance.random() < 0.4:
        found["mvpd"] = mvpds[0]["id"]
    if chance.random() < 0.5:
        found["entitlements"] = chance.sample(RESOURCES, 3)
    if chance.random() < 0.5:
        found["denials"] = {chance.choice(RESOURCES): chance.choice(DENIALS)}
    if chance.random() < 0.4:
        found["household"] = "one-household"
    if chance.random() < 0.5:
        found["attributes"] = {
            "maxRating": {"MPAA": "PG"},
            "language": "en",
            "zip": {"value": ["10036"], "state": "plain"},
        }
    return found


def _profiles(
    chance: Random,
    providers: list[str],
    mvpds: list[dict[str, Any]],
    subscribers: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    found = []
    for number, provider in enumerate(providers):
        for mvpd in mvpds:
            if "kind" in mvpd or chance.random() > 0.3:
                continue
            viewer = chance.choice(subscribers)
            if viewer.get("mvpd", mvpd["id"]) != mvpd["id"]:
                continue
            profile: dict[str, Any] = {
                "service_provider": provider,
                "mvpd": mvpd["id"],
                "device": f"box-{number}",
                # Nobody's login is there for whoever asks first, which no backend knows.
                "client": chance.choice(["first", "second"]),
                "subscriber": viewer["id"],
                "not_before": "-PT1H",
                "expires_in": chance.choice(["PT2H", "P10D", "-PT1M"]),
            }
            if chance.random() < 0.3:
                profile["links"] = [{"kind": "service_token", "subject": f"known-{viewer['id']}"}]
            found.append(profile)
    return found


def _rule(chance: Random, provider: str, mvpd: str) -> dict[str, Any]:
    found = {
        "service_provider": provider,
        "mvpd": mvpd,
        "rule": chance.choice(["AuthNAll", "AuthZAll", "AuthZNone"]),
    }
    if chance.random() < 0.5:
        found["until"] = chance.choice(["PT5M", "PT1H"])
    if found["rule"] == "AuthZNone" and chance.random() < 0.5:
        found["message"] = "Back at nine"
    return found


class Journey:
    """What several apps on several devices do in a world, one step after the other."""

    def __init__(self, lab: Lab, chance: Random, document: dict[str, Any]) -> None:
        self._lab = lab
        self._chance = chance
        self._world = document
        self._apps: list[App] = []
        self._codes: list[tuple[str, str]] = []
        self._tokens: dict[str, str] = {}
        self._credentials: dict[str, Json] = {}

    async def go(self, steps: int) -> None:
        """Take this many steps."""
        await self._lab.seed(self._world)
        providers = [each["id"] for each in self._world["service_providers"]]
        for number in range(3):
            provider = self._chance.choice(providers)
            client = self._chance.choice(["first", "second"])
            app = await self._lab.app(f"box-{number % 2}", service_provider=provider, client=client)
            self._credentials[app.token] = {"client_id": client}
            system = self._chance.choice(SYSTEMS)
            self._apps.append(app.sending(X_Device_Info=info(**system)) if system else app)
        acts = self._acts
        for _ in range(steps):
            await self._begin()
            await self._chance.choice(acts)()

    @property
    def _acts(self) -> list[Act]:
        return [
            self._configuration, *[self._create] * 4, self._resume, self._retrieve,
            *[self._log_in] * 4, *[self._profiles] * 3, *[self._at_mvpd] * 3, *[self._by_code] * 3,
            *[self._decide] * 8, *[self._logout] * 2, *[self._wait] * 4, *[self._mistake] * 2,
            self._register, *[self._partner] * 2,
        ]  # fmt: skip

    async def _begin(self) -> None:
        """Before each step."""

    @property
    def _app(self) -> App:
        return self._chance.choice(self._apps)

    @property
    def _mvpd(self) -> str:
        name: str = self._chance.choice(self._world["mvpds"])["id"]
        return name

    async def _named(self, app: App) -> App:
        """The app, perhaps with an identity in its headers."""
        if self._chance.random() < 0.25:
            subject = f"known-viewer{self._chance.randint(0, 1)}"
            if subject not in self._tokens:
                body = {"subject": subject, "expires_in": 10_000_000}
                made = await self._lab.admin("POST", "service-tokens", body)
                self._tokens[subject] = made["token"]
            app = app.sending(AD_Service_Token=self._tokens[subject])
        return app

    async def _configuration(self) -> None:
        await self._app.get("configuration")

    def _form(self) -> dict[str, str]:
        form = {"mvpd": self._mvpd, "domainName": "one.example", "redirectUrl": DONE}
        if self._chance.random() < 0.2:
            del form[self._chance.choice([*form])]
        return form

    async def _create(self) -> None:
        app = await self._named(self._app)
        self._note(app, (await post(app, "sessions", self._form())).json)

    async def _session(self, app: App, mvpd: str) -> Reply:
        form = {"mvpd": mvpd, "domainName": "one.example", "redirectUrl": DONE}
        return await post(app, "sessions", form)

    def _note(self, app: App, found: Json) -> None:
        if isinstance(found, dict) and "actionName" in found and "code" in found:
            self._codes.append((app.service_provider, found["code"]))

    async def _resume(self) -> None:
        if self._codes:
            provider, code = self._chance.choice(self._codes[-4:])
            await post(self._app.at(provider), f"sessions/{code}", self._form())

    async def _retrieve(self) -> None:
        if self._codes:
            provider, code = self._chance.choice(self._codes[-4:])
            await self._app.at(provider).get(f"sessions/{code}")

    async def _log_in(self) -> None:
        if self._codes:
            _, code = self._chance.choice(self._codes[-3:])
            viewer = self._chance.choice([None, *self._world["subscribers"]])
            body = {"subscriber": viewer["id"]} if viewer else {}
            await self._lab.ask("POST", f"codes/{code}/approve", body)

    async def _profiles(self) -> None:
        await (await self._named(self._app)).get("profiles")

    async def _at_mvpd(self) -> None:
        app = await self._named(self._app)
        await self._identified(app).get(f"profiles/{self._mvpd}")

    def _identified(self, app: App) -> App:
        if self._chance.random() < 0.7:
            # One person on each device: whose identity it is, archives of ours do not say.
            header = "eyJlbWFpbCI6ImFubkBsYWIuZXhhbXBsZSJ9" if app.device == "box-0" else (
                "eyJlbWFpbCI6ImJvYkBsYWIuZXhhbXBsZSJ9"
            )  # fmt: skip
            return app.sending(AP_TempPass_Identity=header)
        return app

    async def _by_code(self) -> None:
        if self._codes:
            provider, code = self._chance.choice(self._codes[-4:])
            await self._app.at(provider).get(f"profiles/code/{code}")

    async def _decide(self) -> None:
        app = self._identified(await self._named(self._app))
        operation = self._chance.choice(["authorize", "preauthorize"])
        most = 2 if operation == "authorize" else 5
        resources = self._chance.sample(RESOURCES, self._chance.randint(1, most))
        path = f"/api/v2/{app.service_provider}/decisions/{operation}/{self._mvpd}"
        await self._lab.call("POST", path, app.headers, json={"resources": resources})

    async def _logout(self) -> None:
        app = await self._named(self._app)
        back = f"?redirectUrl={quote(DONE, safe='')}" if self._chance.random() < 0.9 else ""
        await app.get(f"logout/{self._mvpd}{back}")

    async def _wait(self) -> None:
        self._lab.clock.advance(seconds=self._chance.choice([1, 5, 30, 120, 400, 3_000, 40_000]))

    async def _mistake(self) -> None:
        app = self._app
        path = self._chance.choice(
            ["profiles/Nobody", "sessions/ZZZZZZZ", "profiles/code/ABC1234", "logout/Nobody"]
        )
        if self._chance.random() < 0.3:
            app = app.at("NOPE")
        await app.get(path)

    async def _register(self) -> None:
        """Another app instance, on one of the devices."""
        sent = {"software_statement": await statement(self._lab, "app"), "redirect_uri": "app://x"}
        found = (await self._lab.call("POST", "/o/client/register", json=sent)).data(201)
        token = (await request_token(self._lab, found)).data(201)["access_token"]
        self._credentials[token] = found
        old = self._app
        app = App(
            lab=self._lab, device=old.device, token=token, service_provider=old.service_provider,
            extra=old.extra,
        )  # fmt: skip
        self._apps[self._chance.randrange(len(self._apps))] = app

    async def _partner(self) -> None:
        app = self._app
        made = await self._lab.ask(
            "POST", "partner-framework-statuses", {"mvpd": self._mvpd, "expires_in": 9_000_000}
        )
        if made.status >= 300:
            return
        app = app.sending(AP_Partner_Framework_Status=made.json["header"])
        if self._chance.random() < 0.5:
            form = {"domainName": "one.example", "redirectUrl": DONE}
            self._note(app, (await post(app, "sessions/sso/Apple", form)).json)
            return
        mvpd = self._mvpd
        response = await self._lab.ask("POST", "saml-responses", {"mvpd": mvpd})
        if response.status < 300:
            form = {"SAMLResponse": response.json["saml_response"]}
            path = f"/api/v2/{app.service_provider}/profiles/sso/Apple"
            headers = {**app.headers, "Content-Type": "application/x-www-form-urlencoded"}
            await self._lab.call("POST", path, headers, **form_of(form))
        await app.get("profiles")
