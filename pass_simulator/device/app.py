"""An app as it is installed on a device: which application it is, and how it came to its access token."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from pass_simulator.errors import DeviceError, SimulatorError, UnexpectedResponse
from pass_simulator.transport.calls import Flow
from pass_simulator.transport.connection import JSON_TYPE, Connection, path_segment
from pass_simulator.transport.messages import Response
from pass_simulator.values import Json

FORM: Final = "application/x-www-form-urlencoded"
REFUSED: Final = "invalid_access_token_client_application"
"""The code that says of an access token that it will not do any more."""

_SCOPE: Final = "api:client:v2"
"""What an application needs to call REST API V2."""
_TEN_YEARS: Final = 10 * 365 * 86_400


@dataclass(frozen=True, kw_only=True)
class AppIdentity:
    """Whom an app works for: a channel, a domain of it, and where user agents are sent back to."""

    application: Json
    service_provider: str
    domain: str
    redirect_url: str


@dataclass(kw_only=True)
class App:
    """One installed app; what it has found out and been given stays with it.

    `described` are the headers that tell of its device, but not which one it is: registration has them, too.
    """

    described: Mapping[str, str] = field(default_factory=dict)
    application: str | None = None
    service_provider: str | None = None
    minted: bool = False
    renews: bool = True
    identity: AppIdentity | None = None
    client: Json | None = None
    token: str | None = None

    def forget(self) -> None:
        """Be as freshly installed."""
        self.identity = self.client = self.token = None

    def find_identity(self, connection: Connection[Any]) -> Flow[AppIdentity]:
        """Whom it works for. Raises `SimulatorError` where the sandbox has nothing for it."""
        if self.identity is None:
            application = yield from self._application(connection)
            provider = yield from self._provider(connection, application)
            domain = next(iter(provider["domains"]), "app.example")
            self.identity = AppIdentity(
                application=application,
                service_provider=provider["id"],
                domain=domain,
                redirect_url=provider["default_redirect_url"] or f"https://{domain}/",
            )
        return self.identity

    def find_token(self, connection: Connection[Any]) -> Flow[str]:
        """Its access token, after registration where it has none yet."""
        if self.token is None:
            identity = yield from self.find_identity(connection)
            client = None
            if self.minted:
                token = yield from _mint(connection, identity.application)
            else:
                client = yield from self._register(connection, identity.application)
                token = yield from self._ask_for_token(connection, client)
            # Of two calls that came here at once, one was first; both go on with what it got.
            if self.token is None:
                self.client, self.token = client, token
        return self.token

    def replace_token(self, connection: Connection[Any], refused: str) -> Flow[bool]:
        """A new access token instead of the `refused`, as the backend advises; False if there is none.

        The client asks for one, and registers anew where it is not known any more.
        """
        if self.token != refused:
            return True
        if self.client is not None:
            try:
                self.token = yield from self._ask_for_token(connection, self.client)
            except DeviceError:
                self.client = None
            else:
                return True
        self.token = None
        try:
            yield from self.find_token(connection)
        except DeviceError:
            return False
        return True

    def _register(self, connection: Connection[Any], application: Json) -> Flow[Json]:
        """Dynamic Client Registration: a software statement becomes a client."""
        statement = json.dumps({"software_statement": application["software_statement"]}).encode()
        answer = yield from connection.send(
            "POST",
            "/o/client/register",
            headers={**self.described, "Content-Type": JSON_TYPE},
            body=statement,
        )
        return device_json(answer)

    def _ask_for_token(self, connection: Connection[Any], client: Json) -> Flow[str]:
        """A client becomes an access token."""
        parameters = {
            "client_id": client["client_id"],
            "client_secret": client["client_secret"],
            "grant_type": "client_credentials",
        }
        body = urlencode(parameters).encode()
        answer = yield from connection.send(
            "POST", "/o/client/token", headers={**self.described, "Content-Type": FORM}, body=body
        )
        return str(device_json(answer)["access_token"])

    def _application(self, connection: Connection[Any]) -> Flow[Json]:
        if self.application is not None:
            path = f"applications/{path_segment(self.application)}"
            found: Json = yield from connection.admin("GET", path)
            return found
        suitable = [
            each
            for each in (yield from connection.pages("applications"))
            if not each["revoked"] and self._serves(each)
        ]
        if not suitable:
            wanted = f" for {self.service_provider}" if self.service_provider else ""
            message = f"the sandbox has no application{wanted} that is not revoked; seed one"
            raise SimulatorError(message)
        suitable = [each for each in suitable if _SCOPE in each["scopes"]] or suitable
        # No list of channels means all of them.
        return min(suitable, key=lambda each: -len(each["service_providers"] or range(10**9)))

    def _serves(self, application: Json) -> bool:
        named = application["service_providers"]
        return not named or self.service_provider in {None, *named}

    def _provider(self, connection: Connection[Any], application: Json) -> Flow[Json]:
        name = self.service_provider or next(iter(application["service_providers"]), None)
        if name is not None:
            found: Json = yield from connection.admin(
                "GET", f"service-providers/{path_segment(name)}"
            )
            return found
        providers = yield from connection.pages("service-providers")
        if not providers:
            raise SimulatorError("the sandbox has no service provider; seed one")
        return providers[0]


def _mint(connection: Connection[Any], application: Json) -> Flow[str]:
    # A second one would be that of another app instance, so it has to last.
    body = {"application": application["id"], "expires_in": _TEN_YEARS}
    return str((yield from connection.admin("POST", "tokens", body))["access_token"])


def device_json(answer: Response) -> Json:
    """The JSON object that a device was answered with. Raises `DeviceError`, `UnexpectedResponse`."""
    try:
        found = answer.json()
    except UnexpectedResponse:
        if answer.ok:
            raise
        found = None
    if not isinstance(found, dict):
        if answer.ok:
            raise UnexpectedResponse(answer.url, answer.status, answer.text)
        # Not the backend's own words, but those of a proxy in front of it.
        found = {"code": f"http_{answer.status}", "message": answer.text[:200]}
    if answer.ok:
        return found
    # The SSO service wraps its errors; a sandbox that is gone is told in the admin API's shape.
    error = found["error"] if isinstance(found.get("error"), dict) else found
    raise DeviceError(answer.status, error, answer.headers)
