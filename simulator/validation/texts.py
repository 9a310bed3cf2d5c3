"""The kinds of text as types of the members of documents, and other types that many of those have."""

from typing import Annotated

from pydantic import AfterValidator, Field, Strict
from pydantic_core import PydanticCustomError

from simulator.domain import texts

Flag = Annotated[bool, Strict()]
Count = Annotated[int, Strict(), Field(ge=0, le=1_000_000)]
# What a database cannot keep is refused here, and nothing else: text is text.
Prose = Annotated[str, Field(pattern=texts.TEXT)]
Text = Annotated[Prose, Field(min_length=1)]
Texts = tuple[Text, ...]
Id = Annotated[str, Field(min_length=1, max_length=200, pattern=texts.ID)]
Ids = tuple[Id, ...]

# A link is named after its profile with a number behind it, so it may be a little longer.
LinkId = Annotated[str, Field(min_length=1, max_length=220, pattern=texts.ID)]


def _short_enough(text: str) -> str:
    if len(text.encode()) > texts.LONGEST_KEY:
        problem = f"expected at most {texts.LONGEST_KEY} bytes of UTF-8"
        raise PydanticCustomError("key", "{text}", {"text": problem})
    return text


_SHORT = AfterValidator(_short_enough)
Key = Annotated[str, Field(min_length=1, max_length=texts.LONGEST_KEY, pattern=texts.TEXT), _SHORT]
DeviceId = Annotated[
    str, Field(min_length=1, max_length=texts.LONGEST_KEY, pattern=texts.DEVICE), _SHORT
]

ScenarioName = Annotated[str, Field(min_length=1, max_length=100, pattern=texts.NAME)]
