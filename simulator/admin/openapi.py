"""`/admin/v1/openapi.json` and `docs`: the admin API described (OpenAPI 3.1), for programs and people.

The document is made from the endpoints, the `Doc` of each handler, and the models of what goes
in and out.
"""

import asyncio
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import escape
from inspect import isfunction
from typing import Any, Final

from aiohttp import web
from pydantic import TypeAdapter
from pydantic_core import core_schema

from simulator import __version__
from simulator.admin.schemas.common import Refused
from simulator.http.documented import (
    JSON,
    ChangesOf,
    Doc,
    Query,
    Shape,
    documentation_of,
)
from simulator.http.endpoint import ENDPOINTS, JSON_TYPE, Endpoint, Surface
from simulator.http.pages import rendered
from simulator.http.readers import public_origin
from simulator.json_codec import to_json
from simulator.scenarios.schema import DocumentSchema
from simulator.services import errors

Json = Any

TAGS: Final[Mapping[str, str]] = {
    "World": "The state of a sandbox as a whole: seeding, resetting, export and import.",
    "Scenarios": "The scenario files at hand.",
    "Snapshots": "States of a sandbox to come back to.",
    "Sandboxes": "Isolated worlds, leases of them, and the devices that are sent to them.",
    "Clock": "The time of a sandbox, which drives every expiry.",
    "Codes and sessions": "Logging in, refusing and running out of time by a test's hand.",
    "Tokens": "Tokens without the dance, the public keys, and the media token verifier.",
    "Profiles": "Logins of devices, and their ties to single sign-on identities.",
    "Households": "Accounts to log in with, and devices.",
    "Configuration": "Service providers, MVPDs and their integrations.",
    "Applications": "Registered apps, their instances, and issuers of single sign-on tokens.",
    "Temporary and degraded access": "TempPass trials, and degradation rules.",
    "Faults": "What goes wrong on purpose.",
    "Journal": "What every device request did, and why.",
    "Conduct": "What each client app did right and wrong.",
    "Coverage": "What apps were shown of the backend, what they did about it, and the way to the rest.",
    "Settings": "The switches of a sandbox.",
    "Service": "The running instance itself.",
}
"""The headings, in the order in which a reader meets them."""

_ABOUT: Final = """\
The admin API of pass-simulator: JSON, snake_case, ISO 8601 times in UTC and ISO 8601 durations.

Most calls work within one sandbox, `default` unless the header `X-Sim-Sandbox`, the first label of the
host, or the path prefix `/s/{sandbox}` names another. Every error has one shape, lists every problem of a
document at once, and has changed nothing. Members may be added to answers, none is renamed.

On loopback the API is open to its machine: to calls by an address, by `localhost` or by a name of its own,
and to no page of another origin unless `--admin-origin` names that. Bound to anything else it asks for
`Authorization: Bearer …`."""

# Stands for where the API is served, which each request says for itself.
_ANYWHERE: Final = "https://origin.invalid"
# The call, with which the docstring of a handler begins.
_CALL: Final = re.compile(r"`[A-Z]+ [^`]*`:?\s*")


def document(endpoints: Iterable[Endpoint], origin: str) -> dict[str, Json]:
    """The document of those of `endpoints` that are the admin API's, served at `origin`."""
    told = [
        (endpoint, doc)
        for endpoint in endpoints
        if endpoint.surface is Surface.ADMIN and (doc := documentation_of(endpoint.handler))
    ]
    shapes = [shape for _, doc in told for shape in (*doc.bodies.values(), *doc.answers.values())]
    schemas, components = _schemas([Refused, *shapes])
    paths: dict[str, Json] = {}
    for endpoint, doc in told:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(
            endpoint, doc, schemas
        )
    named = {doc.tag for _, doc in told}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "pass-simulator admin API",
            "version": __version__,
            "description": _ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": origin}],
        "tags": [
            {"name": name, "description": about} for name, about in TAGS.items() if name in named
        ],
        "security": [{}, {"adminToken": []}],
        "paths": paths,
        "components": {
            "parameters": {"Sandbox": _SANDBOX},
            "schemas": components,
            "securitySchemes": {
                "adminToken": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The value of --admin-token, or the one printed at the start.",
                }
            },
        },
    }


