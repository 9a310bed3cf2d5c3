"""The kinds of text as types of the members of documents, and other types that many of those have."""

from typing import Annotated

from pydantic import Field, Strict

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

DeviceId = Annotated[str, Field(min_length=1, max_length=8000, pattern=texts.DEVICE)]

ScenarioName = Annotated[str, Field(min_length=1, max_length=100, pattern=texts.NAME)]
