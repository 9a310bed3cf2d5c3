"""The schemas of the admin API's document: from shapes in code to named components."""

import json
import re
from copy import deepcopy
from types import GenericAlias
from typing import Any, Final

from pydantic import TypeAdapter, create_model

from simulator.http.documented import ChangesOf, ListOf
from simulator.scenarios.schema import DocumentSchema

from .glossary import meaning

_PREFIX: Final = "#/components/schemas/"
# Where the schema of a shape will stand, once all of them are known.
_MARK: Final = "x-shape"


class Schemas:
    """Collects shapes, and makes components of all of them at once, so that each name is used once."""

    def __init__(self) -> None:
        self._shapes: list[Any] = []
        self._lists: dict[Any, Any] = {}

    def add(self, shape: Any) -> dict[str, Any]:  # noqa: ANN401 - see `documented.Shape`
        """What stands for the schema of `shape` until the document is `resolved`."""
        changes = isinstance(shape, ChangesOf)
        found = self._type(shape.shape if isinstance(shape, ChangesOf) else shape)
        if found not in self._shapes:
            self._shapes.append(found)
        return {_MARK: [self._shapes.index(found), changes]}

    def _type(self, shape: Any) -> Any:  # noqa: ANN401 - see `documented.Shape`
        if isinstance(shape, ListOf):
            item = self._type(shape.shape)
            if item not in self._lists:
                members: Any = {
                    "items": (GenericAlias(list, (item,)), ...),
                    "next": (str | None, ...),
                }
                about = "A page of a list; `next` is the id to go on after, null at its end."
                self._lists[item] = create_model(f"{item.__name__}List", __doc__=about, **members)
            return self._lists[item]
        return shape if _is_type(shape) else shape()

    def resolved(self, document: dict[str, Any]) -> dict[str, Any]:
        """`document` with the schemas in their places and in its components."""
        adapters = [(at, "validation", TypeAdapter(each)) for at, each in enumerate(self._shapes)]
        schemas, definitions = TypeAdapter.json_schemas(
            adapters,  # type: ignore[arg-type]
            ref_template=f"{_PREFIX}{{model}}",
            schema_generator=DocumentSchema,
        )
        components: dict[str, Any] = definitions.get("$defs", {})
        for each in components.values():
            each.pop("title", None)
            for member in each.get("properties", {}).values():
                if member.get("default", ...) is None:
                    # To be absent is meant, and generated clients take a default for being there.
                    del member["default"]

        def place(node: Any) -> Any:  # noqa: ANN401 - JSON of any shape
            if isinstance(node, list):
                return [place(each) for each in node]
            if not isinstance(node, dict):
                return node
            if _MARK in node:
                at, changes = node[_MARK]
                schema = schemas[at, "validation"]
                return _changes(schema, components) if changes else schema
            return {name: place(each) for name, each in node.items()}

        placed = place(document)
        placed["components"]["schemas"] = components
        return _explained(_renamed(placed))


def _is_type(shape: Any) -> bool:  # noqa: ANN401 - see `documented.Shape`
    """Whether `shape` is a type, rather than a function that makes one."""
    return isinstance(shape, type) or hasattr(shape, "__origin__") or hasattr(shape, "__args__")


def _changes(schema: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """The schema for some members of another one, each of which may be null."""
    source = schema["$ref"].removeprefix(_PREFIX)
    name = f"{source.removesuffix('Model')}Changes"
    if name not in components:
        changed = deepcopy(components[source])
        changed.pop("required", None)
        changed["description"] = "What is to change; null takes a member back to its default."
        changed["properties"] = {
            each: _nullable(member) for each, member in changed["properties"].items()
        }
        components[name] = changed
    return {"$ref": _PREFIX + name}


def _nullable(member: dict[str, Any]) -> dict[str, Any]:
    member.pop("default", None)
    about = {"description": member.pop("description")} if "description" in member else {}
    choices = member.get("anyOf", [member])
    if {"type": "null"} not in choices:
        choices = [*choices, {"type": "null"}]
    return {"anyOf": choices, **about}


def _renamed(document: dict[str, Any]) -> dict[str, Any]:
    """Models that read what a client sends are called inputs: our "Model" tells a client nothing."""
    schemas = document["components"]["schemas"]
    names = {name: _name(name) for name in schemas}
    document["components"]["schemas"] = {
        names[name]: schemas[name] for name in sorted(schemas, key=lambda each: names[each])
    }
    pattern = re.compile(rf'"{re.escape(_PREFIX)}(\w+)"')
    text = pattern.sub(lambda found: f'"{_PREFIX}{names[found[1]]}"', json.dumps(document))
    renamed: dict[str, Any] = json.loads(text)
    return renamed


def _explained(document: dict[str, Any]) -> dict[str, Any]:
    """Schemas and members that do not explain themselves are looked up in the glossary."""
    for name, schema in document["components"]["schemas"].items():
        if about := meaning(name):
            schema.setdefault("description", about)
        for member, shape in schema.get("properties", {}).items():
            if about := meaning(name, member):
                shape.setdefault("description", about)
    return document


def _name(name: str) -> str:
    stem = name.removesuffix("Model")
    return f"{stem}Input" if stem != name else name
