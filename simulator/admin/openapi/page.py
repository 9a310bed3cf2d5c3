"""The admin API's document as its page shows it: by heading, with members in rows and a call to copy."""

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

Json = Any

_PREFIX: Final = "#/components/schemas/"
_KEPT: Final = ("minimum", "maximum", "minLength", "maxLength")


def view(document: Mapping[str, Json]) -> dict[str, object]:
    """What the template needs of `document`."""
    about, origin = document["info"], document["servers"][0]["url"]
    operations = [
        _operation(document, method, path, each)
        for path, of_path in document["paths"].items()
        for method, each in of_path.items()
    ]
    return {
        "title": about["title"],
        "version": about["version"],
        "about": about["description"].split("\n\n"),
        "origin": origin,
        "groups": [
            {
                "name": tag["name"],
                "about": tag["description"],
                "operations": [each for each in operations if each["tag"] == tag["name"]],
            }
            for tag in document["tags"]
        ],
        "schemas": [
            {"name": name, **_shown(schema)}
            for name, schema in document["components"]["schemas"].items()
        ],
    }


def _operation(
    document: Mapping[str, Json], method: str, path: str, operation: Json
) -> dict[str, Json]:
    parameters = [_parameter(document, each) for each in operation.get("parameters", ())]
    body = operation.get("requestBody")
    return {
        "id": operation["operationId"],
        "tag": operation["tags"][0],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "description": operation.get("description", ""),
        "parameters": parameters,
        "body": body and _content(document, body),
        "optional": body is not None and not body["required"],
        "responses": [
            {"status": status, "about": each["description"], "content": _content(document, each)}
            for status, each in operation["responses"].items()
        ],
        "curl": _curl(document, method, path, operation),
    }


def _parameter(document: Mapping[str, Json], parameter: Json) -> dict[str, Json]:
    if "$ref" in parameter:
        parameter = document["components"]["parameters"][parameter["$ref"].rpartition("/")[2]]
    return {
        "name": parameter["name"],
        "place": parameter["in"],
        "about": parameter.get("description", ""),
        "required": parameter.get("required", False),
        "type": _type(parameter["schema"]),
        "notes": _notes(parameter["schema"]),
    }


def _content(document: Mapping[str, Json], of: Json) -> list[dict[str, Json]]:
    """The media types of a body, each with the name of its schema and that schema's members."""
    schemas = document["components"]["schemas"]
    found = []
    for kind, media in of.get("content", {}).items():
        schema = media["schema"]
        name = schema.get("$ref", "").removeprefix(_PREFIX)
        shown = _shown(schemas[name]) if name else _shown(schema)
        found.append({"kind": kind, "name": name, "type": _type(schema), **shown})
    return found


def _shown(schema: Json) -> dict[str, Json]:
    required = schema.get("required", ())
    return {
        "about": schema.get("description", ""),
        "choices": schema.get("enum", ()),
        "rows": [
            {
                "name": name,
                "required": name in required,
                "type": _type(member),
                "about": member.get("description", ""),
                "notes": _notes(member),
            }
            for name, member in schema.get("properties", {}).items()
        ],
    }


def _type(schema: Json) -> list[dict[str, Json]]:
    """The type in words: pieces of text, of which some are the name of a schema to go to."""
    return list(_pieces(schema))


def _pieces(schema: Json) -> Iterator[dict[str, Json]]:
    if "$ref" in schema:
        yield {"text": schema["$ref"].removeprefix(_PREFIX), "link": True}
        return
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        for number, each in enumerate(choices):
            if number:
                yield {"text": " or ", "link": False}
            yield from _pieces(each)
        return
    if schema.get("type") == "array":
        yield {"text": "array of ", "link": False}
        yield from _pieces(schema.get("items", {}))
        return
    within = schema.get("additionalProperties")
    if schema.get("type") == "object" and isinstance(within, dict):
        yield {"text": "object of ", "link": False}
        yield from _pieces(within)
        return
    words = schema.get("format") or schema.get("type") or ("string" if "enum" in schema else "any")
    yield {"text": str(words), "link": False}


def _notes(schema: Json) -> list[str]:
    """Choices, bounds and the default, in words."""
    notes = []
    if "const" in schema:
        notes.append(f"always {json.dumps(schema['const'])}")
    if "enum" in schema:
        notes.append("one of " + ", ".join(str(each) for each in schema["enum"]))
    notes += [f"{name} {schema[name]}" for name in _KEPT if name in schema]
    if schema.get("default") not in (None, [], {}, ""):
        notes.append(f"default {json.dumps(schema['default'])}")
    if schema.get("examples"):
        notes.append(f"such as {schema['examples'][0]}")
    return notes


def _curl(document: Mapping[str, Json], method: str, path: str, operation: Json) -> str:
    """A call to copy into a shell."""
    for each in operation.get("parameters", ()):
        if each.get("in") == "path":
            value = quote(str(each.get("example", each["name"])), safe=":")
            path = path.replace(f"{{{each['name']}}}", value)
    words = ["curl"] if method == "get" else ["curl", "-X", method.upper()]
    words.append(shlex.quote(document["servers"][0]["url"] + path))
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    if "example" in content:
        words += ["-d", shlex.quote(json.dumps(content["example"], ensure_ascii=False))]
    return " ".join(words)
