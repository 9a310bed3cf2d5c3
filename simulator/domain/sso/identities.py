"""Single sign-on identities: what an SSO header says, and which links it matches.

(Adobe: AD-Service-Token header, HDR5; Adobe-Subject-Token header, HDR4)
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Final

import jwt

from simulator.domain.members import Id, LinkId, Numbered, Reference, Text
from simulator.domain.texts import UNSTORABLE


class LinkKind(StrEnum):
    """The two families of SSO identity that a profile can be linked to."""

    PLATFORM_IDENTITY = "platform_identity"
    SERVICE_TOKEN = "service_token"


SSO_HEADERS: Final[Mapping[str, LinkKind]] = {
    "Adobe-Subject-Token": LinkKind.PLATFORM_IDENTITY,
    "X-Roku-Reserved-Roku-Connect-Token": LinkKind.PLATFORM_IDENTITY,
    "AD-Service-Token": LinkKind.SERVICE_TOKEN,
}
"""Which header carries which family, in the order in which they are read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Issuer:
    """An issuer of SSO tokens whose signatures are checked against `public_key` (PEM)."""

    id: Annotated[Id, "The issuer, as the tokens' iss claim names it."]
    public_key: Annotated[
        Text, "The public key (PEM) that the tokens' signatures are checked against."
    ]
    algorithms: Annotated[tuple[str, ...], "The signature algorithms that are accepted."] = (
        "RS256",
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class SsoIdentity:
    """What one SSO header of a request identifies; `value` is the header as it came.

    `subject` is None when the value is no usable JWS: then only a link that names the value
    literally can match.
    """

    kind: LinkKind
    value: str
    issuer: str | None = None
    subject: str | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The storage keys of every link that could match."""
        literal = literal_key(self.value)
        return (literal,) if self.subject is None else (literal, subject_key(self.subject))


@dataclass(frozen=True, kw_only=True, slots=True)
class SsoLink:
    """The tie between a profile and an SSO identity: a subject (of one issuer or any), or a literal value."""

    id: Annotated[
        LinkId,
        Numbered("link"),
        "The link's id; the profile's id with a number behind it when absent.",
    ]
    profile: Annotated[Id, Reference("profiles"), "The id of the profile."]
    kind: Annotated[
        LinkKind,
        "service_token for AD-Service-Token, platform_identity for Adobe-Subject-Token and the "
        "Roku header.",
    ]
    issuer: Annotated[Text | None, "The token's iss claim; any issuer when absent."] = None
    subject: Annotated[Text | None, "The token's sub claim."] = None
    value: Annotated[Text | None, "The whole header value, to be matched literally."] = None

    @property
    def key(self) -> str:
        """The storage key under which the link is found; see `SsoIdentity.keys`."""
        if self.value is not None:
            return literal_key(self.value)
        return subject_key(self.subject or "")

    def matches(self, identity: SsoIdentity) -> bool:
        """Whether `identity` is the one that the link stands for."""
        if self.kind is not identity.kind:
            return False
        if self.value is not None:
            return self.value == identity.value
        same_issuer = self.issuer is None or self.issuer == identity.issuer
        return same_issuer and self.subject == identity.subject


def subject_key(subject: str) -> str:
    """The storage key of a link by subject."""
    return f"subject:{subject}"


def literal_key(value: str) -> str:
    """The storage key of a link by literal header value."""
    # Headers may hold bytes that are no UTF-8; they arrive as lone surrogates.
    return f"literal:{hashlib.sha256(value.encode(errors='surrogatepass')).hexdigest()}"


def read_identity(
    kind: LinkKind, value: str, *, now: int, issuer: Callable[[str], Issuer | None]
) -> tuple[SsoIdentity, str]:
    """The identity in the header value `value`, and a sentence on how it was read.

    An expired token, or one that fails the signature check of a registered issuer, is good only for
    a literal match: the real backend serves such a request without SSO and without an error
    (Adobe: AD-Service-Token header, C47).
    """
    literal = SsoIdentity(kind=kind, value=value)
    try:
        claims: dict[str, Any] = jwt.decode(value, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError):
        return (
            literal,
            f"{kind}: the value is no JWS, so only a link that names it literally counts",
        )
    subject, name = claims.get("sub"), claims.get("iss")
    if not isinstance(subject, str) or not subject or UNSTORABLE.search(subject):
        return literal, f"{kind}: the JWS has no subject that could be linked"
    name = name if isinstance(name, str) else None
    expires = claims.get("exp")
    if isinstance(expires, int | float) and expires * 1000 <= now:
        return literal, f"{kind}: the JWS of {name}/{subject} has expired, so it is ignored"
    registered = issuer(name) if name else None
    if registered and not _signed_by(registered, value):
        return literal, f"{kind}: the signature does not fit the key registered for {name}"
    return (
        SsoIdentity(kind=kind, value=value, issuer=name, subject=subject),
        f"{kind}: identity {name}/{subject}",
    )


def _signed_by(issuer: Issuer, value: str) -> bool:
    try:
        jwt.decode(
            value,
            issuer.public_key,
            algorithms=list(issuer.algorithms),
            options={
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
                "verify_aud": False,
            },
        )
    except (jwt.PyJWTError, ValueError, TypeError):
        return False
    return True
