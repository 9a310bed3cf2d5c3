"""Access tokens that must not be accepted, each made from a good one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from simulator import keys

from .lab import Lab
from .replies import Json
from .tokens import hmac_token, parts, private_key, segments


@dataclass(frozen=True, kw_only=True)
class _Good:
    """A good token and what it is made of."""

    token: str
    header: Json
    claims: Json
    now: int

    @property
    def segments(self) -> list[str]:
        return self.token.split(".")

    def again(self, header: Json = None, **claims: object) -> str:
        """Signed by the simulator itself, with other members in it; None leaves one out."""
        changed = _without_none(self.claims | claims)
        return jwt.encode(
            changed, _our_key(), "RS256", headers=_without_none(self.header | (header or {}))
        )


_FORGERIES: Final[Mapping[str, Callable[[_Good], str]]] = {
    "garbage": lambda _: "garbage",
    "cut short": lambda good: good.token.rpartition(".")[0],
    "tampered": lambda good: (
        f"{good.segments[0]}.{segments(good.claims | {'sub': 'app-2'})}.{good.segments[2]}"
    ),
    "signed by another": lambda good: jwt.encode(
        good.claims, private_key("another"), "RS256", headers=good.header
    ),
    "unsigned": lambda good: segments({"alg": "none"}, good.claims) + ".",
    "unsigned, as if by us": lambda good: (
        segments(good.header | {"alg": "none"}, good.claims) + f".{good.segments[2]}"
    ),
    "signed with the public key as a secret": lambda good: hmac_token(
        good.claims, _our_public_pem()
    ),
    "without scope": lambda good: good.again(scopes=None),
    "with another scope": lambda good: good.again(scopes="temporary:passes:owner"),
    "without subject": lambda good: good.again(sub=None),
    "without expiry": lambda good: good.again(exp=None),
    "of an unknown client": lambda good: good.again(sub="nobody"),
    "of an unknown application": lambda good: good.again({"application": "nobody"}),
    "of another sandbox": lambda good: good.again({"sandbox": "elsewhere"}),
    "of no sandbox": lambda good: good.again({"sandbox": None}),
    "expired": lambda good: good.again(exp=good.now),
    "nested beyond reason": lambda good: (
        f"{good.segments[0]}.{segments(b'[' * 20_000)}.{good.segments[2]}"
    ),
}
NAMES: Final = tuple(_FORGERIES)


async def forged(lab: Lab, name: str) -> str:
    """The forgery called `name`, of a token of the client `app-1`."""
    token = await lab.token(client="app-1")
    header, claims = parts(token)
    good = _Good(token=token, header=header, claims=claims, now=lab.clock.seconds)
    return _FORGERIES[name](good)


def _without_none(members: Json) -> Json:
    return {name: value for name, value in members.items() if value is not None}


def _our_key() -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(keys._make().encode(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def _our_public_pem() -> bytes:
    return (
        _our_key()
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
