"""A capture without its secrets: what is known by its name gets a stand-in, and all other texts are searched.

Headers, parameters and members that nobody knows are left out, or searched as any other text; pages are left
out altogether. So what is missing here is missing in a world, in a verdict and in a safe capture, too.
"""

import base64
import binascii
import ipaddress
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from simulator.domain.access.device_info import readable_identifier
from simulator.domain.bounded_cache import Memo, bounded_cache
from simulator.domain.journal.redaction import SECRET

from .dialects import RawExchange
from .exchanges import Backend, Exchange, Route
from .identities import Identities
from .stand_ins import PIECES, SHORTEST, StandIns

_TEXTS_KEPT: Final = 50_000
_JWT: Final = r"eyJ[\w-]{6,}\.[\w-]+\.[\w-]*(?:\.[\w-]*){0,2}"
_MAIL: Final = r"[\w.+-]+(?:@|%40)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
_IPV4: Final = r"(?<![\w.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w.])"
_IPV6: Final = r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])"
_BEARER: Final = r"(?i:bearer)(?:\s|%20|\+)+[\w.~+/=-]+"
_FOUND: Final = re.compile(
    f"(?P<token>{_JWT})|(?P<bearer>{_BEARER})|(?P<email>{_MAIL})|(?P<ip>{_IPV4}|{_IPV6})"
)
# None of these is in a text without one of them.
_TELLING: Final = re.compile(r"eyJ|@|%40|\d\.\d|:[0-9A-Fa-f]*:|(?i:bearer)")

_SENT: Final = frozenset(
    [
        "accept",
        "content-type",
        "user-agent",
        "authorization",
        "ap-device-identifier",
        "x-device-info",
        "x-forwarded-for",
        "adobe-subject-token",
        "x-roku-reserved-roku-connect-token",
        "ad-service-token",
        "ap-partner-framework-status",
        "ap-temppass-identity",
        "ap-visitor-identifier",
        "x-sso-id",
        "x-sso-link",
    ]
)
_ANSWERED: Final = frozenset({"content-type", "location", "allow", "date"})
_MEMBERS: Final[Mapping[str, str]] = {
    "client_id": "client",
    "client_secret": "secret",
    "software_statement": "statement",
    "serializedToken": "media-token",
    "ipAddress": "ip",
    "connectionIp": "ip",
    "connectionPort": "",
    "port": "",
    "userID": "viewer",
    "upstreamUserID": "viewer",
    "primaryOID": "viewer",
    "typeID": "viewer",
    "householdID": "household",
    "zip": "zip",
    "encryptedZip": "zip",
    "email": "email",
    "device_id": "device",
    "pt_device_id": "device",
    "SAMLResponse": "token",
    "request": "token",
}
_ENCRYPTED: Final = "encrypted"


