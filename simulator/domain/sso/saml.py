"""SAML 2.0 as partner single sign-on uses it: a request to hand on, and the provider's response.

Nothing here checks a signature: the simulator takes the response of any provider
(Adobe: Apple cookbook, PFS2).
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from simulator.domain.texts import xml_text

if TYPE_CHECKING:
    from lxml.etree import _Element

ENTITY: Final = "https://saml.sp.auth.adobe.com"
"""Who asks, and whom responses are for: the issuer of requests, and the audience."""

_PROTOCOL: Final = "urn:oasis:names:tc:SAML:2.0:protocol"
_ASSERTION: Final = "urn:oasis:names:tc:SAML:2.0:assertion"
_SUCCESS: Final = "urn:oasis:names:tc:SAML:2.0:status:Success"
_POST: Final = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
_BEARER: Final = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
_UNSPECIFIED: Final = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
_PASSWORD: Final = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
_NAMES: Final = {"samlp": _PROTOCOL, "saml": _ASSERTION}

# Responses are a few kilobytes; whatever is larger than this is none.
_LARGEST: Final = 512 * 1024
_BLANKS: Final = re.compile(r"\s+")

LIFETIME: Final = 5 * 60 * 1000
"""How long an assertion that we make is good for, in milliseconds."""


class SamlError(ValueError):
    """What keeps a text from being a SAML response; the message says it in words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SamlResponse:
    """What a provider's response says: who logged in, and what else it tells of them."""

    name_id: str
    issuer: str | None = None
    in_response_to: str | None = None
    attributes: Mapping[str, str | list[str]] = field(default_factory=dict)


def authentication_request(*, request_id: str, now: int, provider_name: str) -> str:
    """An AuthnRequest, as Base64 of XML: what the partner's framework hands to the provider.

    `request_id` is made for this request alone, `now` is in epoch milliseconds.
    """
    from lxml import etree

    root = etree.Element(
        _tag("samlp", "AuthnRequest"),
        {
            "ID": request_id,
            "Version": "2.0",
            "IssueInstant": _instant(now),
            "ProtocolBinding": _POST,
            "AssertionConsumerServiceURL": f"{ENTITY}/sp/saml/SAMLAssertionConsumer",
            "ProviderName": xml_text(provider_name),
        },
        _NAMES,
    )
    etree.SubElement(root, _tag("saml", "Issuer")).text = ENTITY
    etree.SubElement(
        root, _tag("samlp", "NameIDPolicy"), {"Format": _UNSPECIFIED, "AllowCreate": "true"}
    )
    return _base64(root)


def response(told: SamlResponse, *, response_id: str, now: int) -> str:
    """A Response with one assertion that says what `told` does, as Base64 of XML.

    `response_id` is made for it alone, `now` is in epoch milliseconds.
    """
    from lxml import etree

    to = {"InResponseTo": told.in_response_to} if told.in_response_to else {}
    head = {"Version": "2.0", "IssueInstant": _instant(now)}
    until = {"NotOnOrAfter": _instant(now + LIFETIME)}
    root = etree.Element(_tag("samlp", "Response"), {"ID": response_id, **head, **to}, _NAMES)
    etree.SubElement(root, _tag("saml", "Issuer")).text = told.issuer
    status = etree.SubElement(root, _tag("samlp", "Status"))
    etree.SubElement(status, _tag("samlp", "StatusCode"), {"Value": _SUCCESS})
    assertion = etree.SubElement(
        root, _tag("saml", "Assertion"), {"ID": f"{response_id}-assertion", **head}
    )
    etree.SubElement(assertion, _tag("saml", "Issuer")).text = told.issuer
    subject = etree.SubElement(assertion, _tag("saml", "Subject"))
    named = etree.SubElement(subject, _tag("saml", "NameID"), {"Format": _UNSPECIFIED})
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
    return _base64(root)


def read_response(text: str) -> SamlResponse:
    """What the Base64 of a Response says. Raises `SamlError`.

    It must be one of SAML 2.0 that tells of success and names somebody. Blanks do not count.
    """
    from lxml import etree

    encoded = _BLANKS.sub("", text)
    if not encoded:
        raise SamlError("it is missing")
    if len(encoded) > _LARGEST:
        raise SamlError(f"it is longer than {_LARGEST} characters")
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SamlError("it is not Base64, or was percent-encoded twice") from error
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
        raise SamlError("its Base64 decodes to no XML") from error
    if root is None or etree.tostring(root.getroottree()).lstrip().startswith(b"<!DOCTYPE"):
        raise SamlError("it brings a document type of its own")
    return _read(root)


def _read(root: "_Element") -> SamlResponse:
    if root.tag != _tag("samlp", "Response"):
        raise SamlError("its root is no Response of SAML 2.0")
    code = root.find("samlp:Status/samlp:StatusCode", _NAMES)
    if code is None or code.get("Value") != _SUCCESS:
        raise SamlError("its status does not tell of success")
    assertion = root.find("saml:Assertion", _NAMES)
    if assertion is None:
        raise SamlError("it has no assertion that could be read")
    name_id = _text(assertion.find("saml:Subject/saml:NameID", _NAMES))
    if name_id is None:
        raise SamlError("its assertion has no NameID")
    issuer = _text(assertion.find("saml:Issuer", _NAMES)) or _text(root.find("saml:Issuer", _NAMES))
    return SamlResponse(
        name_id=name_id,
        issuer=issuer,
        in_response_to=root.get("InResponseTo"),
        attributes=_attributes(assertion),
    )


def _attributes(assertion: "_Element") -> dict[str, str | list[str]]:
    found: dict[str, str | list[str]] = {}
    for each in assertion.findall("saml:AttributeStatement/saml:Attribute", _NAMES):
        name = each.get("Name", "").strip()
        values = [
            text for value in each.findall("saml:AttributeValue", _NAMES) if (text := _text(value))
        ]
        if name and values:
            found[name] = values[0] if len(values) == 1 else values
    return found


def _text(element: "_Element | None") -> str | None:
    text = "".join(str(part) for part in element.itertext()) if element is not None else ""
    return text.strip() or None


def _tag(prefix: str, name: str) -> str:
    return f"{{{_NAMES[prefix]}}}{name}"


def _instant(moment: int) -> str:
    return datetime.fromtimestamp(moment // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _base64(root: Any) -> str:  # noqa: ANN401 - an lxml element
    from lxml import etree

    return base64.b64encode(etree.tostring(root, encoding="UTF-8", xml_declaration=True)).decode()
