"""The document: every endpoint of the device surface, described, and nothing else."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from aiohttp import web

from simulator import __version__
from simulator.http.endpoint import ENDPOINTS, JSON_TYPE, Endpoint, Surface
from simulator.http.origin import public_origin
from simulator.json_codec import to_json

from .answers import EXAMPLES, RESPONSES, TOO_LARGE, TOO_MANY, UNKNOWN_SANDBOX, WRONG_VERB, ref_to
from .descriptions import Description, Descriptions
from .neighbours import NEIGHBOURS
from .parameters import SANDBOX, SEGMENTS, SHARED, Parameter
from .rest_api_v2 import REST_API_V2
from .schemas import SCHEMAS

DESCRIPTIONS: Final[Descriptions] = {**REST_API_V2, **NEIGHBOURS}
_SURFACES: Final = frozenset({Surface.DEVICE, Surface.REGISTRATION})
_BEARER: Final = "accessToken"
_HEADERS: Final = {
    "X-Sim-Sandbox": "The sandbox that answered.",
    "X-Sim-Generation": "The generation of its world: a reset raises it by one.",
    "X-Sim-Request-Id": "The number of the request.",
}


async def show(request: web.Request) -> web.Response:
    """`GET /api/v2/openapi.json`: the device-facing API, as this simulator serves it."""
    served = tuple(request.app[ENDPOINTS].values())
    return web.Response(
        body=_written(served, public_origin(request)), headers={"Content-Type": JSON_TYPE}
    )


# The origin is what the client calls us, so only the last few are kept.
@lru_cache(maxsize=8)
def _written(endpoints: tuple[Endpoint, ...], origin: str) -> bytes:
    return to_json(document(endpoints, origin))


def document(endpoints: Iterable[Endpoint], origin: str) -> dict[str, Any]:
    """The OpenAPI document of a simulator that serves `endpoints` at `origin`.

    Raises KeyError for one of the device surface that nobody has described.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "pass-simulator, device-facing API",
            "version": __version__,
            "description": (
                "REST API V2, Dynamic Client Registration and their neighbours as this simulator "
                "serves them. Every path is also served under /s/{sandbox}."
            ),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": origin}],
        "paths": _paths(endpoints),
        "components": {
            "schemas": SCHEMAS,
            "responses": RESPONSES,
            "parameters": SHARED,
            "examples": EXAMPLES,
            "headers": {
                name: {"description": about, "schema": {"type": "string"}}
                for name, about in _HEADERS.items()
            },
            "securitySchemes": {
                _BEARER: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "From /o/client/token, or POST /admin/v1/tokens without the dance.",
                }
            },
        },
    }


def _paths(endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    """The paths of the device surface with their operations, in the order of the routes."""
    found: dict[str, Any] = {}
    for endpoint in endpoints:
        if endpoint.surface in _SURFACES:
            described = DESCRIPTIONS[endpoint.method, endpoint.path]
            found.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(
                endpoint, described
            )
    return found


def _operation(endpoint: Endpoint, described: Description) -> dict[str, Any]:
    segments = [SEGMENTS[name] for name in endpoint.parameters]
    parameters = (*segments, *described.parameters, SANDBOX)
    operation: dict[str, Any] = {
        "operationId": described.id,
        "tags": [described.tag],
        "summary": described.summary,
        "parameters": [_shared(each) for each in parameters],
        "responses": _responses(endpoint, described),
        "security": [] if described.open else [{_BEARER: []}],
    }
    if described.body:
        operation["requestBody"] = {
            "required": described.body_required,
            "content": {name: {"schema": schema} for name, schema in described.body.items()},
        }
    return operation


def _shared(parameter: Parameter) -> Parameter:
    """A reference to the parameter where it is one of those that several operations share."""
    name = parameter["name"]
    return (
        {"$ref": f"#/components/parameters/{name}"} if SHARED.get(name) is parameter else parameter
    )


def _responses(endpoint: Endpoint, described: Description) -> dict[str, Any]:
    found: dict[str, Any] = {
        "404": ref_to(UNKNOWN_SANDBOX),
        "405": ref_to(WRONG_VERB),
        "429": ref_to(TOO_MANY),
    }
    for status, answer in described.answers.items():
        headers = {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}
        found[str(status)] = {**answer, "headers": {**answer.get("headers", {}), **headers}}
    if endpoint.method == "POST" and endpoint.surface is Surface.DEVICE:
        found["413"] = ref_to(TOO_LARGE)
    return dict(sorted(found.items()))
