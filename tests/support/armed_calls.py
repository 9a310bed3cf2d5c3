"""An app that makes the call which an armed sandbox waits for."""

from contextlib import suppress
from typing import Final

from aiohttp import ClientError

from .lab import App
from .logins import Browser, post
from .replies import Json

FULL: Final = {"domainName": "app.example", "redirectUrl": "https://app.example/signed-in"}


async def make(app: App, then: Json) -> None:
    """Make the call that `POST coverage/arm` tells, with all that it has to carry."""
    app = app.at(then["service_provider"]).sending(**then["headers"])
    mvpd, code, partner = then["mvpd"], then["code"], then["partner"]
    with suppress(ClientError, ConnectionError, AssertionError):
        # Where the connection ends before there is an answer, that was to be shown.
        match then["operation"]:
            case "logout":
                url = (await app.logout(mvpd)).data()["logouts"][mvpd].get("url")
                if url:
                    await Browser(lab=app.lab).open(url)
            case "create_session":
                await post(app, "sessions", then["parameters"])
            case "resume_session":
                await post(app, f"sessions/{code}", then["parameters"])
            case "profile_by_code":
                await app.get(f"profiles/code/{code}")
            case "partner_session":
                await post(app, f"sessions/sso/{partner}", then["parameters"])
            case "partner_profile":
                await post(app, f"profiles/sso/{partner}", then["parameters"])
            case "authorize" | "preauthorize" as operation:
                path = f"/api/v2/{app.service_provider}/decisions/{operation}/{mvpd}"
                resources = {"resources": then["resources"]}
                await app.lab.call("POST", path, app.headers, json=resources)
            case operation:
                await app.get(operation)


async def make_first(app: App, first: str | None, mvpd: str) -> None:
    """Make the call that has to come before the preparation, if any."""
    if first is not None:
        chosen = {} if "without" in first else {"mvpd": mvpd, **FULL}
        await post(app, "sessions", chosen)
