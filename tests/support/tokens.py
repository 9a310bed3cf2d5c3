"""JSON Web Tokens made by hand: those of SSO issuers, and those of people who try things."""

import base64
import hashlib
import hmac
import json
from functools import cache
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from .replies import Json

# PyJWT warns about a shorter one.
SHARED: Final = "a secret of thirty-two characters"


@cache
def private_key(name: str) -> rsa.RSAPrivateKey:
    """The key pair called `name`; made once, as that takes long."""
    del name
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_pem(name: str) -> str:
    """The public half of `private_key(name)`."""
    return (
        private_key(name)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def sso_token(
    subject: str, issuer: str = "lab-idp", *, key: str | None = None, **claims: Json
) -> str:
    """An SSO token for `subject`, signed with the key pair called `key` or with a shared secret."""
    payload = {"iss": issuer, "sub": subject, "aud": "Adobe", **claims}
    if key is None:
        return jwt.encode(payload, SHARED, "HS256")
    return jwt.encode(payload, private_key(key), "RS256")


def hmac_token(claims: object, secret: bytes) -> str:
    """A token signed with HMAC and `secret`, even where PyJWT refuses such a secret."""
    signed = segments({"alg": "HS256"}, claims)
    mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{segments(mac)}"


def segments(*parts: object) -> str:
    """A compact token of these parts: bytes as they are, anything else as JSON."""
    return ".".join(
        base64.urlsafe_b64encode(part if isinstance(part, bytes) else json.dumps(part).encode())
        .rstrip(b"=")
        .decode()
        for part in parts
    )


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header and the claims of `token`, whoever signed it."""
    decoded = jwt.decode_complete(token, options={"verify_signature": False})
    return decoded["header"], decoded["payload"]
