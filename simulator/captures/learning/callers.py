"""Who asks: app instances by their tokens, devices by their headers, and what both may do."""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from simulator.captures.exchanges import Exchange
from simulator.captures.stand_ins import claims
from simulator.domain.access import device_info
from simulator.domain.sso.identities import SSO_HEADERS

from . import dashboard
from .facts import Caller, Facts, Identity, Moment

_CREATED: Final = 201
_CREDENTIALS: Final = ("client_id", "client_secret")
_UNAUTHORIZED: Final = 401
_NOT_SERVED: Final = "invalid_access_token_service_provider"
TEMPORARY: Final = {
    "temporary_access_duration_limit_exceeded",
    "temporary_access_resources_limit_exceeded",
    "invalid_configuration_temporary_access",
    "invalid_header_identity_for_temporary_access",
}
"""The codes of a TempPass that gives nothing."""
_BAD: Final = 400


class Callers:
    """The app instances of a capture; `clients` and `token_ends` are by access token.

    `credentials` are those of registrations whose answers do not have them, by the number of the exchange.
    """

    def __init__(self, facts: Facts) -> None:
        self.credentials: dict[int, Mapping[str, str]] = {}
        self.clients: dict[str, str] = {}
        self.token_ends: dict[str, int] = {}
        self._facts = facts
        self._by_device: dict[str, str] = {}
        self._untold: list[tuple[int, object, str | None]] = []

    def registration(self, exchange: Exchange, now: Moment) -> None:
        """An app registered, or asked for a token."""
        sent = {**exchange.parameters(), **_members(exchange.body)}
        if exchange.operation == "register":
            dashboard.registered(self._facts, exchange, sent)
            told = [exchange.member(each) for each in _CREDENTIALS]
            if exchange.status == _CREATED and not all(
                isinstance(each, str) and each for each in told
            ):
                self._untold.append((now.index, told[0], sent.get("software_statement")))
            return
        if exchange.status == _CREATED:
            self._uses(sent)
        client = dashboard.issued(self._facts, exchange, sent, now)
        token = exchange.member("access_token")
        if client and isinstance(token, str):
            self.clients[token] = client

    def _uses(self, sent: Mapping[str, str]) -> None:
        """Credentials that no answer told are those of a registration that told none."""
        client = sent.get("client_id", "")
        for each in self._untold:
            index, told, statement = each
            if told == client or client not in self._facts.clients:
                self._untold.remove(each)
                self.credentials[index] = {
                    name: sent[name] for name in _CREDENTIALS if name in sent
                }
                dashboard.instance(self._facts, client, statement)
                return

    def caller(self, exchange: Exchange) -> Caller | None:
        """Who asks; None where the token was refused."""
        provider = exchange.names.get("service_provider", "")
        device = device_info.readable_identifier(exchange.headers.get("ap-device-identifier", ""))
        _, platform = device_info.device(
            exchange.headers.get("x-device-info"),
            exchange.headers.get("user-agent", ""),
            strict=False,
        )
        client = self._client(exchange, device)
        if client is None:
            return None
        if device:
            self._by_device[device] = client
            if device not in self._facts.devices or platform.name != "unknown":
                info = device_info.device_info(exchange.headers.get("x-device-info"), strict=False)
                self._facts.devices[device] = (platform.name, info)
        elif exchange.status < _BAD:
            # Who is answered has one, whatever the capture has left out.
            self._facts.notes["requests without a device's identifier that were answered"] += 1
            device = "device-unseen"
        return Caller(
            client=client,
            device=device or "",
            service_provider=provider,
            platform=platform.name,
            identities=_identities(exchange),
        )

    def _client(self, exchange: Exchange, device: str | None) -> str | None:
        """The app instance of a bearer; None where it is refused, or nobody could say whose it is."""
        given = exchange.headers.get("authorization")
        if _refused(exchange):
            if given and (token := _bearer(given)) in self.clients:
                self.token_ends.setdefault(token, exchange.at)
            return None
        if given is None:
            self._facts.notes["requests without an Authorization header that were answered"] += 1
            return self._by_device.get(device or "", "client-unseen")
        token = _bearer(given)
        # What is good later was refused for another reason.
        self.token_ends.pop(token, None)
        known = self.clients.get(token)
        if known is None:
            said = claims(token) or {}
            own = exchange.own.get("caller") or exchange.own.get("client")
            known = own or said.get("sub") or self._by_device.get(device or "")
            known = str(known or f"client-of-{said.get('jti', token)}")
            self.clients[token] = known
        return known

    def admitted(self, exchange: Exchange, caller: Caller) -> bool:
        """Whether the app instance may ask for the service provider, which is a real one then."""
        client = self._facts.client(caller.client)
        client.application = exchange.own.get("application") or client.application
        if exchange.code == _NOT_SERVED:
            client.refused.add(caller.service_provider)
            self._facts.provider(caller.service_provider)
            return False
        if exchange.code == "invalid_parameter_service_provider" or not caller.service_provider:
            return False
        client.serves.add(caller.service_provider)
        self._facts.provider(caller.service_provider)
        mvpd = exchange.names.get("mvpd")
        if mvpd and exchange.code != "invalid_parameter_mvpd":
            self._facts.mvpd(mvpd)
            if exchange.code == "invalid_integration":
                self._facts.integration(caller.service_provider, mvpd).inactive = True
            elif exchange.status < _BAD or exchange.code in TEMPORARY:
                self._facts.integration(caller.service_provider, mvpd).used = True
        return exchange.status < _BAD or exchange.operation not in {"configuration", "logout"}


def _refused(exchange: Exchange) -> bool:
    """Whether an access token was refused, for which no answer of the operation's own speaks."""
    refused = exchange.status == _UNAUTHORIZED and exchange.code != _NOT_SERVED
    return refused and not exchange.of_success


def _bearer(header: str) -> str:
    return header.partition(" ")[2] or header


def _members(body: str | None) -> dict[str, str]:
    """What a registration sends, as JSON or as a form."""
    if body and body.lstrip().startswith("{"):
        try:
            found = json.loads(body)
        except ValueError:
            return {}
        return {name: each for name, each in found.items() if isinstance(each, str)}
    return dict(parse_qsl(body or "", keep_blank_values=True))


def _identities(exchange: Exchange) -> tuple[Identity, ...]:
    found = []
    for header, kind in SSO_HEADERS.items():
        value = exchange.headers.get(header.lower())
        if not value:
            continue
        said = claims(value)
        subject = said.get("sub") if said else None
        if said is None or not isinstance(subject, str):
            found.append(Identity(kind.value, None, None, value))
        else:
            issuer = said.get("iss")
            found.append(
                Identity(kind.value, issuer if isinstance(issuer, str) else None, subject, None)
            )
    return tuple(found)


def partner_status(exchange: Exchange) -> str | None:
    """The provider that the header of a partner's status names."""
    value = exchange.headers.get("ap-partner-framework-status")
    try:
        found = json.loads(base64.b64decode(value or ""))
        provider = found["frameworkProviderInfo"]["id"]
    except (binascii.Error, ValueError, KeyError, TypeError):
        return None
    return provider if isinstance(provider, str) else None


def temp_pass(exchange: Exchange) -> str | None:
    """The identity in the header of a TempPass."""
    value = exchange.headers.get("ap-temppass-identity")
    try:
        return base64.b64decode(value, validate=True).decode() if value else None
    except (binascii.Error, ValueError):
        return None
