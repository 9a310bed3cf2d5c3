"""Stand-ins that keep a shape: tokens that still say who is the same, devices, viewers, SAML responses."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode

from simulator.domain.access.device_info import readable_identifier
from simulator.domain.decisions import degradation, temp_pass
from simulator.domain.journal.redaction import MARK
from simulator.domain.sessions.profiles import device_digits
from simulator.domain.sso import saml
from simulator.domain.sso.partner_sso import ISSUER
from simulator.domain.texts import from_base64

from .dialects import RawExchange
from .packing import packed_json
from .stand_ins import StandIns, claims, jws

_BY_DEVICE: Final = re.compile(
    f"({temp_pass.user_id('')[:-40]}|{degradation.user_id('')[:-40]})([0-9a-f]{{40}})"
)
_UNREADABLE: Final = "unreadable"
OTHER_MVPD: Final = "mvpd-unseen"
"""The MVPD whose response was handed in where that of another was to be."""
_CREATED: Final = 201
_SCHEME: Final = re.compile(r"(?i)bearer\s+")


class Identities:
    """The stand-ins of one run for who asks, and on which device."""

    def __init__(self, stand_ins: StandIns) -> None:
        self._stand_ins = stand_ins
        self._hashes: dict[str, str] = {}
        self._digits: dict[str, dict[str, str]] = {}

    def authorization(self, value: str) -> str:
        """The header with a stand-in of the same shape."""
        if not _SCHEME.match(value):
            self.expect_credentials(value)
            return self._stand_ins.of("token", value)
        return f"Bearer {self.bearer(_SCHEME.sub('', value, count=1).strip())}"

    def expect_credentials(self, value: str) -> None:
        """Know what a header of any scheme authorizes with, should it come up again."""
        sent = value.rpartition(" ")[2]
        told = (from_base64(sent) or b"").decode(errors="replace")
        for each in (value, sent, told.partition(":")[2]):
            self._stand_ins.expect("token", each)

    def bearer(self, token: str) -> str:
        """An access token that says whose it is and how long it lasts, where the real one did."""
        said = claims(token)
        if said is None and not MARK.fullmatch(token):
            # Whoever is refused such a token must be refused its stand-in.
            return self._stand_ins.of("bearer", token)
        known = _times(said or {})
        if said and _are_scopes(said.get("scopes")):
            known["scopes"] = said["scopes"]
        if said and isinstance(said.get("sub"), str):
            known["sub"] = self._stand_ins.of("client", said["sub"])
        return self._stand_ins.of("bearer", token, shape=lambda name: jws({"jti": name, **known}))

    def subject_token(self, value: str) -> str:
        """A token of a platform's identity."""
        return self._single_sign_on("subject-token", value)

    def service_token(self, value: str) -> str:
        """A token of a viewer's identity."""
        return self._single_sign_on("service-token", value)

    def _single_sign_on(self, kind: str, value: str) -> str:
        said = claims(value)
        if said is None or not isinstance(said.get("sub"), str):
            return self._stand_ins.of(kind, value)
        known = _times(said)
        for name, of in (("iss", "issuer"), ("sub", "subject")):
            if isinstance(said.get(name), str):
                known[name] = self._stand_ins.of(of, said[name])
        return self._stand_ins.of(kind, value, shape=lambda _: jws(known))

    def device(self, value: str) -> str:
        """AP-Device-Identifier with a stand-in for the identifier, unreadable where it was so."""
        found = readable_identifier(value)
        packed = value.removeprefix("fingerprint ").strip()
        if found is None:
            self._stand_ins.expect("device", packed)
            return f"fingerprint {_UNREADABLE}!" if value.strip() else value
        text = self._stand_ins.of("device", found)
        for each in (packed, found.removeprefix("hex:")):
            self._stand_ins.expect("device", each)
        self._hashes[_sha256(found)] = _sha256(text)
        self._stand_ins.meet(_sha256(found), _sha256(text))
        if found.startswith("hex:"):
            self._hashes[found.removeprefix("hex:")] = _sha256(text)
        return f"fingerprint {base64.b64encode(text.encode()).decode()}"

    def hashed_device(self, value: str) -> str:
        """The hash of a device's identifier, as urls have it."""
        return self._hashes.get(value) or self._stand_ins.of("token", value)

    def user_id(self, value: str, device: str) -> str:
        """A userID: that of a viewer, or one that follows from the device."""
        found = _BY_DEVICE.fullmatch(value)
        if found is None or not device:
            return self._stand_ins.of("viewer", value)
        known = self._digits.setdefault(device, {})
        if found[2] not in known:
            again = f" {len(known) + 1}" if known else ""
            known[found[2]] = device_digits(device + again)
        return found[1] + known[found[2]]

    def temp_pass(self, value: str) -> str:
        """AP-TempPass-Identity with a stand-in for the identity, unreadable where it was so."""
        if MARK.fullmatch(value):
            return value
        try:
            text = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, ValueError):
            return f"{_UNREADABLE}!"
        try:
            members = json.loads(text)
        except (ValueError, RecursionError):
            members = None
        if not isinstance(members, dict):
            return _base64(self._stand_ins.of("identity", text))
        return packed_json(self._identity(members))

    def _identity(self, value: Any) -> Any:  # noqa: ANN401 - JSON of any shape
        """An identity of the same shape, all of which identifies somebody but the names of its members."""
        if isinstance(value, dict):
            return {
                name if _MEMBER.fullmatch(name) else self._identity(name): self._identity(each)
                for name, each in value.items()
            }
        if isinstance(value, list):
            return [self._identity(each) for each in value]
        if isinstance(value, bool) or value is None:
            return value
        text = self._stand_ins.of("identity", str(value))
        return text if isinstance(value, str) else int(text.rpartition("-")[2])

    def of_request(self, headers: dict[str, str], device: str) -> None:
        """Put an identity in the place of one that our archives leave out: one person on each device."""
        found = headers.get("ap-temppass-identity")
        if found and MARK.fullmatch(found):
            who = self._stand_ins.of("identity", f"of {device}")
            headers["ap-temppass-identity"] = packed_json({"email": who})

    def saml(self, body: str, answer: Any, raw: RawExchange) -> str:  # noqa: ANN401 - JSON
        """The form with a SAML response in it that says what the answer shows it said."""
        pairs = parse_qsl(body, keep_blank_values=True)
        given = dict(parse_qsl(raw.body or "", keep_blank_values=True)).get("SAMLResponse")
        if not given:
            return body
        made = _saml(given, answer, raw.status)
        return urlencode(
            [(name, made if name == "SAMLResponse" else value) for name, value in pairs],
            quote_via=quote,
        )


