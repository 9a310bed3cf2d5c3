"""Pydantic's errors in our words: what was expected, what was found, and the likely slip."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, get_args

from pydantic import BaseModel, ValidationError

from simulator.domain.switches import SWITCHES
from simulator.domain.texts import IN_WORDS

from .origins import Origin
from .problems import Path, Problem, describe, did_you_mean

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_Words = Callable[[Mapping[str, Any]], str]

_EXPECTED: Final[Mapping[str, _Words]] = {
    "model_type": lambda _: "a mapping of members",
    "dict_type": lambda _: "a mapping of members",
    "tuple_type": lambda _: "a list",
    "string_type": lambda _: "a text",
    "string_unicode": lambda _: "a text without lone surrogates",
    "invalid_key": lambda _: "text as a member's name",
    "bool_type": lambda _: "true or false",
    "int_type": lambda _: "a whole number",
    "int_from_float": lambda _: "a whole number",
    "enum": lambda about: f"one of {_choices(about)}",
    "literal_error": lambda about: f"one of {_choices(about)}",
    "greater_than_equal": lambda about: f"at least {about['ge']}",
    "less_than": lambda about: f"less than {about['lt']}",
    "less_than_equal": lambda about: f"at most {about['le']}",
    "string_too_short": lambda _: "a text that is not empty",
    "string_too_long": lambda about: f"at most {about['max_length']} characters",
    "string_pattern_mismatch": lambda about: IN_WORDS.get(about["pattern"], about["pattern"]),
    "too_short": lambda about: f"a list of at least {about['min_length']}",
    "float_type": lambda _: "a number",
    "float_parsing": lambda _: "a number",
    "union_tag_invalid": lambda about: f"a kind, one of {_tags(about)}",
    "union_tag_not_found": lambda _: "a mapping with a kind",
    "model_attributes_type": lambda _: "a mapping of members",
}
"""What each type of error says was expected; the others bring a sentence of their own."""


def explain(error: ValidationError, model: type[BaseModel], origin: Origin) -> Iterator[Problem]:
    """The problems in a document that did not become a `model`."""
    details = error.errors(include_url=False)
    for detail in details:
        # A list whose items are broken counts as too short as well: that is no news.
        if detail["type"] == "too_short" and any(_inside(each, detail) for each in details):
            continue
        path = tuple(part for part in detail["loc"] if part != "[key]")
        yield origin.problem(_sentence(detail, model, path), *_written(path))


def _inside(detail: "ErrorDetails", outer: "ErrorDetails") -> bool:
    length = len(outer["loc"])
    return len(detail["loc"]) > length and detail["loc"][:length] == outer["loc"]


def _written(path: Path) -> Path:
    """`path` as the author wrote it: what follows `action` is the kind that was chosen for it."""
    return tuple(
        part for place, part in enumerate(path) if not place or path[place - 1] != "action"
    )


def _sentence(detail: "ErrorDetails", model: type[BaseModel], path: Path) -> str:
    kind, found = detail["type"], detail["input"]
    if kind == "missing":
        return "required, but missing"
    if kind == "extra_forbidden":
        known = known_members(model, path[:-1])
        name = str(path[-1])
        hint = did_you_mean(name, known) or (f"; known are {', '.join(known)}" if known else "")
        return f"unknown member{hint}"
    words = _EXPECTED.get(kind)
    if words is None:
        return detail["msg"]
    about = detail.get("ctx", {})
    hint = ""
    if kind in {"enum", "literal_error"} and isinstance(found, str):
        hint = did_you_mean(found, _choices(about).split(", "))
    elif kind == "string_type" and isinstance(found, (int, float)):
        hint = "; put it in quotes"
    return f"expected {words(about)}, found {describe(found)}{hint}"


def known_members(model: type[BaseModel], path: Path) -> tuple[str, ...]:
    """The names of the members that the mapping at `path` of a `model` may have."""
    if tuple(path) == ("settings",) and "settings" in model.model_fields:
        return tuple(SWITCHES)
    here = model
    variants: tuple[type[BaseModel], ...] = ()
    for part in path:
        field = next((f for n, f in here.model_fields.items() if part in {n, f.alias}), None)
        # A position, or a name that the author chose, is no field: it leads to an entry of the
        # list or mapping that we are in already.
        if field:
            variants = tuple(_models_in([field.annotation]))
            here = next(iter(variants), here)
        else:
            here = next((each for each in variants if _kind(each) == part), here)
    return tuple(field.alias or name for name, field in here.model_fields.items())


def _kind(model: type[BaseModel]) -> object:
    """The value of `kind` that chooses this model among its like."""
    return model.model_fields["kind"].default if "kind" in model.model_fields else None


def _models_in(annotations: Iterable[Any]) -> Iterator[type[BaseModel]]:
    for annotation in annotations:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield annotation
        else:
            yield from _models_in(get_args(annotation))


def _tags(about: Mapping[str, Any]) -> str:
    return str(about["expected_tags"]).replace("'", "")


def _choices(about: Mapping[str, Any]) -> str:
    return str(about["expected"]).replace(" or ", ", ").replace("'", "")
