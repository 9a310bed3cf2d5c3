"""A capture without its secrets: what is known by its name gets a stand-in, and all other texts are searched.

Headers that nobody knows are left out, parameters and members are searched as any other text; pages are left
out altogether. So what is missing here is missing in a world, in a verdict and in a safe capture, too.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import SplitResult, unquote, urlsplit

from simulator.domain.access.device_info import readable_identifier
from simulator.domain.bounded_cache import Memo, bounded_cache
from simulator.domain.texts import from_base64

from .dialects import RawExchange
from .exchanges import Backend, Exchange, Route
from .identities import Identities
from .looks import is_address
from .names import kind_of
from .packing import as_json, packed_json
from .stand_ins import StandIns
from .texts import Texts

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
# A form begins with the name of a parameter; what is multipart, XML or cut off does not.
_FORM: Final = re.compile(r"[^\s=&<>\"'{}]+=")


class Redactor:
    """Makes exchanges of a capture, with stand-ins, of those that are the backend's."""

    def __init__(self, stand_ins: StandIns, backend: Backend) -> None:
        self.stand_ins = stand_ins
        self.backend = backend
        self.bodiless = 0
        self._identities = Identities(stand_ins)
        # What is asked by a code is about the device that was given it.
        self._devices: dict[str, str] = {}
        self._texts = Texts(stand_ins, self._identities)
        self._headers = Memo(self._header)
        self._left_out = bounded_cache(_LEFT_OUT_KEPT)(self._leave_out)

    def exchange(self, raw: RawExchange, number: int) -> Exchange | None:
        """The exchange as it may be shown; None where it is not one with the backend."""
        answer = as_json(raw.answer)
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
        for name, value in raw.answer_headers:
            self._left_out((name.lower(), value))
        device = self._devices.get(route.names.get("code", "")) or (
            readable_identifier(headers.get("ap-device-identifier", "")) or ""
        )
        self._identities.of_request(headers, device)
        body = self._body(raw.body, route.operation)
        redacted = self._texts.member(answer, "", device)
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
            origin=self._origin(parts),
            path=self.text(parts.path),
            query=self._texts.query(parts.query),
            operation=route.operation,
            names={name: self.text(each) for name, each in route.names.items()},
            headers=headers,
            body=body,
            status=raw.status,
            answer_headers={
                name.lower(): self._texts.url(value)
                for name, value in raw.answer_headers
                if name.lower() in _ANSWERED
            },
            answer=redacted,
            answered=not empty,
            headed=bool(raw.answer_headers),
            own=self._own(raw.own),
        )

    def text(self, text: str) -> str:
        """Any other text, such as a file's name, as it may be shown."""
        return self._texts.text(text)

    def again(self, value: Any) -> Any:  # noqa: ANN401 - JSON of any shape
        """What was made of exchanges, without what showed later to be somebody's."""
        if isinstance(value, str):
            return self.stand_ins.without(value, redacted=True)
        if isinstance(value, Mapping):
            return {self.again(name): self.again(each) for name, each in value.items()}
        return [*map(self.again, value)] if isinstance(value, list | tuple) else value

    def _origin(self, parts: SplitResult) -> str:
        """Scheme, host and port, which may be a machine at somebody's home."""
        place = parts.netloc.rpartition("@")[2]
        host = parts.hostname or ""
        if is_address(host):
            found = self.stand_ins.of("ip", host)
            place = place.lower().replace(host, found)
            return f"{parts.scheme}://{place}"
        return f"{parts.scheme}://{self.text(place)}"

    def _sent_headers(self, raw: RawExchange) -> dict[str, str]:
        headers: dict[str, str] = {}
        for name, value in raw.headers:
            lower = name.lower()
            if lower not in _SENT:
                self._left_out((lower, value))
            elif lower not in headers:
                headers[lower] = self._sent(lower, value)
        return headers

    def _own(self, own: Mapping[str, Any]) -> dict[str, str]:
        found = {}
        for name in ("client", "caller"):
            if isinstance(own.get(name), str):
                found[name] = self.stand_ins.of("client", own[name])
        if isinstance(own.get("application"), str):
            found["application"] = self.text(own["application"])
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
            "x-forwarded-for": self._texts.text,
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
        return self._texts.agent(value) if name == "user-agent" else self.text(value)

    def _leave_out(self, header: tuple[str, str]) -> str:
        """Know what is secret in a header that is left out, should it come up again."""
        name, value = header
        kind = kind_of(name)
        if kind == "cookie":
            # Behind the cookie that is set, there is only what to do with it.
            crumbs = value.split(";")[: 1 if name.startswith("set-") else None]
            for each in (each.partition("=")[2].strip() for each in crumbs):
                if len(each) >= _SECRET_COOKIE and any(map(str.isdecimal, each)):
                    self.stand_ins.expect(kind, each)
        elif kind == "token":
            self._identities.expect_credentials(value)
        elif kind:
            self.stand_ins.expect(kind, value)
        return ""

    def _device_info(self, value: str) -> str:
        """What the device says of itself, without what is of this device alone."""
        found = _base64_json(unquote(value))
        if found is None:
            return "unreadable"
        # What is of this device alone is known then, should it come up again.
        made = self._texts.member(found, "")
        return packed_json({name: each for name, each in made.items() if name in _DESCRIBED})

    def _partner_status(self, value: str) -> str:
        found = _base64_json(value)
        if found is None:
            return "unreadable"
        return packed_json(self._texts.member(found, ""))

    # Bodies and parameters

    def _body(self, body: str | None, operation: str) -> str | None:
        if not body:
            return body
        document = as_json(body)
        if document is not None:
            return json.dumps(self._texts.member(document, ""), separators=(",", ":"))
        if _FORM.match(body):
            return self._texts.query(body)
        # Nobody can read it, whatever it is.
        return "unreadable" if operation in {"authorize", "preauthorize"} else ""


# What is shorter, or has letters alone, may be the name of an MVPD.
_SECRET_COOKIE: Final = 12
_LEFT_OUT_KEPT: Final = 4_096
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


def _expects_body(raw: RawExchange) -> bool:
    return raw.status not in {204, 304} and not 300 <= raw.status < 400  # noqa: PLR2004


def _base64_json(text: str) -> dict[str, Any] | None:
    data = from_base64(text.strip())
    if data is None:
        return None
    found = as_json(data.decode(errors="replace"))
    return found if isinstance(found, dict) else None
