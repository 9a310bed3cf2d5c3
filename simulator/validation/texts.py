"""The kinds of text that name things, each with its pattern and what that asks for in words."""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import Field, Strict

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
