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
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, Final

from .vocabulary import is_vocabulary

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
    "cookie": "cookies",
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
        self._expected: dict[bytes, str] = {}
        self._made: set[str] = set()
        # By the hash of its first letters, how many letters a value has; and the hash of its words.
        self._lengths: dict[int, set[int]] = {}
        self._spelt: set[int] = set()

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
        self._made.add(text)
        for each in self._spellings(value):
            self._texts.setdefault(self._digest(each), text)

    def expect(self, kind: str, value: str) -> None:
        """Have a stand-in of this kind for `value`, should it come up again."""
        if kind not in self._keep:
            for each in self._spellings(value):
                self._expected.setdefault(self._digest(each), kind)

    def met(self, value: str, spelt: str = "") -> str | None:
        """The stand-in of a value that was met before, whatever its kind was, and however it was `spelt`."""
        plain = value.lower()
        digests = [*map(self._digest, (value, plain) if plain != value else (value,))]
        if spelt:
            digests.append(self._digest(spelt))
        for each in digests:
            if each in self._texts:
                return self._texts[each]
        kinds = (self._expected[each] for each in digests if each in self._expected)
        kind = next(kinds, None)
        return None if kind is None else self.of(kind, value)

    def has_made(self, text: str) -> bool:
        """Whether a text is a stand-in itself."""
        return text in self._made

    def without(self, text: str, *, redacted: bool = False) -> str:
        """A text without what was met before, be it all of it or words in it, however they are written.

        In a text that was `redacted` before, what is a stand-in stays.
        """
        if redacted and text in self._made:
            return text
        if len(text) < SHORTEST or not self._lengths:
            return text
        if hash(text[:SHORTEST].lower()) in self._lengths and (known := self.met(text)):
            return known
        done: list[str] = []
        at = 0
        for start, end, known in self._known_words(text):
            if not (redacted and text[start:end] in self._made):
                done += [text[at:start], known]
                at = end
        return "".join([*done, text[at:]])

    def _known_words(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Where in a text there is what was met before, and the stand-in of each."""
        words = [*_WORD.finditer(text)]
        lower = [each[0].lower() for each in words]
        plain, joined = "".join(lower), _BETWEEN.join(lower)
        ends = [*accumulate(map(len, lower))]
        behind = 0
        for index, word in enumerate(words):
            begin = ends[index] - len(lower[index])
            lengths = index >= behind and self._lengths.get(hash(plain[begin : begin + SHORTEST]))
            if not lengths:
                continue
            # Between each two of the words there is one letter.
            spellings = (
                (last, _words(plain[begin : ends[last]], joined[begin + index : ends[last] + last]))
                for last in _close(words, index)
                if ends[last] - begin in lengths
            )
            for last, spelt in reversed(
                [each for each in spellings if hash(each[1]) in self._spelt]
            ):
                known = self._met_words(text, word.start(), words[last].end(), spelt)
                if known is not None:
                    yield word.start(), words[last].end(), known
                    behind = last + 1
                    break

    def _met_words(self, text: str, start: int, end: int, spelt: str) -> str | None:
        # What is a word of the language may be part of another name.
        if not spelt.startswith(_STRONG) and not (
            _BEFORE.search(text, max(start - 1, 0), start) is None and _AFTER.match(text, end)
        ):
            return None
        return self.met(text[start:end], spelt)

    def _spellings(self, value: str) -> Iterator[str]:
        """The texts by which a value is known again: none where it is a word that others use as well."""
        if len(value) < SHORTEST or is_vocabulary(value):
            return
        self._lengths.setdefault(hash(value[:SHORTEST].lower()), set())
        yield value
        if (plain := value.lower()) != value:
            yield plain
        words = _WORD.findall(plain)
        plain = "".join(words)
        if len(plain) >= SHORTEST and len(words) <= _MOST_WORDS:
            self._lengths.setdefault(hash(plain[:SHORTEST]), set()).add(len(plain))
            spelt = _words(plain, _BETWEEN.join(words))
            self._spelt.add(hash(spelt))
            yield spelt

    def _digest(self, value: str) -> bytes:
        data = value.encode(errors="surrogatepass")
        return hashlib.blake2b(data, key=self._key, digest_size=_DIGEST).digest()


SHORTEST: Final = 6
"""The letters of a value that is looked for in texts: what is shorter is met by chance."""
_WORD: Final = re.compile(r"[^\W_]+")
# Between two words of a value: a dash, blanks.
_WIDEST: Final = 3
_BETWEEN: Final = "\1"
# What has more is known again as a whole only, as each word of a text may be the first of it. As many has a
# token of four thousand letters in Base64.
_MOST_WORDS: Final = 128
_STRONG: Final = "\0"
_LEAST: Final = 8
_BEFORE: Final = re.compile(r"[\w.@+~$!*-]")
_AFTER: Final = re.compile(r"(?![\w@+~$*-]|\.\w)")


def _words(plain: str, joined: str) -> str:
    """How a value is known by its words: with digits in it, it may be written as one."""
    return f"{_STRONG}{plain}" if len(plain) >= _LEAST and not plain.isalpha() else joined


def _close(words: Sequence[re.Match[str]], index: int) -> Iterator[int]:
    """The words from this one on that may be of one value with it."""
    for last in range(index, min(index + _MOST_WORDS, len(words))):
        if last > index and words[last].start() - words[last - 1].end() > _WIDEST:
            return
        yield last


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