class Redactor:
    """Makes exchanges of a capture, with stand-ins, of those that are the backend's."""

    def __init__(self, stand_ins: StandIns, backend: Backend) -> None:
        self.stand_ins = stand_ins
        self.backend = backend
        self.bodiless = 0
        self._identities = Identities(stand_ins)
        # What is asked by a code is about the device that was given it.
        self._devices: dict[str, str] = {}
        self._text = bounded_cache(_TEXTS_KEPT)(self._searched)
        self._headers = Memo(self._header)

    def exchange(self, raw: RawExchange, number: int) -> Exchange | None:
        """The exchange as it may be shown; None where it is not one with the backend."""
        answer = _as_json(raw.answer)
        route = self.backend.route(raw.method, raw.url, answer, own=bool(raw.own))
        if route is None:
            return None
        if not raw.status:
            self.backend.ignored["without an answer"] = (
                self.backend.ignored.get("without an answer", 0) + 1
            )
            return None
        return self._exchange(raw, number, route, answer)

    def _exchange(self, raw: RawExchange, number: int, route: Route, answer: Any) -> Exchange:  # noqa: ANN401
        parts = urlsplit(raw.url)
        headers = self._sent_headers(raw)
        device = self._devices.get(route.names.get("code", "")) or (
            readable_identifier(headers.get("ap-device-identifier", "")) or ""
        )
        self._identities.of_request(headers, device)
        body = self._body(raw.body, route.operation)
        redacted = self._member(answer, "", device)
        given = redacted.get("code") if isinstance(redacted, dict) else None
        if device and isinstance(given, str) and raw.status < _REFUSED:
            self._devices[given] = device
        empty = raw.answer is None and _expects_body(raw)
        self.bodiless += empty
        if route.operation == "partner_profile" and body is not None:
            body = self._identities.saml(body, redacted, raw)
        return Exchange(
            number=number,
            at=raw.at,
            took=raw.took,
            method=raw.method,
            origin=f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}",
            path=self._text(parts.path),
            query=self._query(parts.query),
            operation=route.operation,
            names={name: self._text(each) for name, each in route.names.items()},
            headers=headers,
            body=body,
            status=raw.status,
            answer_headers={
                name.lower(): self.url(value)
                for name, value in raw.answer_headers
                if name.lower() in _ANSWERED
            },
            answer=redacted,
            answered=not empty,
            headed=bool(raw.answer_headers),
            own=self._own(raw.own),
        )

    def _sent_headers(self, raw: RawExchange) -> dict[str, str]:
        headers: dict[str, str] = {}
        for name, value in raw.headers:
            lower = name.lower()
            if lower in _SENT and lower not in headers:
                headers[lower] = self._sent(lower, value)
        return headers

    def _own(self, own: Mapping[str, Any]) -> dict[str, str]:
        found = {}
        for name in ("client", "caller"):
            if isinstance(own.get(name), str):
                found[name] = self.stand_ins.of("client", own[name])
        if isinstance(own.get("application"), str):
            found["application"] = self._text(own["application"])
        return found

    # Headers

    def _sent(self, name: str, value: str) -> str:
        return self._headers[name, value] if len(value) < _LONGEST else self._header((name, value))

    def _header(self, header: tuple[str, str]) -> str:
        name, value = header
        reader: Callable[[str], str] | None = {
            "authorization": self._identities.authorization,
            "ap-device-identifier": self._identities.device,
            "x-device-info": self._device_info,
            "x-forwarded-for": self._addresses,
            "adobe-subject-token": self._identities.subject_token,
            "x-roku-reserved-roku-connect-token": self._identities.subject_token,
            "ad-service-token": self._identities.service_token,
            "ap-partner-framework-status": self._partner_status,
            "ap-temppass-identity": self._identities.temp_pass,
            "x-sso-id": lambda text: self.stand_ins.of("subject", text),
            "x-sso-link": lambda text: self.stand_ins.of("token", text),
            "ap-visitor-identifier": lambda text: self.stand_ins.of("visitor", text),
        }.get(name)
        if reader:
            return reader(value)
        return self._agent(value) if name == "user-agent" else self._text(value)

    def _agent(self, value: str) -> str:
        """What is full of versions, which look like addresses."""
        return self._text(value) if _MAILS.search(value) else value

    def _addresses(self, value: str) -> str:
        return ", ".join(self._named("connectionIp", each.strip()) for each in value.split(","))

    def _device_info(self, value: str) -> str:
        """What the device says of itself, without what is of this device alone."""
        found = _base64_json(unquote(value))
        if found is None:
            return "unreadable"
        kept = {name: each for name, each in found.items() if name in _DESCRIBED}
        return _base64({name: self._member(each, name, "") for name, each in kept.items()})

    def _partner_status(self, value: str) -> str:
        found = _base64_json(value)
        if found is None:
            return "unreadable"
        return _base64(self._member(found, "", ""))

    # Bodies and parameters

    def _body(self, body: str | None, operation: str) -> str | None:
        if not body:
            return body
        document = _as_json(body)
        if document is not None:
            return json.dumps(self._member(document, "", ""), separators=(",", ":"))
        if "=" in body:
            return self._query(body)
        return self._text(body) if operation in {"authorize", "preauthorize"} else ""

    def _query(self, text: str) -> str:
        if not text:
            return ""
        pairs = parse_qsl(text, keep_blank_values=True)
        return urlencode(
            [(self._text(name), self._named(name, value)) for name, value in pairs], quote_via=quote
        )

    def _named(self, name: str, value: str) -> str:
        """The value of a parameter or member, by its name."""
        kind = _MEMBERS.get(name)
        if kind is None:
            kind = "token" if name.lower() in SECRET else None
        if kind is None:
            return self.url(value)
        if name == "pt_device_id":
            return self._identities.hashed_device(value)
        if kind == "ip" and not _is_address(value):
            return value
        if kind == "token":
            # What has a name of its own elsewhere is the same here.
            return self.stand_ins.met(value) or self.stand_ins.of(kind, value)
        return self.stand_ins.of(kind, value) if kind else "0"

    def url(self, text: str) -> str:
        """A text that may be a URL, whose query may have secrets by name."""
        if "?" not in text and "#" not in text:
            return self._text(text)
        path, mark, query = text.partition("?" if "?" in text else "#")
        if "=" not in query:
            return self._text(text)
        query, fragment, rest = query.partition("#")
        tail = f"#{self._query(rest) if '=' in rest else self._text(rest)}" if fragment else ""
        return f"{self._text(path)}{mark}{self._query(query)}{tail}"

    def _member(self, value: Any, name: str, device: str) -> Any:  # noqa: ANN401 - JSON of any shape
        """A value of JSON, by the name of the member that it is."""
        if isinstance(value, str):
            if name in {"userID", "upstreamUserID"}:
                return self._identities.user_id(value, device)
            if name == "access_token":
                return self._identities.bearer(value)
            if name == "serviceToken":
                return self._identities.service_token(value)
            if name in _AGENTS:
                return self._agent(value)
            return self._named(name, value)
        if isinstance(value, dict):
            if value.get("state") == "enc" and "value" in value:
                return {**value, "value": _ENCRYPTED}
            # An attribute of the user metadata is called what holds its value.
            return {
                self._text(each): self._member(
                    inner, name if each == "value" and name in _MEMBERS else each, device
                )
                for each, inner in value.items()
            }
        if isinstance(value, list):
            return [self._member(each, name, device) for each in value]
        return value

    def _searched(self, text: str) -> str:
        """A text without tokens, addresses, and whatever was met by name before."""
        found = text
        if _TELLING.search(text):
            found = _FOUND.sub(self._replaced, text)
        return self._without_known(found, PIECES)

    def _without_known(self, text: str, pieces: tuple[re.Pattern[str], ...]) -> str:
        """A text without what was met by name before, be it all of it or a piece."""
        if len(text) < SHORTEST:
            return text
        known = self.stand_ins.met(text)
        if known is not None or not pieces:
            return known or text
        return pieces[0].sub(lambda piece: self._without_known(piece[0], pieces[1:]), text)

    def _replaced(self, found: re.Match[str]) -> str:
        kind, text = found.lastgroup or "", found[0]
        if kind == "bearer":
            return f"Bearer {self.stand_ins.of('token', re.split('[ +]|%20', text)[-1])}"
        if kind == "ip" and not _is_address(text):
            return text
        if kind == "email":
            return self.stand_ins.of("email", text.replace("%40", "@"))
        return self.stand_ins.of(kind, text)


