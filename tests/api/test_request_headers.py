"""What the pages list as headers of a request: those that can be left out, and their own examples."""

import base64
import json
from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.support.dcr import raw, registered, statement
from tests.support.devices import GALAXY, TVOS_AGENT
from tests.support.lab import App, Lab
from tests.support.logins import FORM, FULL, create, form_of
from tests.support.replies import Reply
from tests.support.shapes import assert_enhanced
from tests.support.worlds import TV, profile, world

# As the page of each has it; two of them name the address or the visitor behind a server.
OPTIONAL: Final = {
    "Accept": "application/json;charset=utf-8",
    "User-Agent": TVOS_AGENT,
    "X-Forwarded-For": "203.0.113.9",
    "AP-Visitor-Identifier": "THE_ECID_VALUE",
}
OPERATIONS: Final = ("configuration", "create_session", "resume_session", "get_session",
                     "register", "token")  # fmt: skip


@pytest.fixture
async def app(lab: Lab) -> App:
    await lab.seed(world(profiles=[profile("login", client="app-1")]))
    return await lab.app(TV, client="app-1")


async def _send(app: App, operation: str, headers: Mapping[str, str]) -> Reply:
    given = {**app.headers, **headers}
    if operation == "register":
        body = json.dumps({"software_statement": await statement(app.lab)})
        return await app.lab.call("POST", "/o/client/register", headers, **raw(body))
    if operation == "token":
        credentials = await registered(app.lab)
        form = {name: credentials[name] for name in ("client_id", "client_secret")}
        sent = form_of({**form, "grant_type": "client_credentials"})
        return await app.lab.call(
            "POST", "/o/client/token", {"Content-Type": FORM, **headers}, **sent
        )
    if operation == "configuration":
        return await app.lab.call("GET", "/api/v2/LABSP/configuration", given)
    path, form = "/api/v2/LABSP/sessions", {"Content-Type": FORM}
    if operation == "create_session":
        return await app.lab.call("POST", path, given | form, **form_of(FULL))
    path = f"{path}/{(await create(app))['code']}"
    if operation == "get_session":
        return await app.lab.call("GET", path, given)
    return await app.lab.call("POST", path, given | form, **form_of(FULL))


@pytest.mark.parametrize("header", OPTIONAL)
@pytest.mark.parametrize("operation", OPERATIONS)
async def test_a_header_that_may_be_sent_is_taken(app: App, operation: str, header: str) -> None:
    plain = await _send(app, operation, {})
    told = await _send(app, operation, {header: OPTIONAL[header]})
    assert plain.status in {200, 201}
    assert (told.status, told.json.keys()) == (plain.status, plain.json.keys())


@pytest.mark.parametrize(
    ("value", "status"),
    [("Bearer {}", 200), ("{}", 401), ("Basic {}", 401), ("Bearer", 401), (None, 401)],
    ids=["bearer", "no scheme", "another scheme", "no token", "missing"],
)
async def test_the_scheme_of_the_access_token(app: App, value: str | None, status: int) -> None:
    headers = {"AP-Device-Identifier": app.headers["AP-Device-Identifier"]}
    if value is not None:
        headers["Authorization"] = value.format(app.token)
    reply = await app.lab.call("GET", "/api/v2/LABSP/profiles", headers)
    assert reply.status == status
    if status == 401:
        assert_enhanced(reply, "invalid_access_token_client_application")
    else:
        assert [*reply.json["profiles"]] == ["LabCable"]


async def _device(app: App, info: object) -> Any:  # noqa: ANN401 - JSON
    header = base64.b64encode(json.dumps(info).encode()).decode()
    code = (await create(app.sending(X_Device_Info=header)))["code"]
    return (await app.get(f"sessions/{code}")).data()["device"]


async def test_the_example_of_device_information(app: App) -> None:
    device = await _device(app, GALAXY)
    assert (device["type"], device["model"]) == ("MobilePhone", "SM-S901U")
    hardware, system = device["hardware"], device["operatingSystem"]
    assert (hardware["vendor"], hardware["manufacturer"]) == ("samsung", "samsung")
    assert (system["name"], system["version"]["major"]) == ("Android", 14)


KINDS: Final = (
    "Camera", "DataCollectionTerminal", "Desktop", "EmbeddedNetworkModule", "eReader", "GamesConsole",
    "GeolocationTracker", "Glasses", "MediaPlayer", "MobilePhone", "PaymentTerminal", "PluginModem",
    "SetTopBox", "TV", "Tablet", "WirelessHotspot", "Wristwatch", "Unknown",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
async def test_a_kind_of_hardware_is_shown_as_it_was_told(app: App, kind: str) -> None:
    assert (await _device(app, {**GALAXY, "primaryHardwareType": kind}))["type"] == kind


SYSTEMS: Final = ("Android", "Chrome OS", "Linux", "Mac OS", "OS X", "OpenBSD", "Roku OS", "Windows",
                  "iOS", "tvOS", "webOS")  # fmt: skip


@pytest.mark.parametrize("system", SYSTEMS)
async def test_an_operating_system_is_shown_as_it_was_told(app: App, system: str) -> None:
    device = await _device(app, {**GALAXY, "osName": system})
    assert device["operatingSystem"]["name"] == system


@pytest.mark.parametrize(
    ("told", "secure"), [("true", True), ("false", False)], ids=["true", "false"]
)
async def test_a_connection_is_as_secure_as_it_was_told(app: App, told: str, secure: bool) -> None:
    device = await _device(app, {**GALAXY, "connectionSecure": told})
    assert device["connection"]["secure"] is secure


@pytest.mark.parametrize("kind", ["WiFi", "LAN", "3G", "4G", "5G"])
async def test_a_kind_of_connection_is_shown_as_it_was_told(app: App, kind: str) -> None:
    device = await _device(app, {**GALAXY, "connectionType": kind})
    assert device["connection"]["type"] == kind
