"""The one place that makes up identifiers and secrets."""

import hashlib
import secrets
import uuid
from collections.abc import Callable
from typing import Final

_ID_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_SHORT: Final = 12
# The character for each byte, by its lowest five bits.
_LETTERS: Final = (_ID_ALPHABET * 8).encode()
# Ids that are drawn at once: asking the machine for chance costs more than a dozen bytes of it.
_DRAWN: Final = 256


class Ids:
    """Fresh identifiers that nobody can guess."""

    def __init__(self) -> None:
        self._ready: list[str] = []

    def _bytes(self, count: int) -> bytes:
        return secrets.token_bytes(count)

    def uuid(self) -> str:
        """A UUID, as `trace`, `sessionId` and client credentials are."""
        return str(uuid.UUID(bytes=self._bytes(16), version=4))

    def secret(self) -> str:
        """A secret of 32 bytes as hexadecimal digits."""
        return self._bytes(32).hex()

    def short(self, prefix: str) -> str:
        """An id for a stored thing: `prefix`, a dash and twelve characters that read well aloud."""
        try:
            # Whoever takes one off the list, on whatever thread, is alone with it.
            return f"{prefix}-{self._ready.pop()}"
        except IndexError:
            drawn = _letters(secrets.token_bytes(_SHORT * _DRAWN))
            self._ready += [drawn[at : at + _SHORT] for at in range(0, len(drawn), _SHORT)]
            return self.short(prefix)

    def chance(self) -> float:
        """A number from 0 to 1, without 1: what a probability is held against."""
        return (int.from_bytes(self._bytes(7)) >> 3) / 2**53

    def text(self, alphabet: str, length: int) -> str:
        """`length` characters of `alphabet`, as authentication codes are."""
        drawn = int.from_bytes(self._bytes(16))
        found = ""
        for _ in range(length):
            drawn, place = divmod(drawn, len(alphabet))
            found += alphabet[place]
        return found


class SeededIds(Ids):
    """Identifiers that repeat: the same seed gives the same ones in the same order.

    `draw` gives a number that it has not given before, in the same order from run to run.
    """

    def __init__(self, seed: str, draw: Callable[[], int]) -> None:
        super().__init__()
        self._seed = seed
        self._draw = draw

    def short(self, prefix: str) -> str:
        """See `Ids`."""
        return f"{prefix}-{_letters(self._bytes(_SHORT))}"

    def _bytes(self, count: int) -> bytes:
        return hashlib.sha256(f"{self._seed}\n{self._draw()}".encode()).digest()[:count]


def _letters(drawn: bytes) -> str:
    return drawn.translate(_LETTERS).decode()
