"""What all models of a scenario share: strictness, and what they become."""

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict

from simulator.scenarios.context import Context, Record


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
