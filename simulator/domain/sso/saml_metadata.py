"""What the metadata of an identity provider says of it: who it is, where it logs in, how it signs."""

from typing import TYPE_CHECKING, Final

from .saml import SamlError, text_of, xml_of

if TYPE_CHECKING:
    from lxml.etree import _Element

REDIRECT: Final = "redirect"
POST: Final = "post"

_BINDINGS: Final = {
    "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect": REDIRECT,
    "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST": POST,
}
_NAMES: Final = {
    "md": "urn:oasis:names:tc:SAML:2.0:metadata",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}
_LINE: Final = 64


def read_metadata(text: str) -> dict[str, str]:
    """The `entity_id`, `certificate`, `sso_url` and `binding` in the metadata of one provider.

    A redirect is preferred to a form. Raises `SamlError` with all that is missing.
    """
    root = xml_of(text.strip().encode(errors="replace"), "it is no XML")
    found = [
        each
        for each in root.iter(f"{{{_NAMES['md']}}}EntityDescriptor")
        if each.find("md:IDPSSODescriptor", _NAMES) is not None
    ]
    if len(found) != 1:
        raise SamlError(f"it describes {len(found) or 'no'} identity providers, and one is wanted")
    entity = found[0]
    places = _places(entity)
    binding = REDIRECT if REDIRECT in places else POST
    members = {
        "entity_id": entity.get("entityID", ""),
        "certificate": "".join(_certificates(entity)),
        "sso_url": places.get(binding, ""),
    }
    if missing := [name for name, value in members.items() if not value]:
        raise SamlError(f"it says nothing of {', '.join(missing)}")
    return {**members, "binding": binding}


def _places(entity: "_Element") -> dict[str, str]:
    """The addresses to log in at, by binding; the first of each."""
    found: dict[str, str] = {}
    for each in entity.findall("md:IDPSSODescriptor/md:SingleSignOnService", _NAMES):
        binding = _BINDINGS.get(each.get("Binding", ""))
        if binding:
            found.setdefault(binding, each.get("Location", ""))
    return found


def _certificates(entity: "_Element") -> list[str]:
    """The certificates of the keys that sign, as PEM; those without a use are for all."""
    return [
        _as_pem(text_of(certificate) or "")
        for key in entity.findall("md:IDPSSODescriptor/md:KeyDescriptor", _NAMES)
        if key.get("use") in {None, "signing"}
        for certificate in key.iterfind("ds:KeyInfo/ds:X509Data/ds:X509Certificate", _NAMES)
    ]


def _as_pem(base64: str) -> str:
    plain = "".join(base64.split())
    lines = [plain[at : at + _LINE] for at in range(0, len(plain), _LINE)]
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])
