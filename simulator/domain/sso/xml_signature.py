"""Signatures of XML: made over an element, and checked so that only what was signed is read.

(XML Signature 1.1, exclusive canonicalization, RSA or ECDSA with SHA-256 or longer)
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from lxml.etree import _Element

_NAMESPACE: Final = "http://www.w3.org/2000/09/xmldsig#"
_SIGNATURE: Final = f"{{{_NAMESPACE}}}Signature"
_ID: Final = "ID"


class SignatureError(ValueError):
    """What is wrong with a signature; the message says it in words."""


def is_signed(element: "_Element") -> bool:
    """Whether the element brings a signature of its own; one further down is that of another."""
    return element.find(_SIGNATURE) is not None


def sign(element: "_Element", key: "RSAPrivateKey", certificate: str, *, after: str) -> "_Element":
    """A copy of `element`, which has an ID, with its signature behind its child `after`.

    `certificate` (PEM) is that of the key, and travels along.
    """
    from lxml import etree
    from signxml.algorithms import CanonicalizationMethod
    from signxml.signer import XMLSigner

    first = element.find(after)
    if first is None:
        message = f"the element has no {after}"
        raise ValueError(message)
    # Where it says "placeholder" the signature goes, under the prefix that is signed with it.
    first.addnext(etree.Element(_SIGNATURE, {"Id": "placeholder"}, {"ds": _NAMESPACE}))
    signer = XMLSigner(
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    signed: _Element = signer.sign(
        element,
        key=key,
        cert=certificate,
        reference_uri=f"#{element.get(_ID)}",
        id_attribute=_ID,
    )
    return signed


def signed_part(element: "_Element", certificates: Sequence[str]) -> "_Element":
    """What the signature of `element` covers: the element itself, as it was signed.

    It is read anew from what was signed, so nothing that was not can be in it. One of `certificates` (PEM)
    has to fit, whatever key the signature names itself and whenever it ends: that they were given is what
    makes them trusted. Raises `SignatureError`.
    """
    from cryptography.x509 import load_pem_x509_certificate
    from lxml import etree
    from signxml.exceptions import SignXMLException
    from signxml.verifier import SignatureConfiguration, XMLVerifier

    # By itself, so that a reference cannot lead out of it.
    data = etree.tostring(element, with_tail=False)
    problem = "there is no certificate to check it with"
    for each in certificates:
        certificate = load_pem_x509_certificate(each.encode())
        expected = SignatureConfiguration(
            location="./", verification_time=certificate.not_valid_before_utc
        )
        try:
            found = XMLVerifier().verify(
                data, x509_cert=certificate, id_attribute=_ID, expect_config=expected
            )
        except (SignXMLException, ValueError, TypeError, etree.LxmlError) as error:
            problem = str(error).strip().rstrip(":")
            continue
        part = None if isinstance(found, list) else found.signed_xml
        if part is None or part.tag != element.tag or part.get(_ID) != element.get(_ID):
            raise SignatureError("it covers another part of the document")
        return part
    raise SignatureError(problem)
