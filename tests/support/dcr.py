"""Dynamic Client Registration as an app does it."""

from io import BytesIO
from typing import Final
from uuid import UUID

from .devices import INFO
from .lab import App, Lab
from .replies import Json, Reply
from .shapes import JSON_TYPE

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json;charset=utf-8"


async def statement(lab: Lab, application: str = "lab-app") -> str:
    """The software statement of a registered application, as the admin API shows it."""
    found = await lab.admin("GET", f"applications/{application}")
    text: str = found["software_statement"]
    return text


async def register(lab: Lab, **members: object) -> Reply:
    """`POST /o/client/register` with these members as JSON."""
    return await lab.call("POST", "/o/client/register", json=members)


async def registered(lab: Lab, application: str = "lab-app") -> Json:
    """The credentials of a fresh app instance."""
    return (await register(lab, software_statement=await statement(lab, application))).data(201)


async def request_token(lab: Lab, credentials: Json, **changes: str | None) -> Reply:
    """`POST /o/client/token` with a form body; `changes` replace a parameter, None leaves it out."""
    parameters = {
        "client_id": credentials["client_id"],
        "client_secret": credentials["client_secret"],
        "grant_type": "client_credentials",
        **changes,
    }
    given = {name: value for name, value in parameters.items() if value is not None}
    return await lab.call("POST", "/o/client/token", data=given)


async def knows(lab: Lab, credentials: Json) -> bool:
    """Whether an app with these credentials gets a token; else it has to register again."""
    reply = await request_token(lab, credentials)
    if reply.status != 201:
        assert_refused(reply, "invalid_client")
    return reply.status == 201


async def app_with(lab: Lab, credentials: Json, device: str) -> App:
    """An app on `device` with a fresh token for `credentials`."""
    token = (await request_token(lab, credentials)).data(201)["access_token"]
    return App(lab=lab, device=device, token=token, service_provider="LABSP")


def raw(body: str | bytes) -> Json:
    """What to call the simulator with so that `body` goes out as it is, and untyped by itself."""
    data = BytesIO(body if isinstance(body, bytes) else body.encode())
    return {"data": data, "skip_auto_headers": ["Content-Type"]}


def assert_refused(reply: Reply, code: str) -> None:
    """A DCR error: its code, and what to mend in words that a header has, too."""
    reason = reply.headers["X-Sim-Reason"]
    assert (reply.status, reply.json) == (400, {"error": code, "error_description": reason})
    assert reply.headers["Content-Type"] == JSON_TYPE
    assert reason.endswith(".")


async def assert_asks_for_device_info(
    lab: Lab, path: str, header: str | None, level: str, **body: Json
) -> None:
    """The call with a `body` is admitted with this header, and at this `level` of the switch is not."""
    sent = {} if header is None else {"X-Device-Info": header}
    assert (await lab.call("POST", path, sent, **body)).status == 201
    await lab.settings(device_info=level)
    reply = await lab.call("POST", path, sent, **body)
    assert_refused(reply, "invalid_request")
    assert "X-Device-Info" in reply.headers["X-Sim-Reason"]
    assert (await lab.call("POST", path, {"X-Device-Info": INFO}, **body)).status == 201


def is_uuid(text: object) -> bool:
    """Whether `text` is a UUID in its usual notation."""
    return isinstance(text, str) and str(UUID(text)) == text
