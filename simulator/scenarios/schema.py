"""The JSON Schema of scenario documents, for editors and for whoever writes documents by program.

`python -m simulator.scenarios.schema` prints it; `scenarios/schema.json` is what it printed last.
"""

import json
import sys
from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from simulator.validation.durations import format_ms

from .models import ScenarioDocument


class DocumentSchema(GenerateJsonSchema):
    """Pydantic's schema in the order of the models, no titles for members, durations as written."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002
        return False

    def sort(self, value: dict[str, Any], parent_key: str | None = None) -> dict[str, Any]:  # noqa: ARG002
        return value

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> dict[str, Any]:
        found = super().default_schema(schema)
        if found.get("type") == "string" and isinstance(found.get("default"), int):
            found["default"] = format_ms(found["default"])
        return found


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a scenario document."""
    found = ScenarioDocument.model_json_schema(schema_generator=DocumentSchema)
    for definition in found["$defs"].values():
        definition.pop("title", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **found,
        "title": "Scenario of pass-simulator",
    }


def text() -> str:
    """The schema as it is published: sorted and indented."""
    return json.dumps(schema(), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
