"""The document of the admin API (OpenAPI 3.1), made from the endpoints and what stands next to them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from simulator import __version__
from simulator.admin.schemas.common import Refused
from simulator.http.documented import Doc, Query, documentation_of
from simulator.http.endpoint import Endpoint, Surface
from simulator.services import errors

from .components import Schemas

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
    "Settings": "The switches of a sandbox.",
    "Service": "The running instance itself.",
}
"""The headings, in the order in which a reader meets them."""

_ABOUT: Final = """\
The admin API of pass-simulator: JSON, snake_case, ISO 8601 times in UTC and ISO 8601 durations.

Most calls work within one sandbox, `default` unless the header `X-Sim-Sandbox`, the first label of the
host, or the path prefix `/s/{sandbox}` names another. Every error has one shape, lists every problem of a
document at once, and has changed nothing. Members may be added to answers, none is renamed.

On loopback the API is open; bound to anything else it asks for `Authorization: Bearer …`."""

_JSON: Final = "application/json"
# The call, with which the docstring of a handler begins.
_CALL: Final = re.compile(r"`[A-Z]+ [^`]*`:?\s*")


def document(endpoints: Iterable[Endpoint], origin: str) -> dict[str, Any]:
    """The document of those of `endpoints` that are the admin API's, served at `origin`."""
    schemas = Schemas()
    paths: dict[str, Any] = {}
    refused = schemas.add(Refused)
    for endpoint in endpoints:
        doc = documentation_of(endpoint.handler)
        if endpoint.surface is Surface.ADMIN and doc is not None:
            paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(
                endpoint, doc, schemas, refused
            )
    named = {each["tags"][0] for path in paths.values() for each in path.values()}
    return schemas.resolved(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "pass-simulator admin API",
                "version": __version__,
                "description": _ABOUT,
                "license": {"name": "MIT", "identifier": "MIT"},
            },
            "servers": [{"url": origin}],
            "tags": [
                {"name": name, "description": about}
                for name, about in TAGS.items()
                if name in named
            ],
            "security": [{}, {"adminToken": []}],
            "paths": paths,
            "components": {
                "parameters": {"Sandbox": _SANDBOX},
                "securitySchemes": {
                    "adminToken": {
                        "type": "http",
                        "scheme": "bearer",
                        "description": "The value of --admin-token, or the one printed at the start.",
                    }
                },
            },
        }
    )


_SANDBOX: Final = {
    "name": "X-Sim-Sandbox",
    "in": "header",
    "description": "The sandbox to work on; `default` when nothing names one.",
    "schema": {"type": "string"},
    "example": "default",
}


def _operation(
    endpoint: Endpoint, doc: Doc, schemas: Schemas, refused: dict[str, Any]
) -> dict[str, Any]:
    summary, description = _texts(endpoint, doc)
    found: dict[str, Any] = {"operationId": doc.name, "tags": [doc.tag], "summary": summary}
    if description:
        found["description"] = description
    parameters = [
        *(_path_parameter(name, doc) for name in endpoint.parameters),
        *(_query_parameter(each) for each in doc.query),
    ]
    if endpoint.sandboxed:
        parameters.append({"$ref": "#/components/parameters/Sandbox"})
    if parameters:
        found["parameters"] = parameters
    if doc.body is not None:
        content = {_JSON: _media(schemas, doc.body, doc.example)}
        content |= {kind: _media(schemas, shape) for kind, shape in doc.body_types.items()}
        found["requestBody"] = {"required": doc.body_required, "content": content}
    if not endpoint.guarded:
        found["security"] = [{}]
    found["responses"] = _responses(endpoint, doc, schemas, refused)
    return found


def _texts(endpoint: Endpoint, doc: Doc) -> tuple[str, str]:
    """The summary, and as the description the handler's docstring without the call it begins with."""
    lines = (endpoint.handler.__doc__ or "").strip().splitlines()
    text = _CALL.sub("", " ".join(line.strip() for line in lines), count=1).strip()
    return doc.summary, text[:1].upper() + text[1:]


def _path_parameter(name: str, doc: Doc) -> dict[str, Any]:
    found = {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    return found | ({"example": doc.path[name]} if name in doc.path else {})


def _query_parameter(query: Query) -> dict[str, Any]:
    found = {
        "name": query.name,
        "in": "query",
        "description": query.about,
        "schema": {**query.schema},
    }
    return found | ({} if query.example is None else {"example": query.example})


def _media(schemas: Schemas, shape: Any, example: object = None) -> dict[str, Any]:  # noqa: ANN401
    found: dict[str, Any] = {"schema": schemas.add(shape)}
    return found if example is None else {**found, "example": example}


def _responses(
    endpoint: Endpoint, doc: Doc, schemas: Schemas, refused: dict[str, Any]
) -> dict[str, Any]:
    done: dict[str, Any] = {"description": _DONE[doc.status]}
    if doc.answer is not None:
        done["content"] = {
            _JSON: _media(schemas, doc.answer),
            **{kind: _media(schemas, shape) for kind, shape in doc.answer_types.items()},
        }
    elif doc.answer_types:
        done["content"] = {kind: _media(schemas, shape) for kind, shape in doc.answer_types.items()}
    if doc.status == _CREATED:
        done["headers"] = {
            "Location": {"description": "Where it is found.", "schema": {"type": "string"}}
        }
    error = {_JSON: {"schema": refused}}
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
