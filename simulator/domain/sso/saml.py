"""SAML 2.0 between us and providers: the request for a login, and the response to it.

What the partner's framework hands over is read as it is, whoever signed it
(Adobe: Apple cookbook, PFS2).
"""

import base64
import binascii
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from simulator.domain.texts import xml_text

from .xml_signature import sign

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from lxml.etree import _Element

ENTITY: Final = "https://saml.sp.auth.adobe.com"
"""Who asks, and whom responses are for: the issuer of requests, and the audience."""

CONSUMER: Final = "/sp/saml/SAMLAssertionConsumer"
"""The path that responses are posted to."""

_PROTOCOL: Final = "urn:oasis:names:tc:SAML:2.0:protocol"
_ASSERTION: Final = "urn:oasis:names:tc:SAML:2.0:assertion"
_SUCCESS: Final = "urn:oasis:names:tc:SAML:2.0:status:Success"
_POST: Final = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
_BEARER: Final = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
_UNSPECIFIED: Final = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
_PASSWORD: Final = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
NAMES: Final = {"samlp": _PROTOCOL, "saml": _ASSERTION}
"""The prefixes of paths to elements of SAML."""

# Responses are a few kilobytes; whatever is larger than this is none.
_LARGEST: Final = 512 * 1024
_BLANKS: Final = re.compile(r"\s+")

LIFETIME: Final = 5 * 60 * 1000
"""How long an assertion that we make is good for, in milliseconds."""


