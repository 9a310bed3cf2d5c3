"""The `settings` member: the switches of the domain, with a name, a check and a schema for each."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    GetPydanticSchema,
    WithJsonSchema,
    with_config,
)
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from simulator.domain.switches import SWITCHES, Switch
from simulator.validation.problems import describe

_JSON_TYPES: Final = {bool: "boolean", int: "integer", str: "string"}


def _checked(switch: Switch) -> Callable[[object], object]:
    def check(value: object) -> object:
        problem = switch.problem(value)
        if problem:
            text = f"{problem}, found {describe(value)}"
            raise PydanticCustomError("setting", "{text}", {"text": text})
        return value

    return check


def _schema(switch: Switch) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": _JSON_TYPES[type(switch.default)], "default": switch.default}
    if switch.choices:
        schema["enum"] = list(switch.choices)
    if switch.minimum is not None:
        schema["minimum"] = switch.minimum
    return schema


def _member(switch: Switch) -> Any:  # noqa: ANN401 - an annotation, whatever its type
    about = Field(description=switch.about)
    return Annotated[
        object, AfterValidator(_checked(switch)), WithJsonSchema(_schema(switch)), about
    ]


if TYPE_CHECKING:
    Settings = dict[str, str | int | bool]
else:
    # Typed member by member, so that every wrong switch is reported under its own name.
    _Switches = with_config(ConfigDict(extra="forbid"))(
        TypedDict("Settings", {name: _member(each) for name, each in SWITCHES.items()}, total=False)
    )
    _Switches.__doc__ = "Switches of the sandbox that differ from their defaults."
    Settings = Annotated[dict, GetPydanticSchema(lambda _type, handler: handler(_Switches))]