_MEMBER: Final = re.compile("[A-Za-z_]{1,40}")
_SCOPE: Final = re.compile("[a-z:_]{1,40}(?:v[0-9])?")


def _are_scopes(value: object) -> bool:
    found = value if isinstance(value, list) else str(value).split()
    return all(isinstance(each, str) and _SCOPE.fullmatch(each) for each in found)


def _times(said: Mapping[str, Any]) -> dict[str, Any]:
    """When a token was made, and when it ends, as far as it says so."""
    return {name: said[name] for name in ("iat", "exp") if isinstance(said.get(name), int | float)}


def _saml(given: str, answer: Any, status: int) -> str:  # noqa: ANN401 - JSON
    """A response that leads to the answer, whatever the one that was given says."""
    if status == _CREATED:
        return _response(*_viewer_in(answer))
    code = answer.get("code") if isinstance(answer, dict) else None
    if not _readable(given, code):
        return _UNREADABLE
    of_another = code == "invalid_header_pfs_provider_id_mismatch"
    return _response("viewer", {}, f"{ISSUER}{OTHER_MVPD}" if of_another else "stand-in")


def _readable(given: str, code: object) -> bool:
    if MARK.fullmatch(given):
        return code != "invalid_parameter_saml_response"
    try:
        saml.read_response(given)
    except saml.SamlError:
        return False
    return True


def _viewer_in(answer: Any) -> tuple[str, dict[str, str | list[str]]]:  # noqa: ANN401 - JSON
    """The viewer and the attributes of the first profile of an answer."""
    profiles = answer.get("profiles") if isinstance(answer, dict) else None
    first = next(iter(profiles.values()), None) if isinstance(profiles, dict) else None
    found = first.get("attributes") if isinstance(first, dict) else None
    values = {
        name: each.get("value")
        for name, each in (found if isinstance(found, dict) else {}).items()
        if isinstance(each, dict)
    }
    attributes = {
        name: value
        for name, value in values.items()
        if name not in {"userID", "tokenSource", "upstreamUserID"} and isinstance(value, str | list)
    }
    return str(values.get("userID", "viewer")), attributes


def _response(
    name_id: str, attributes: Mapping[str, str | list[str]], issuer: str = "stand-in"
) -> str:
    told = saml.SamlResponse(name_id=name_id, issuer=issuer, attributes=attributes)
    return saml.response(told, response_id="_stand-in", now=0)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
