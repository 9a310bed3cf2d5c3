"""What all models of a scenario share: strictness, and the kinds of text that name things."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, Strict

from simulator.scenarios.context import Context, Record

ID_PATTERN: Final = r"^[^\x00-\x1f\x7f-\x9f/]*[^\x00-\x1f\x7f-\x9f/\s][^\x00-\x1f\x7f-\x9f/]*$"
DEVICE_PATTERN: Final = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x1f\x7f-\x9f\s][^\x00-\x1f\x7f-\x9f]*$"
TEXT_PATTERN: Final = r"^[^\x00]*$"
NAME_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"

PATTERNS: Final[Mapping[str, str]] = {
    ID_PATTERN: 'a name without control characters and without "/"',
    DEVICE_PATTERN: "a name without control characters",
    TEXT_PATTERN: "a text without NUL",
    NAME_PATTERN: "a name of letters, digits, dots, dashes and underscores",
}
"""What each pattern asks for, in words."""

Flag = Annotated[bool, Strict()]
Count = Annotated[int, Strict(), Field(ge=0, le=1_000_000)]
# What a database cannot keep is refused here, and nothing else: text is text.
Prose = Annotated[str, Field(pattern=TEXT_PATTERN)]
Text = Annotated[Prose, Field(min_length=1)]
Texts = tuple[Text, ...]
Id = Annotated[str, Field(min_length=1, max_length=200, pattern=ID_PATTERN)]
Ids = tuple[Id, ...]

# A link is named after its profile with a number behind it, so it may be a little longer.
LinkId = Annotated[str, Field(min_length=1, max_length=220, pattern=ID_PATTERN)]

# Devices choose their identifiers themselves: nothing is asked but what a header can carry.
DeviceId = Annotated[str, Field(min_length=1, max_length=8000, pattern=DEVICE_PATTERN)]

ScenarioName = Annotated[str, Field(min_length=1, max_length=100, pattern=NAME_PATTERN)]


class Part(BaseModel):
    """Any mapping in a scenario; members that it does not know are errors."""

    # Built when the first document is read, which only a new database asks of a start.
    model_config = ConfigDict(
        extra="forbid", frozen=True, serialize_by_alias=True, defer_build=True
    )


class Entity(Part):
    """A mapping in a scenario that stands for records of the world."""

    def records(self, context: Context, /) -> Iterator[Record]:
        """The domain's entities that this one stands for, with times from `context.now` on."""
        raise NotImplementedError
