"""Media tokens: the signed text inside `serializedToken`, and what a verifier says of one.

    <signatureInfo>…</signatureInfo><shortAuthorizationToken>…</shortAuthorizationToken>

The signature, in Base64, is over the UTF-8 of the second part. The whole goes out as Base64
(Adobe: media tokens, TOK1, TOK2).
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Status(StrEnum):
    """What the verifier's `isValid` returns.

    `ERROR_UNKNOWN` stands for a token that was not looked at yet, which an answer never says.
    """

    VALID_TOKEN = "VALID_TOKEN"
    INVALID_TOKEN_FORMAT = "INVALID_TOKEN_FORMAT"
    INVALID_SIGNATURE = "INVALID_SIGNATURE"
    TOKEN_EXPIRED = "TOKEN_EXPIRED"
    INVALID_RESOURCE_ID = "INVALID_RESOURCE_ID"
    ERROR_UNKNOWN = "ERROR_UNKNOWN"


@dataclass(frozen=True, kw_only=True, slots=True)
class MediaToken:
    """What a media token says: who may watch what, issued when (epoch ms) and for how long (ms).

    `proxy_mvpd` is the MVPD that answers for a proxied `mvpd`. Texts may hold anything that UTF-8 can.
    """

    session_guid: str
    requestor: str
    resource: str
    ttl: int
    issued: int
    mvpd: str
    proxy_mvpd: str | None = None

    @property
    def not_after(self) -> int:
        """The first instant at which the token is good no longer, in epoch milliseconds."""
        return self.issued + self.ttl

    @property
    def text(self) -> str:
        """The part that is signed."""
        values = (
            self.session_guid,
            self.requestor,
            self.resource,
            str(self.ttl),
            str(self.issued),
            self.mvpd,
            self.proxy_mvpd or "",
        )
        inner = "".join(
            f"<{name}>{_escaped(value)}</{name}>"
            for name, value in zip(_MEMBERS, values, strict=True)
        )
        return f"<{_TOKEN}>{inner}</{_TOKEN}>"


_TOKEN: Final = "shortAuthorizationToken"
_MEMBERS: Final = (
    "sessionGUID",
    "requestorID",
    "resourceID",
    "ttl",
    "issueTime",
    "mvpdId",
    "proxyMvpdId",
)
_SHAPE: Final = re.compile(
    r"<signatureInfo>([A-Za-z0-9+/=]*)</signatureInfo>"
    rf"(<{_TOKEN}>" + "".join(rf"<{name}>([^<]*)</{name}>" for name in _MEMBERS) + rf"</{_TOKEN}>)"
)
# Besides markup: what XML turns into something else, or does not allow at all.
_SPECIAL: Final = re.compile("[&<>\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\ufffe\uffff]")
_REFERENCE: Final = re.compile(r"&#([0-9]{1,7});")
_NUMBER: Final = re.compile(r"[0-9]{1,15}")
# The end of the year 9999: no clock of ours goes further, and few calendars do.
_LATEST: Final = 253_402_300_799_999
_LAST_CHARACTER: Final = 0x10FFFF


def session_guid(mvpd: str, user: str) -> str:
    """The `sessionGUID` of a viewer: a hash of the MVPD's user id, the same on every device."""
    return hashlib.sha256(f"{mvpd}\n{user}".encode(errors="surrogatepass")).hexdigest()[:40]


def serialized(token: MediaToken, sign: Callable[[bytes], bytes]) -> str:
    """The `serializedToken` for `token`; `sign` makes the signature. Raises ValueError for no UTF-8."""
    signature = base64.b64encode(sign(token.text.encode())).decode()
    text = f"<signatureInfo>{signature}</signatureInfo>{token.text}"
    return base64.b64encode(text.encode()).decode()


def verified(
    serialized_token: str,
    *,
    signed: Callable[[bytes, bytes], bool],
    now: int,
    resource: str | None = None,
) -> tuple[Status, MediaToken | None]:
    """What a verifier says of a `serializedToken` at `now`, and what the token says if it can be read.

    `signed` tells whether a text has a signature. Without `resource` any resource will do.
    """
    parts = _parts(serialized_token)
    if parts is None:
        return Status.INVALID_TOKEN_FORMAT, None
    text, signature, token = parts
    if not signed(text, signature):
        return Status.INVALID_SIGNATURE, token
    if token.not_after <= now:
        return Status.TOKEN_EXPIRED, token
    if resource is not None and resource != token.resource:
        return Status.INVALID_RESOURCE_ID, token
    return Status.VALID_TOKEN, token


def _parts(serialized_token: str) -> tuple[bytes, bytes, MediaToken] | None:
    """The signed text, its signature and the token; None for what is not shaped like one."""
    try:
        whole = base64.b64decode(serialized_token.strip(), validate=True).decode()
        found = _SHAPE.fullmatch(whole)
        signature = base64.b64decode(found[1], validate=True) if found else b""
    except (binascii.Error, ValueError):
        return None
    if found is None:
        return None
    guid, requestor, resource, ttl, issued, mvpd, proxy = map(_plain, found.groups()[2:])
    if not (_NUMBER.fullmatch(ttl) and _NUMBER.fullmatch(issued)) or int(issued) > _LATEST:
        return None
    token = MediaToken(
        session_guid=guid,
        requestor=requestor,
        resource=resource,
        ttl=int(ttl),
        issued=int(issued),
        mvpd=mvpd,
        proxy_mvpd=proxy or None,
    )
    return found[2].encode(), signature, token


def _escaped(value: str) -> str:
    return _SPECIAL.sub(lambda found: f"&#{ord(found[0])};", value)


def _plain(text: str) -> str:
    return _REFERENCE.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    number = int(found[1])
    # Half a character, or none at all, was not written by us: it stays as it is.
    surrogate = "\ud800" <= chr(min(number, _LAST_CHARACTER)) <= "\udfff"
    return found[0] if number > _LAST_CHARACTER or surrogate else chr(number)
