"""Free-form values in a document, such as user metadata: any JSON that a database can keep."""

from typing import Annotated, Final

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from simulator.domain.texts import UNSTORABLE

from .problems import describe, show_path

DEPTH: Final = 64
"""How deep a document may nest; real ones need six levels, and a viewer's metadata a few more."""

_INT64: Final = 2**63


def _checked(value: object) -> object:
    if _plain(value):
        return value
    waiting: list[tuple[object, tuple[str | int, ...]]] = [(value, ())]
    while waiting:
        here, path = waiting.pop()
        problem = _complaint(here, len(path))
        if problem:
            text = f"{problem} at {show_path(path)}" if path else problem
            raise PydanticCustomError("json_data", "{text}", {"text": text})
        # Only containers and suspects are worth a path.
        if isinstance(here, dict):
            waiting += [(each, (*path, name)) for name, each in here.items() if not _plain(each)]
        elif isinstance(here, list):
            waiting += [(each, (*path, at)) for at, each in enumerate(here) if not _plain(each)]
    return value


def _plain(value: object) -> bool:
    """Whether `value` is harmless at first sight, as nearly all are."""
    return (type(value) is str and value.isprintable()) or value is None or type(value) is bool


def _complaint(value: object, depth: int) -> str | None:
    match value:
        case None | bool():
            return None
        case str():
            return (
                "expected text without NUL and lone surrogates"
                if UNSTORABLE.search(value)
                else None
            )
        case int():
            return None if -_INT64 <= value < _INT64 else "expected a whole number within 64 bits"
        case float():
            # Infinity and not-a-number are the values that stay what they are without themselves.
            return None if value - value == 0 else "expected a finite number"
        case dict() | list() if depth >= DEPTH:
            return f"expected at most {DEPTH} levels of nesting"
        case dict():
            bad = next(
                (name for name in value if not isinstance(name, str) or UNSTORABLE.search(name)), ""
            )
            return f"expected text as a member's name, found {describe(bad)}" if bad != "" else None
        case list():
            return None
        case _:
            return f"expected a value that JSON can hold, found {describe(value)}"


JsonData = Annotated[object, AfterValidator(_checked)]
JsonObject = Annotated[dict[str, object], AfterValidator(_checked)]