class SamlError(ValueError):
    """What keeps a text from being a SAML response of use: all `problems`, in words."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


@dataclass(frozen=True, kw_only=True, slots=True)
class SamlResponse:
    """What a provider's response says: who logged in, and what else it tells of them.

    `subscriber` is the id of the account that we call the viewer by, where a response of ours has it.
    """

    name_id: str
    issuer: str | None = None
    in_response_to: str | None = None
    subscriber: str | None = None
    attributes: Mapping[str, str | list[str]] = field(default_factory=dict)


def authentication_request(
    *,
    request_id: str,
    now: int,
    provider_name: str,
    consumer: str = f"{ENTITY}{CONSUMER}",
    destination: str | None = None,
) -> str:
    """An AuthnRequest, as Base64 of XML: what we, or the partner's framework, hand to the provider.

    `request_id` is made for this request alone, `now` is in epoch milliseconds. `consumer` is where the
    response is to be posted, `destination` the address of the provider.
    """
    from lxml import etree

    root = etree.Element(
        _tag("samlp", "AuthnRequest"),
        {
            "ID": request_id,
            "Version": "2.0",
            "IssueInstant": _instant(now),
            "ProtocolBinding": _POST,
            "AssertionConsumerServiceURL": xml_text(consumer),
            "ProviderName": xml_text(provider_name),
            **({"Destination": xml_text(destination)} if destination else {}),
        },
        NAMES,
    )
    etree.SubElement(root, _tag("saml", "Issuer")).text = ENTITY
    etree.SubElement(
        root, _tag("samlp", "NameIDPolicy"), {"Format": _UNSPECIFIED, "AllowCreate": "true"}
    )
    return _base64(root)


def redirected(request: str, relay_state: str) -> str:
    """The query that hands a request on by a redirect (SAML bindings, 3.4.4.1)."""
    packed = zlib.compress(base64.b64decode(request))
    # Bare, without the head and the checksum of the format.
    found = {
        "SAMLRequest": base64.b64encode(packed[2:-4]).decode(),
        "RelayState": relay_state,
    }
    return urlencode(found)


@dataclass(frozen=True, kw_only=True, slots=True)
class Signer:
    """Who signs an assertion: a private key, and the certificate (PEM) for it."""

    key: "RSAPrivateKey"
    certificate: str


def response(
    told: SamlResponse, *, response_id: str, now: int, signer: Signer | None = None
) -> str:
    """A Response with one assertion that says what `told` does, as Base64 of XML.

    `response_id` is made for it alone, `now` is in epoch milliseconds. `signer` signs the assertion.
    """
    from lxml import etree

    to = {"InResponseTo": told.in_response_to} if told.in_response_to else {}
    head = {"Version": "2.0", "IssueInstant": _instant(now)}
    until = {"NotOnOrAfter": _instant(now + LIFETIME)}
    root = etree.Element(_tag("samlp", "Response"), {"ID": response_id, **head, **to}, NAMES)
    etree.SubElement(root, _tag("saml", "Issuer")).text = told.issuer
    status = etree.SubElement(root, _tag("samlp", "Status"))
    etree.SubElement(status, _tag("samlp", "StatusCode"), {"Value": _SUCCESS})
    assertion = etree.Element(
        _tag("saml", "Assertion"), {"ID": f"{response_id}-assertion", **head}, NAMES
    )
    etree.SubElement(assertion, _tag("saml", "Issuer")).text = told.issuer
    subject = etree.SubElement(assertion, _tag("saml", "Subject"))
    own_name = {"SPProvidedID": xml_text(told.subscriber)} if told.subscriber else {}
    named = etree.SubElement(subject, _tag("saml", "NameID"), {"Format": _UNSPECIFIED, **own_name})
    named.text = xml_text(told.name_id)
    confirmed = etree.SubElement(subject, _tag("saml", "SubjectConfirmation"), {"Method": _BEARER})
    etree.SubElement(confirmed, _tag("saml", "SubjectConfirmationData"), {**until, **to})
    conditions = etree.SubElement(
        assertion, _tag("saml", "Conditions"), {"NotBefore": _instant(now), **until}
    )
    audience = etree.SubElement(conditions, _tag("saml", "AudienceRestriction"))
    etree.SubElement(audience, _tag("saml", "Audience")).text = ENTITY
    login = etree.SubElement(
        assertion, _tag("saml", "AuthnStatement"), {"AuthnInstant": _instant(now)}
    )
    context = etree.SubElement(login, _tag("saml", "AuthnContext"))
    etree.SubElement(context, _tag("saml", "AuthnContextClassRef")).text = _PASSWORD
    if told.attributes:
        statement = etree.SubElement(assertion, _tag("saml", "AttributeStatement"))
        for name, value in told.attributes.items():
            member = etree.SubElement(
                statement, _tag("saml", "Attribute"), {"Name": xml_text(name)}
            )
            for each in value if isinstance(value, list) else [value]:
                etree.SubElement(member, _tag("saml", "AttributeValue")).text = xml_text(each)
    if signer is not None:
        issuer = _tag("saml", "Issuer")
        assertion = sign(assertion, signer.key, signer.certificate, after=issuer)
    root.append(assertion)
    return _base64(root)


def read_response(text: str) -> SamlResponse:
    """What the Base64 of a Response says, whoever signed it. Raises `SamlError`.

    It must be one of SAML 2.0 that tells of success and names somebody. Blanks do not count.
    """
    root = parsed(text)
    if problem := failure(root):
        raise SamlError(problem)
    assertion = root.find("saml:Assertion", NAMES)
    if assertion is None:
        raise SamlError("it has no assertion that could be read")
    return read_assertion(root, assertion)


def parsed(text: str) -> "_Element":
    """The Response in a Base64 of XML. Raises `SamlError`. Blanks do not count."""
    encoded = _BLANKS.sub("", text)
    if not encoded:
        raise SamlError("it is missing")
    if len(encoded) > _LARGEST:
        raise SamlError(f"it is longer than {_LARGEST} characters")
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SamlError("it is not Base64, or was percent-encoded twice") from error
    root = xml_of(data, "its Base64 decodes to no XML")
    if root.tag != _tag("samlp", "Response"):
        raise SamlError("its root is no Response of SAML 2.0")
    return root


def xml_of(data: bytes, otherwise: str) -> "_Element":
    """The root of a whole document. Raises `SamlError`, which says `otherwise` where it is none."""
    from lxml import etree

    # No entities, no network, and no document type at all: nothing can be smuggled in or blown up.
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SamlError(otherwise) from error
    if root is None or etree.tostring(root.getroottree()).lstrip().startswith(b"<!DOCTYPE"):
        raise SamlError("it brings a document type of its own")
    return root


def failure(root: "_Element") -> str | None:
    """What a Response says where it does not tell of success, else None."""
    codes = [
        each.get("Value", "") for each in root.iterfind("samlp:Status//samlp:StatusCode", NAMES)
    ]
    if codes[:1] == [_SUCCESS]:
        return None
    message = text_of(root.find("samlp:Status/samlp:StatusMessage", NAMES))
    said = ", ".join(filter(None, [*(each.rpartition(":")[2] for each in codes), message]))
    return f"its status does not tell of success{f' but of {said}' if said else ''}"


def read_assertion(root: "_Element", assertion: "_Element") -> SamlResponse:
    """What a Response says with its assertion. Raises `SamlError` where that names nobody."""
    named = assertion.find("saml:Subject/saml:NameID", NAMES)
    name_id = text_of(named)
    if named is None or name_id is None:
        raise SamlError("its assertion has no NameID, so it names nobody")
    return SamlResponse(
        name_id=name_id,
        issuer=issuer_of(assertion) or issuer_of(root),
        in_response_to=root.get("InResponseTo"),
        subscriber=named.get("SPProvidedID"),
        attributes=_attributes(assertion),
    )


def issuer_of(element: "_Element") -> str | None:
    """Who made a Response or an assertion, as far as it says so."""
    return text_of(element.find("saml:Issuer", NAMES))


def _attributes(assertion: "_Element") -> dict[str, str | list[str]]:
    found: dict[str, str | list[str]] = {}
    for each in assertion.findall("saml:AttributeStatement/saml:Attribute", NAMES):
        name = each.get("Name", "").strip()
        values = [
            text for value in each.findall("saml:AttributeValue", NAMES) if (text := text_of(value))
        ]
        if name and values:
            found[name] = values[0] if len(values) == 1 else values
    return found


def text_of(element: "_Element | None") -> str | None:
    """The text in an element, without blanks around it; None for none."""
    text = "".join(str(part) for part in element.itertext()) if element is not None else ""
    return text.strip() or None


def _tag(prefix: str, name: str) -> str:
    return f"{{{NAMES[prefix]}}}{name}"


def _instant(moment: int) -> str:
    return datetime.fromtimestamp(moment // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _base64(root: Any) -> str:  # noqa: ANN401 - an lxml element
    from lxml import etree

    return base64.b64encode(etree.tostring(root, encoding="UTF-8", xml_declaration=True)).decode()
