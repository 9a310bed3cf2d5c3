"""The reference of scenario files: their members, and those that come along."""

import json
from collections.abc import Mapping
from typing import Any, Final

from simulator.domain.errors import ERRORS
from simulator.scenarios.library import Library
from simulator.scenarios.schema import schema as published
from tests.docs.tables import code, paragraphs, prose, table

Json = Any

_PREFIX: Final = "#/$defs/"
_HEAD: Final = ("Member", "Type", "What it says")


def schema() -> str:
    """Every member of a scenario document."""
    document = published()
    parts = [
        f"""# Scenario files

{paragraphs(document["description"])}

YAML or JSON. Times are offsets from the moment of seeding (`-PT5M`, `P30D`), never absolute. A scenario that
`extends` another has everything of it; an entity with an id that is there already changes the members
that it gives. `pass-simulator scenario validate my-lab.yaml` lists every mistake at once, with its line.

An editor that knows JSON Schema completes and checks as you type. The schema is `scenarios/schema.json` in
the repository; `python -m simulator.scenarios.schema` prints it, and
`# yaml-language-server: $schema=schema.json` above a scenario names it.

## The document

{_members(document, document)}
"""
    ]
    for name, definition in document["$defs"].items():
        if "enum" not in definition:
            about = paragraphs(definition["description"])
            parts.append(f"## {_title(name)}\n\n{about}\n\n{_members(definition, document)}\n")
    return "\n".join(parts)


def _members(definition: Json, document: Json) -> str:
    required = definition.get("required", ())
    return table(
        _HEAD,
        (
            (
                code(name) + (" (required)" if name in required else ""),
                _type(member, document) + _default(member),
                prose(member.get("description")),
            )
            for name, member in definition.get("properties", {}).items()
        ),
    )


def _default(member: Json) -> str:
    default = member.get("default")
    return "" if default in (None, [], {}, "") else f", default {code(json.dumps(default))}"


def _title(name: str) -> str:
    return name.removesuffix("Model")


def _type(member: Json, document: Json) -> str:
    if "$ref" in member:
        name = member["$ref"].removeprefix(_PREFIX)
        if "enum" in document["$defs"][name]:
            return _type(document["$defs"][name], document)
        name = _title(name)
        return f"[{name}](#{name.lower()})"
    choices = member.get("anyOf") or member.get("oneOf")
    if choices:
        kinds = [_type(each, document) for each in choices if each.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if {*member.get("enum", ())} == ERRORS.keys():
        return "[one of the 47 codes](reference-errors.md)"
    if "enum" in member:
        return " or ".join(code(each) for each in member["enum"])
    if "const" in member:
        return code(member["const"])
    if member.get("type") == "array":
        return f"list of {_type(member.get('items', {}), document)}"
    within = member.get("additionalProperties") or next(
        iter(member.get("patternProperties", {}).values()), None
    )
    if member.get("type") == "object" and isinstance(within, Mapping) and within:
        return f"map to {_type(within, document)}"
    return str(member.get("type", "anything"))


def shipped() -> str:
    """The scenarios that come along."""
    parts = [
        """# Scenarios that come along

`pass-simulator seed NAME` makes one the world of a sandbox, `pass-simulator scenario show NAME` prints it,
and `extends: NAME` in a scenario of your own builds on it.
"""
    ]
    parts += [
        f"## {each.name}\n\n{prose(each.title)}. {prose(each.description)}\n"
        for each in Library().summaries()
    ]
    return "\n".join(parts)
