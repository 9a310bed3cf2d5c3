"""Signatures of XML: what is made can be checked, and nothing is read that was not signed."""

from typing import Final

import pytest
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureConstructionMethod, SignatureMethod
from signxml.signer import XMLSigner

from simulator.domain.sso.xml_signature import SignatureError, is_signed, sign, signed_part
from tests.support.identity_provider import certificate
from tests.support.tokens import private_key

SIGNATURE: Final = "{http://www.w3.org/2000/09/xmldsig#}Signature"


def _signed() -> etree._Element:
    root = etree.fromstring('<a ID="one" x="1"><first/><b>text</b></a>')
    return sign(root, private_key("idp"), certificate("idp"), after="first")


def test_what_is_signed_stands_behind_the_named_child_and_is_read_again() -> None:
    element = _signed()
    assert [child.tag for child in element] == ["first", SIGNATURE, "b"]
    assert is_signed(element)
    part = signed_part(element, [certificate("another"), certificate("idp")])
    # What was signed is that without the signature, and a document of its own.
    assert etree.tostring(part) == b'<a ID="one" x="1"><first/><b>text</b></a>'
    element.set("x", "2")
    assert part.get("x") == "1"


def test_a_signature_further_down_is_none_of_the_element() -> None:
    outer = etree.fromstring('<o ID="two"/>')
    outer.append(_signed())
    assert not is_signed(outer)
    with pytest.raises(SignatureError):
        signed_part(outer, [certificate("idp")])


@pytest.mark.parametrize("change", ["attribute", "text", "child", "id"])
def test_what_was_changed_is_refused(change: str) -> None:
    element = _signed()
    match change:
        case "attribute":
            element.set("x", "2")
        case "text":
            element[2].text = "other"
        case "child":
            etree.SubElement(element, "c")
        case _:
            element.set("ID", "two")
    with pytest.raises(SignatureError):
        signed_part(element, [certificate("idp")])


def test_without_a_certificate_that_fits_nothing_is_believed() -> None:
    with pytest.raises(SignatureError, match="no certificate"):
        signed_part(_signed(), [])
    with pytest.raises(SignatureError, match="verification failed"):
        signed_part(_signed(), [certificate("another")])


def test_weak_algorithms_are_refused() -> None:
    class Weak(XMLSigner):
        def check_deprecated_methods(self) -> None:
            """Let them pass."""

    signer = Weak(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=SignatureMethod.RSA_SHA1,
        digest_algorithm=DigestAlgorithm.SHA1,
    )
    root = etree.fromstring('<a ID="one"/>')
    element = signer.sign(
        root,
        key=private_key("idp"),
        cert=certificate("idp"),
        reference_uri="#one",
        id_attribute="ID",
    )
    with pytest.raises(SignatureError, match="SHA1"):
        signed_part(element, [certificate("idp")])


def test_what_has_no_such_child_cannot_be_signed() -> None:
    with pytest.raises(ValueError, match="no first"):
        sign(
            etree.fromstring('<a ID="one"/>'), private_key("idp"), certificate("idp"), after="first"
        )
