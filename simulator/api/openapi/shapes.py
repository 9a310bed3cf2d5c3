"""The small shapes that schemas are put together from."""

from collections.abc import Mapping
from typing import Any, Final

Schema = Mapping[str, Any]

TEXT: Final[Schema] = {"type": "string"}
FLAG: Final[Schema] = {"type": "boolean"}
UUID: Final[Schema] = {"type": "string", "format": "uuid"}
MOMENT: Final[Schema] = {
    "type": "integer",
    "format": "int64",
    "description": "Milliseconds since 1970.",
}
MOMENT_AS_TEXT: Final[Schema] = {
    "type": "string",
    "pattern": "^[0-9]+$",
    "description": "Milliseconds since 1970, as a text.",
}
SECONDS: Final[Schema] = {"type": "integer", "format": "int64"}


def ref(name: str) -> Schema:
    """The schema of this name among the components."""
    return {"$ref": f"#/components/schemas/{name}"}


def obj(required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    """An object with these members and no others."""
    return {
        "type": "object",
        "required": [*required],
        "properties": {**required, **(optional or {})},
        "additionalProperties": False,
    }


def list_of(items: Schema) -> Schema:
    """A list of such items."""
    return {"type": "array", "items": items}


def map_of(values: Schema, keys: str) -> Schema:
    """A map of such values; `keys` says what its keys are."""
    return {"type": "object", "additionalProperties": values, "description": f"By {keys}."}


def one(*values: str) -> Schema:
    """One of these texts."""
    return {"type": "string", "enum": [*values]}


def maybe(schema: Schema) -> Schema:
    """The same, or null."""
    return {**schema, "type": [schema["type"], "null"]}
