"""Protected resources: plain names or MRSS fragments, and what the latter are rated.

(Adobe: decisions feature, DEC2)
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from xml.parsers import expat

# The scheme of a rating, the member of maxRating that limits it, and its values from harmless to not.
_SCALES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "urn:mpaa": ("MPAA", ("g", "pg", "pg13", "r", "nc17", "nr")),
    "urn:v-chip": ("VCHIP", ("tvy", "tvy7", "tvg", "tvpg", "tv14", "tvma")),
}
# Fantasy violence is a note on TV-Y7, not a step of its own.
_SAME_AS: Final = {"tvy7fv": "tvy7"}
_PUNCTUATION: Final = re.compile(r"[\s_-]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rating:
    """What one `media:rating` says, under the scheme's URN."""

    scheme: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """A resource as it was asked for: `id` is its whole text, which answers repeat verbatim.

    Of an MRSS fragment, `channels` are the titles of its channels and `ratings` what it is rated;
    `malformed` says why nobody could read it, if so.
    """

    id: str
    channels: tuple[str, ...] = ()
    ratings: tuple[Rating, ...] = ()
    malformed: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """What the resource can be called by, the most exact name first."""
        return (self.id, *self.channels)

    def above(self, limit: Mapping[str, object]) -> bool:
        """Whether a rating exceeds `limit`, a viewer's maxRating; what is on no scale never does."""
        return any(_exceeds(rating, limit) for rating in self.ratings)


def read_resource(text: str) -> Resource:
    """The resource that `text` names; what does not begin as XML is just a name.

    What does is MRSS: well-formed, and with the title of a channel or an item; else it is `malformed`
    (Adobe: decisions feature, C54). Raises ValueError for a document type declaration: no resource needs
    one, and entities that expand or reach outside can only be declared there.
    """
    if not text.lstrip().startswith("<"):
        return Resource(id=text)
    reader = _Reader()
    try:
        reader.read(text)
    except expat.ExpatError as error:
        return Resource(id=text, malformed=f"The resource is no well-formed XML: {error}.")
    titled = reader.channels or reader.has_item_title
    return Resource(
        id=text,
        channels=tuple(reader.channels),
        ratings=tuple(reader.ratings),
        malformed=None
        if titled
        else "The resource is XML without the title of a channel or an item.",
    )


class _Reader:
    """Collects channel titles and ratings. Prefixes are not resolved: fragments often declare none."""

    def __init__(self) -> None:
        self.channels: list[str] = []
        self.ratings: list[Rating] = []
        self.has_item_title = False
        self._path: list[str] = []
        self._scheme = ""
        self._text: list[str] = []
        # A parser of a namespace-aware kind would refuse a prefix that is not declared.
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._add

    def read(self, text: str) -> None:
        """Read a whole document. Raises `ExpatError` where it is none, ValueError as above."""
        self._parser.Parse(text, True)  # noqa: FBT003 - the parser takes it by position alone

    def _refuse(self, *_declaration: object) -> None:
        raise ValueError("a document type declaration")

    def _begin(self, name: str, attributes: Mapping[str, str]) -> None:
        self._path.append(name.rpartition(":")[2])
        self._scheme = attributes.get("scheme", "").strip().lower()
        self._text = []

    def _add(self, text: str) -> None:
        self._text.append(text)

    def _end(self, _name: str) -> None:
        text, self._text = "".join(self._text).strip(), []
        if self._path[-1] == "rating" and self._scheme in _SCALES:
            self.ratings.append(Rating(scheme=self._scheme, value=text))
        elif self._path[-2:] == ["channel", "title"] and text:
            self.channels.append(text)
        elif self._path[-2:] == ["item", "title"] and text:
            self.has_item_title = True
        self._path.pop()
        self._scheme = ""


def _exceeds(rating: Rating, limit: Mapping[str, object]) -> bool:
    member, scale = _SCALES[rating.scheme]
    found, most = _step(scale, rating.value), _step(scale, limit.get(member))
    return found is not None and most is not None and found > most


def _step(scale: tuple[str, ...], value: Any) -> int | None:  # noqa: ANN401 - user metadata is any JSON
    """How far up the scale a value stands, however it is spelt; None for what is not on it."""
    plain = _PUNCTUATION.sub("", value).lower() if isinstance(value, str) else ""
    plain = _SAME_AS.get(plain, plain)
    return scale.index(plain) if plain in scale else None