_TEMPLATE: Final = "#/components/schemas/{model}"


class _Schema(DocumentSchema):
    """Names for generated clients, and no default where a member is meant to be absent."""

    def normalize_name(self, name: str) -> str:
        """A `ListOf[Code]` is a `CodeList`; what a `ProfileModel` reads is a `ProfileInput`."""
        name = re.sub(r"^ListOf\[(.*)\]$", r"\1List", re.sub("Model$", "Input", name))
        return super().normalize_name(name)

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> dict[str, Json]:
        found = super().default_schema(schema)
        if found.get("default", ...) is None:
            del found["default"]
        return found


def _schemas(shapes: Iterable[Shape]) -> tuple[Mapping[Shape, Json], dict[str, Json]]:
    """The schema of each of `shapes`, and the components that those refer to, by name."""
    found, definitions = TypeAdapter.json_schemas(
        [(shape, "validation", TypeAdapter(_type(shape))) for shape in dict.fromkeys(shapes)],
        ref_template=_TEMPLATE,
        schema_generator=_Schema,
    )
    components: dict[str, Json] = definitions["$defs"]
    for each in components.values():
        each.pop("title", None)
    schemas = {shape: schema for (shape, _), schema in found.items()}
    for shape in schemas:
        if isinstance(shape, ChangesOf):
            source = schemas[shape]["$ref"].rpartition("/")[2]
            name = f"{source.removesuffix('Input')}Changes"
            components[name] = _changes(components[source])
            schemas[shape] = {"$ref": _TEMPLATE.format(model=name)}
    return schemas, dict(sorted(components.items()))


def _type(shape: Shape) -> Shape:
    if isinstance(shape, ChangesOf):
        return shape.shape
    return shape() if isfunction(shape) else shape


def _changes(schema: dict[str, Json]) -> dict[str, Json]:
    """The schema for some members of another one, each of which may be null."""
    return {
        **{name: each for name, each in schema.items() if name != "required"},
        "description": "What is to change; null takes a member back to its default.",
        "properties": {name: _nullable(**each) for name, each in schema["properties"].items()},
    }


def _nullable(*, description: str, default: Json = None, **schema: Json) -> dict[str, Json]:
    del default
    choices = schema.get("anyOf", [schema])
    null = [] if {"type": "null"} in choices else [{"type": "null"}]
    return {"anyOf": [*choices, *null], "description": description}


_SANDBOX: Final = {
    "name": "X-Sim-Sandbox",
    "in": "header",
    "description": "The sandbox to work on; `default` when nothing names one.",
    "schema": {"type": "string"},
    "example": "default",
}


def _operation(endpoint: Endpoint, doc: Doc, schemas: Mapping[Shape, Json]) -> dict[str, Json]:
    found: dict[str, Json] = {"operationId": doc.name, "tags": [doc.tag], "summary": doc.summary}
    if description := _description(endpoint):
        found["description"] = description
    parameters = [
        *(_path_parameter(name, example) for name, example in doc.path.items()),
        *(_query_parameter(each) for each in doc.query),
    ]
    if endpoint.sandboxed:
        parameters.append({"$ref": "#/components/parameters/Sandbox"})
    if parameters:
        found["parameters"] = parameters
    if doc.bodies:
        content = _content(doc.bodies, schemas)
        next(iter(content.values()))["example"] = doc.example
        found["requestBody"] = {"required": doc.body_required, "content": content}
    if not endpoint.guarded:
        found["security"] = [{}]
    found["responses"] = _responses(endpoint, doc, schemas)
    return found


