"""User metadata on its way to the programmer: what is secret is encrypted for it.

(Adobe: user metadata, META2)
"""

import base64
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_pem_x509_certificate

SECRET: Final = frozenset({"zip"})
"""The attributes that an MVPD's login encrypts where the service provider has a certificate."""

CERTIFICATE_ERROR: Final = "invalid_configuration_user_metadata_certificate"

# What the padding of PKCS #1 v1.5 takes from every block, in bytes.
_PADDING: Final = 11


class CertificateError(ValueError):
    """A certificate that nothing can be encrypted for."""


def shown(
    attributes: Mapping[str, Mapping[str, object]], certificate: str | None
) -> dict[str, Mapping[str, object]]:
    """`attributes` as a response carries them: those in the state `enc` encrypted.

    Each is `{"value": …, "state": "plain" | "enc"}`; one that cannot be encrypted, for want of a
    usable `certificate` (PEM), has an `error` instead of its value (Adobe: user metadata, C20).
    """
    return {name: _shown(attribute, certificate) for name, attribute in attributes.items()}


def _shown(attribute: Mapping[str, object], certificate: str | None) -> Mapping[str, object]:
    if attribute["state"] != "enc":
        return attribute
    try:
        return {"value": encrypted(attribute["value"], certificate), "state": "enc"}
    except CertificateError:
        return {"state": "enc", "error": CERTIFICATE_ERROR}


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
