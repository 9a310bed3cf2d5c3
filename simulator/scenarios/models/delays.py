"""How a scenario says how long something takes."""

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from simulator.domain.latency import LONGEST

from .base import Part

Seconds = Annotated[float, Field(ge=0, le=LONGEST)]


class DelayModel(Part):
    """A time: `seconds`, or one that is drawn anew each time."""

    seconds: Seconds | None = Field(None, description="A delay that is always the same.")
    at_least: Seconds | None = Field(None, description="The shortest of uniformly drawn delays.")
    at_most: Seconds | None = Field(None, description="The longest of uniformly drawn delays.")
    median: Seconds | None = Field(None, description="The median of lognormally drawn delays.")
    sigma: Annotated[float, Field(ge=0, le=5)] | None = Field(
        None, description="How far lognormal delays spread; 0.5 is much."
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        given = self.model_fields_set - {"kind"}
        if given not in ({"seconds"}, {"at_least", "at_most"}, {"median", "sigma"}):
            text = "give either seconds, or at_least and at_most, or median and sigma"
            raise PydanticCustomError("delay", "{text}", {"text": text})
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise PydanticCustomError("delay", "at_least is more than at_most", {})
        return self


def _delay(value: object) -> object:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return {"seconds": value} if is_number else value


Delay = Annotated[DelayModel, BeforeValidator(_delay, json_schema_input_type=DelayModel | Seconds)]
"""A delay; a number alone is seconds."""