def _description(endpoint: Endpoint) -> str:
    """The handler's docstring without the call it begins with."""
    text = _CALL.sub("", " ".join((endpoint.handler.__doc__ or "").split()), count=1)
    return text[:1].upper() + text[1:]


def _path_parameter(name: str, example: str) -> dict[str, Json]:
    schema = {"type": "string"}
    return {"name": name, "in": "path", "required": True, "schema": schema, "example": example}


def _query_parameter(query: Query) -> dict[str, Json]:
    found = {
        "name": query.name,
        "in": "query",
        "description": query.about,
        "schema": {**query.schema},
    }
    return found | ({} if query.example is None else {"example": query.example})


def _content(shapes: Mapping[str, Shape], schemas: Mapping[Shape, Json]) -> dict[str, Json]:
    return {kind: {"schema": schemas[shape]} for kind, shape in shapes.items()}


def _responses(endpoint: Endpoint, doc: Doc, schemas: Mapping[Shape, Json]) -> dict[str, Json]:
    done: dict[str, Json] = {"description": _DONE[doc.status]}
    if doc.answers:
        done["content"] = _content(doc.answers, schemas)
    if doc.status == _CREATED:
        done["headers"] = {
            "Location": {"description": "Where it is found.", "schema": {"type": "string"}}
        }
    error = _content({JSON: Refused}, schemas)
    found = {(each.status, each.code) for each in (*doc.errors, *_implied(endpoint, doc))}
    missing = (*doc.missing, "sandbox") if endpoint.sandboxed else doc.missing
    found |= {(errors.NotFound.status, errors.NotFound.code_of(what)) for what in missing}
    codes: dict[int, list[str]] = {}
    for status, code in sorted(found):
        codes.setdefault(status, []).append(f"`{code}`")
    return {
        str(doc.status): done,
        **{
            str(status): {"description": ", ".join(told), "content": error}
            for status, told in codes.items()
        },
        "default": {"description": "Any other refusal.", "content": error},
    }


_CREATED: Final = 201
_DONE: Final = {200: "Done.", _CREATED: "Created.", 204: "Done; there is nothing to tell."}


def _implied(endpoint: Endpoint, doc: Doc) -> Iterable[type[errors.AdminError]]:
    """The errors that follow from what an endpoint takes."""
    if endpoint.guarded:
        yield errors.Unauthorized
    if doc.body is not None:
        yield from (errors.InvalidBody, errors.InvalidDocument)
    if any(each.name == "limit" for each in doc.query):
        yield errors.InvalidLimit


_TAG: Final = "Service"


@Doc(name="getOpenapi", summary="Get this document for programs", tag=_TAG, answer=dict[str, Any])
async def show(request: web.Request) -> web.Response:
    """`GET openapi.json`: this document, in OpenAPI 3.1."""
    made = await asyncio.to_thread(_as_json, request.app[ENDPOINTS])
    body = made.replace(to_json(_ANYWHERE), to_json(public_origin(request)))
    return web.Response(body=body, headers={"Content-Type": JSON_TYPE})


@Doc(
    name="getDocs",
    summary="Get this document as a page",
    tag=_TAG,
    answer_types={"text/html": str},
)
async def show_page(request: web.Request) -> web.Response:
    """`GET docs`: this document as a page to read and search."""
    made = await asyncio.to_thread(_as_page, request.app[ENDPOINTS])
    text = made.replace(_ANYWHERE, escape(public_origin(request)))
    return web.Response(text=text, content_type="text/html")


# Making them takes a second, and whoever is not let in may ask for them: it is done once.
@lru_cache(maxsize=1)
def _as_json(endpoints: tuple[Endpoint, ...]) -> bytes:
    return to_json(document(endpoints, _ANYWHERE))


@lru_cache(maxsize=1)
def _as_page(endpoints: tuple[Endpoint, ...]) -> str:
    return rendered("reference.html", **document(endpoints, _ANYWHERE))
