"""What stands for the secrets and the people of a capture.

A stand-in is a kind and a number, counted in the order in which what it stands for is met: the same capture
has the same stand-ins in each run, and nothing of what they stand for is in them. What was met is known again
by a hash with a key that is made for the run and kept nowhere, so the table itself gives nothing away either.
"""

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

KINDS: Final[Mapping[str, str]] = {
    "bearer": "access tokens",
    "secret": "client secrets",
    "client": "client ids",
    "statement": "software statements",
    "token": "tokens of any other sort, keys and passwords",
    "subject-token": "tokens of a platform's identity, such as Adobe-Subject-Token",
    "service-token": "tokens of a viewer's identity, such as AD-Service-Token",
    "issuer": "who issued those tokens",
    "subject": "whom those tokens name",
    "media-token": "media tokens",
    "identity": "identities of promotional TempPasses",
    "device": "identifiers of devices",
    "visitor": "visitor ids",
    "viewer": "ids of viewers at their MVPD",
    "household": "ids of households",
    "zip": "zip codes",
    "email": "e-mail addresses",
    "ip": "addresses of machines",
}
"""The kinds of what is replaced: the word that `--keep` takes, and what it means."""

_DOCUMENTATION: Final = 255
_DIGEST: Final = 16


class StandIns:
    """The stand-ins of one run; values of the kinds in `keep` stand for themselves."""

    def __init__(self, keep: Collection[str] = ()) -> None:
        self._keep = frozenset(keep)
        self._key = secrets.token_bytes(32)
        self._counts: dict[str, int] = {}
        self._numbers: dict[tuple[str, bytes], int] = {}
        self._texts: dict[bytes, str] = {}

    @property
    def counts(self) -> Mapping[str, int]:
        """How many of each kind were replaced."""
        return {kind: count for kind, count in self._counts.items() if kind not in self._keep}

    def of(self, kind: str, value: str, *, shape: Callable[[str], str] | None = None) -> str:
        """The stand-in for `value`, in the `shape` that a reader of it expects."""
        if kind in self._keep or not value:
            return value
        digest = self._digest(value)
        known = self._numbers.get((kind, digest))
        number = known
        if number is None:
            number = self._counts[kind] = self._counts.get(kind, 0) + 1
            self._numbers[kind, digest] = number
        name = _SHAPES.get(kind, "{kind}-{number}").format(kind=kind, number=number)
        if kind == "ip" and number < _DOCUMENTATION:
            name = f"192.0.2.{number}"
        text = shape(name) if shape else name
        if known is None:
            self.meet(value, text)
        return text

    def meet(self, value: str, text: str) -> None:
        """Have `text` for what stands for `value`, in whatever letters it comes up again."""
        if len(value) >= SHORTEST:
            self._texts.setdefault(self._digest(value), text)
            if (plain := value.lower()) != value:
                self._texts.setdefault(self._digest(plain), text)

    def met(self, value: str) -> str | None:
        """The stand-in of a value that was met before, whatever its kind was."""
        found = self._texts.get(self._digest(value))
        if found is None and (plain := value.lower()) != value:
            found = self._texts.get(self._digest(plain))
        return found

    def _digest(self, value: str) -> bytes:
        data = value.encode(errors="surrogatepass")
        return hashlib.blake2b(data, key=self._key, digest_size=_DIGEST).digest()


SHORTEST: Final = 6
"""The letters of a value that is looked for in texts: what is shorter is met by chance."""
_SHAPES: Final = {
    "email": "person-{number}@example.invalid",
    "ip": "2001:db8::{number:x}",
    "zip": "{number:05}",
}


def jws(claims: Mapping[str, Any]) -> str:
    """A token of the shape of a JWS with these claims, whose signature says nothing."""
    return ".".join((_packed({"alg": "RS256", "typ": "JWT"}), _packed(claims), "c3RhbmQtaW4"))


def _packed(members: Mapping[str, Any]) -> str:
    text = json.dumps(members, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


_LONGEST: Final = 64 * 1024


def claims(token: str) -> Mapping[str, Any] | None:
    """What a JWS says; None where it is none that can be read."""
    parts = token.split(".")
    if len(parts) != 3 or len(token) > _LONGEST:  # noqa: PLR2004 - header, claims and signature
        return None
    try:
        found = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


PIECES: Final = (
    re.compile(r"[^\s\"'<>,&?#()]{6,}"),
    re.compile(r"[^=;{}\[\]|\\]{6,}"),
    re.compile(r"[^/:%]{6,}"),
)
"""The pieces of a text that may be values of their own, and the pieces of those."""
