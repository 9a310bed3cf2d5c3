"""Asking for decisions, and what their items look like."""

import base64
from typing import Any, Final

from simulator.domain.errors import ERRORS

from .lab import App, Lab
from .replies import Json, Reply
from .shapes import HELP_URL
from .worlds import TV, profile, world

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
START_OF_TOKEN: Final = "PHNpZ25hdHVyZUluZm8"

AUTHORIZE: Final = "authorize"
PREAUTHORIZE: Final = "preauthorize"


def viewer(**members: Json) -> dict[str, Any]:
    """The base fixture with a subscriber called ann, who is logged in on the TV as `app-1`."""
    return world(
        subscribers=[{"id": "ann", **members}],
        profiles=[profile("login", client="app-1", subscriber="ann")],
    )


async def ask(
    app: App, *resources: Json, mvpd: str = "LabCable", operation: str = AUTHORIZE
) -> Reply:
    """`POST /api/v2/{serviceProvider}/decisions/{operation}/{mvpd}`."""
    path = f"/api/v2/{app.service_provider}/decisions/{operation}/{mvpd}"
    return await app.lab.call("POST", path, app.headers, json={"resources": [*resources]})


async def decisions(
    app: App, *resources: str, mvpd: str = "LabCable", operation: str = AUTHORIZE
) -> list[Json]:
    """The items of an answer with HTTP 200, their constant members checked and taken out.

    An error comes as its code; a token stays, but for its text.
    """
    reply = await ask(app, *resources, mvpd=mvpd, operation=operation)
    body = reply.data()
    assert body.keys() == {"decisions"}
    items = body["decisions"]
    assert [item.pop("resource") for item in items] == [*resources]
    for item in items:
        assert item.pop("serviceProvider") == app.service_provider
        assert item.pop("mvpd") == mvpd
        _check(item, operation)
    return list(items)


def _check(item: Json, operation: str) -> None:
    authorizes = operation == AUTHORIZE
    assert ("token" in item) is (item["authorized"] and authorizes)
    assert ("error" in item) is not item["authorized"]
    assert authorizes or item.keys() <= {"authorized", "source", "error"}
    if "token" in item:
        assert item["token"].keys() == {"notBefore", "notAfter", "serializedToken"}
        assert item["token"]["serializedToken"].startswith(START_OF_TOKEN)
    if "error" in item:
        item["error"] = error(item["error"])


def error(found: Json) -> Json:
    """The code, and details if any, of an error in a decision that is shaped as documented.

    (Adobe: error codes, ERR1)
    """
    code = found["code"]
    trace, message = found.pop("trace"), found.pop("message")
    assert len(trace) == 36
    assert message.endswith(".")
    details = found.pop("details", None)
    assert found == {
        "action": ERRORS[code].action,
        "status": ERRORS[code].status,
        "code": code,
        "helpUrl": HELP_URL,
    }
    return code if details is None else (code, details)


async def decision(
    app: App, resource: str = "LAB-LIVE", mvpd: str = "LabCable", operation: str = AUTHORIZE
) -> Json:
    """The only item of an answer, as `decisions` has it."""
    (item,) = await decisions(app, resource, mvpd=mvpd, operation=operation)
    return item


async def outcome(
    app: App, resource: str = "LAB-LIVE", mvpd: str = "LabCable", operation: str = AUTHORIZE
) -> Json:
    """Permitted, or the error's code, with the source."""
    item = await decision(app, resource, mvpd, operation)
    return item["source"], "permit" if item["authorized"] else item["error"]


def permit(source: str = "mvpd") -> tuple[str, str]:
    """A permit, as `outcome` has it."""
    return source, "permit"


def denied(error: Json, source: str = "mvpd", **more: Json) -> Json:
    """A denial, as `decision` has it."""
    return {"source": source, "authorized": False, "error": error, **more}


async def seeded(lab: Lab, document: Json, **headers: str) -> App:
    """The app `app-1` on the TV, in the world of `document`; its token outlives any test."""
    await lab.seed(document)
    return (await lab.app(TV, client="app-1", expires_in=365 * 86_400)).sending(**headers)


def identity(text: str) -> str:
    """The AP-TempPass-Identity header of `text`."""
    return base64.b64encode(text.encode()).decode()
