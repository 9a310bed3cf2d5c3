"""The values that calls return: frozen, read from JSON, which they keep in `raw`."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, Self

Json = dict[str, Any]
"""A JSON object."""


def _unchanged(value: Any) -> Any:  # noqa: ANN401 - a member of JSON
    return value


def member(read: Callable[[Any], Any] = _unchanged, *, name: str = "", default: Any = None) -> Any:  # noqa: ANN401
    """A field that is read from the member of the JSON with its name, or with `name`."""
    return field(default=default, metadata={"read": read, "name": name})


def mapping() -> Any:  # noqa: ANN401 - stands for any mapping
    """A field that is read from an object of JSON, empty when that is absent."""
    metadata = {"read": lambda value: value or {}, "name": ""}
    return field(default_factory=dict, metadata=metadata)


def as_tuple(value: list[Any] | None) -> tuple[Any, ...]:
    """A list of JSON, empty when it is absent."""
    return tuple(value or ())


@dataclass(frozen=True, kw_only=True)
class Result:
    """A value read from an answer; `raw` is all of its JSON."""

    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, raw: Json, **known: Any) -> Self:  # noqa: ANN401 - fields that the JSON lacks
        """The value that `raw` tells, and what is `known` besides."""
        read = {
            each.name: each.metadata["read"](raw[each.metadata["name"] or each.name])
            for each in fields(cls)
            if each.metadata and (each.metadata["name"] or each.name) in raw
        }
        return cls(raw=raw, **{**read, **known})

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - a member of JSON
        return self.raw[name]
