"""User metadata on its way to the programmer: complete, of one type, and encrypted where it is sensitive.

(Adobe: user metadata, META1, META2, META3)
"""

import base64
import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_pem_x509_certificate

Attribute = Mapping[str, object]
"""One piece of user metadata: `{"value": …, "state": "plain" | "enc"}`."""

USER_ID: Final = "userID"
"""The attribute that every profile has."""

SENSITIVE: Final = frozenset({"zip", "encryptedZip"})
"""The attributes that the page says require encryption."""

CERTIFICATE_ERROR: Final = "invalid_configuration_user_metadata_certificate"

# What the padding of PKCS #1 v1.5 takes from every block, in bytes.
_PADDING: Final = 11


class CertificateError(ValueError):
    """A certificate that nothing can be encrypted for."""


def default_state(name: str) -> str:
    """The state of an attribute of which nobody says whether it is to be encrypted."""
    return "enc" if name in SENSITIVE else "plain"


def completed(
    attributes: Mapping[str, Attribute], *, mvpd: str, shared: bool
) -> Mapping[str, Attribute]:
    """`attributes` of a login with those that every MVPD gives, unless they say otherwise.

    `upstreamUserID` is the `userID` for most MVPDs; a profile that single sign-on has `shared` names
    its `mvpd` as well (Adobe: user metadata, META1; profiles, API6).
    """
    user = attributes.get(USER_ID)
    given = {"upstreamUserID": user} if user else {}
    if shared:
        given["mvpd"] = {"value": mvpd, "state": "plain"}
    return {**given, **attributes}


def delivered(
    attributes: Mapping[str, Attribute],
    settings: Mapping[str, Mapping[str, bool]],
    certificate: str | None,
    *,
    encrypts: bool = True,
) -> dict[str, Attribute]:
    """`attributes` as a response carries them: of the page's types, and those in the state `enc` encrypted.

    `settings` are those of the integration: an attribute that is not `enabled` is left out, and
    `encrypted` says what its state is (Adobe: dashboard integrations, META4). One that cannot be
    encrypted, for want of a usable `certificate` (PEM), has an `error` instead of its value
    (Adobe: user metadata, C20). Without `encrypts` all of them are plain.
    """
    found: dict[str, Attribute] = {}
    for name, attribute in attributes.items():
        setting = settings.get(name, _AS_IT_IS)
        if setting.get("enabled", True):
            value = _normalized(name, attribute["value"])
            secret = encrypts and setting.get("encrypted", attribute["state"] == "enc")
            found[name] = (
                _secret(value, certificate) if secret else {"value": value, "state": "plain"}
            )
    return found


_AS_IT_IS: Final[Mapping[str, bool]] = {}


def _secret(value: object, certificate: str | None) -> Attribute:
    try:
        return {"value": encrypted(value, certificate), "state": "enc"}
    except CertificateError:
        return {"state": "enc", "error": CERTIFICATE_ERROR}


def _normalized(name: str, value: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    """`value` in the type that the page has for the attribute, if it can be read as one.

    MVPDs send them in formats of their own (Adobe: user metadata, META3).
    """
    normalize = _TYPES.get(name)
    return normalize(value) if normalize else value


def _text(value: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value) if isinstance(value, int | float) else value


def _list(value: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    if value is None or isinstance(value, dict):
        return value
    return [_text(each) for each in (value if isinstance(value, list) else [value])]


def _flag(value: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    return _FLAGS.get(value.lower() if isinstance(value, str) else _text(value), value)


_FLAGS: Final[Mapping[Any, bool]] = {"true": True, "1": True, "false": False, "0": False}
_TYPES: Final[Mapping[str, Callable[[Any], Any]]] = {
    **dict.fromkeys(("userID", "upstreamUserID", "householdID", "primaryOID", "typeID"), _text),
    **dict.fromkeys(("is_hoh", "encryptedZip", "language"), _text),
    **dict.fromkeys(("hba_status", "allowMirroring"), _flag),
    **dict.fromkeys(("zip", "channelID"), _list),
}


def encrypted(value: object, certificate: str | None) -> str:
    """`value` for the holder of the certificate's key: RSA with PKCS #1 v1.5, then Base64.

    A text is encrypted as it is, anything else as JSON; what is longer than the key takes goes into
    several blocks. Raises `CertificateError`.
    """
    key = _public_key(certificate or "")
    plain = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    data = plain.encode(errors="backslashreplace")
    most = key.key_size // 8 - _PADDING
    blocks = [data[start : start + most] for start in range(0, max(len(data), 1), most)]
    return base64.b64encode(b"".join(key.encrypt(each, PKCS1v15()) for each in blocks)).decode()


@lru_cache(maxsize=64)
def _public_key(certificate: str) -> RSAPublicKey:
    try:
        key = load_pem_x509_certificate(certificate.encode()).public_key()
    except (ValueError, TypeError) as error:
        raise CertificateError(str(error)) from error
    if not isinstance(key, RSAPublicKey):
        raise CertificateError("its key is no RSA key")
    return key
