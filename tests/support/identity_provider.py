"""An identity provider of a lab's own: it answers SAML requests, signed as real ones do."""

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final, Self
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import CanonicalizationMethod
from signxml.signer import XMLSigner

from .tokens import private_key

ENTITY: Final = "https://idp.lab.example/realms/tv"
SSO: Final = "https://idp.lab.example/sso"
AUDIENCE: Final = "https://saml.sp.auth.adobe.com"
NAMES: Final = {
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}

_RESPONSE: Final = """\
<samlp:Response xmlns:samlp="{samlp}" xmlns:saml="{saml}" ID="response-1" Version="2.0" \
IssueInstant="{now}"{to}>
  <saml:Issuer>{issuer}</saml:Issuer>{place_of_response}
  <samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{status}"/></samlp:Status>
  {assertion}
</samlp:Response>
"""
_ASSERTION: Final = """\
<saml:Assertion xmlns:saml="{saml}" ID="assertion-1" Version="2.0" IssueInstant="{now}">
  <saml:Issuer>{issuer}</saml:Issuer>{place_of_assertion}
  <saml:Subject>{name}
    <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
      <saml:SubjectConfirmationData NotOnOrAfter="{until}"{to}/>
    </saml:SubjectConfirmation>
  </saml:Subject>
  <saml:Conditions NotBefore="{since}" NotOnOrAfter="{until}">
    <saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction>
  </saml:Conditions>
  <saml:AttributeStatement>{attributes}</saml:AttributeStatement>
</saml:Assertion>
"""
_PLACE: Final = '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="placeholder"/>'


@cache
def certificate(key: str) -> str:
    """A certificate (PEM) for the key pair called `key`, made by itself."""
    private = private_key(key)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"idp {key}")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(7)
        # Long over: a signature is as good as its key.
        .not_valid_before(datetime(2001, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2002, 1, 1, tzinfo=UTC))
        .sign(private, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A response in the making; `signs` are the elements that are signed, inner ones first."""

    now: datetime
    name: str | None = "jane@lab.example"
    issuer: str = ENTITY
    audience: str = AUDIENCE
    status: str = "Success"
    lasts: timedelta = timedelta(minutes=5)
    in_response_to: str | None = None
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    signs: tuple[str, ...] = ("saml:Assertion",)
    key: str = "idp"

    def but(self, **changes: object) -> Self:
        """The same answer with other members."""
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def xml(self) -> etree._Element:
        """The document, signed."""
        to = f' InResponseTo="{self.in_response_to}"' if self.in_response_to else ""
        name = f"<saml:NameID>{self.name}</saml:NameID>" if self.name is not None else ""
        attributes = "".join(
            f'<saml:Attribute Name="{attribute}">'
            + "".join(f"<saml:AttributeValue>{value}</saml:AttributeValue>" for value in values)
            + "</saml:Attribute>"
            for attribute, values in self.attributes.items()
        )
        given = {
            **NAMES,
            "now": _instant(self.now),
            "since": _instant(self.now),
            "until": _instant(self.now + self.lasts),
            "issuer": self.issuer,
            "audience": self.audience,
            "status": self.status,
            "to": to,
            "name": name,
            "attributes": attributes,
            "place_of_assertion": _PLACE if "saml:Assertion" in self.signs else "",
            "place_of_response": "",
        }
        assertion = etree.fromstring(_ASSERTION.format(**given).encode())
        if "saml:Assertion" in self.signs:
            assertion = signed(assertion, self.key)
        if "samlp:Response" in self.signs:
            given["place_of_response"] = _PLACE
        text = etree.tostring(assertion).decode()
        root = etree.fromstring(_RESPONSE.format(**given, assertion=text).encode())
        return signed(root, self.key) if "samlp:Response" in self.signs else root

    @property
    def text(self) -> str:
        """The value of SAMLResponse."""
        return as_text(self.xml)


def signed(element: etree._Element, key: str) -> etree._Element:
    """`element` with its signature where its placeholder is."""
    private: rsa.RSAPrivateKey = private_key(key)
    signer = XMLSigner(c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0)
    found: etree._Element = signer.sign(
        element,
        key=private,
        cert=certificate(key),
        reference_uri=f"#{element.get('ID')}",
        id_attribute="ID",
    )
    return found


def as_text(element: etree._Element) -> str:
    """The value of SAMLResponse for a document."""
    return base64.b64encode(etree.tostring(element)).decode()


def metadata(*keys: str, binding: str = "HTTP-Redirect", entity: str = ENTITY) -> str:
    """What the provider publishes of itself; `keys` are those that it signs with."""
    certificates = "".join(
        '<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>'
        + "".join(certificate(key).splitlines()[1:-1])
        + "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        for key in keys or ("idp",)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" '
        f'xmlns:ds="{NAMES["ds"]}" entityID="{entity}"><md:IDPSSODescriptor '
        f'protocolSupportEnumeration="{NAMES["samlp"]}">{certificates}'
        f'<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:{binding}" '
        f'Location="{SSO}"/></md:IDPSSODescriptor></md:EntityDescriptor>'
    )


def request_in(location: str) -> tuple[etree._Element, str]:
    """The AuthnRequest in the address of a redirect, and its RelayState."""
    query = parse_qs(urlsplit(location).query)
    packed = base64.b64decode(query["SAMLRequest"][0])
    return etree.fromstring(zlib.decompress(packed, -15)), query["RelayState"][0]


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