_AGENTS: Final = frozenset(
    ["userAgent", "originalUserAgent", "version", "osVersion", "browserVersion", "profile"]
)
_MAILS: Final = re.compile(rf"{_MAIL}|{_JWT}")
_LONGEST: Final = 16 * 1024
_REFUSED: Final = 400
_DESCRIBED: Final = frozenset(
    [
        "primaryHardwareType",
        "type",
        "model",
        "version",
        "manufacturer",
        "vendor",
        "osName",
        "osFamily",
        "osVendor",
        "osVersion",
        "browserName",
        "browserVendor",
        "browserVersion",
        "userAgent",
        "displayWidth",
        "displayHeight",
        "displayPpi",
        "diagonalScreenSize",
        "connectionType",
        "connectionSecure",
        "connectionIp",
        "connectionPort",
        "applicationId",
    ]
)


def _is_address(text: str) -> bool:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return False
    # The machine itself identifies nobody.
    return not (found.is_unspecified or found.is_loopback)


def _expects_body(raw: RawExchange) -> bool:
    return raw.status not in {204, 304} and not 300 <= raw.status < 400  # noqa: PLR2004


def _as_json(text: str | None) -> Any:  # noqa: ANN401 - JSON of any shape
    if not text or not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _base64_json(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(base64.b64decode(text.strip() + "=" * (-len(text.strip()) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _base64(members: Mapping[str, Any]) -> str:
    return base64.b64encode(json.dumps(members, separators=(",", ":")).encode()).decode()
