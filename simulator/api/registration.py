"""Dynamic Client Registration APIs: retrieve client credentials, retrieve access token."""

import json
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import parse_qsl

from aiohttp import web

from simulator.domain.errors import RegistrationError
from simulator.domain.texts import is_storable
from simulator.http.bodies import body_of
from simulator.http.endpoint import CONTEXT, Answer
from simulator.http.request_context import sandbox_of
from simulator.services.device import registration

from .calls import device_call

_INVALID: Final = "invalid_request"
_IN_PARAMETERS: Final = frozenset({"client_id", "client_secret", "client_assertion"})


async def register(request: web.Request) -> Answer:
    """`POST /o/client/register`: JSON or a form, extra members are welcome.

    (Adobe: client credentials, DCR2)
    """
    body = await _body(request)
    members = (
        _json_members(body)
        if _looks_like_json(body)
        else _once(parse_qsl(body, keep_blank_values=True))
    )
    statement, redirect_uri = members.get("software_statement"), members.get("redirect_uri")
    if not isinstance(statement, str) or not statement:
        raise RegistrationError(_INVALID, "The software_statement is missing or is no text.")
    if not isinstance(redirect_uri, str | None) or not is_storable(redirect_uri):
        raise RegistrationError("invalid_redirect_uri", "The redirect_uri is no text.")
    registered = await registration.register(
        request.app[CONTEXT],
        sandbox_of(request),
        software_statement=statement,
        redirect_uri=redirect_uri,
        call=device_call(request),
    )
    return Answer(body=registered, status=201)


async def token(request: web.Request) -> Answer:
    """`POST /o/client/token`: parameters in the body, in the query, or in both.

    (Adobe: access token, DCR3)
    """
    body = await _body(request)
    query = list(request.query.items())
    if _looks_like_json(body):
        members = _once([*query, *_json_members(body).items()])
    else:
        members = _once([*query, *parse_qsl(body, keep_blank_values=True)])
    parameters = {name: value for name, value in members.items() if isinstance(value, str)}
    scheme = request.headers.get("Authorization", "").strip().partition(" ")[0].lower()
    if scheme == "basic" and not _IN_PARAMETERS.isdisjoint(parameters):
        problem = (
            "The client is authenticated twice: by the Authorization header and by parameters."
        )
        raise RegistrationError(_INVALID, problem)
    issued = await registration.token(
        request.app[CONTEXT],
        sandbox_of(request),
        parameters,
        call=device_call(request),
    )
    return Answer(body=issued, status=201)


async def _body(request: web.Request) -> str:
    try:
        return (await body_of(request)).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RegistrationError(_INVALID, "The body is not UTF-8.") from error


def _looks_like_json(body: str) -> bool:
    """Clients send either notation under either content type, so the body itself decides."""
    return body.lstrip().startswith(("{", "["))


def _json_members(body: str) -> dict[str, Any]:
    try:
        members = json.loads(body, object_pairs_hook=_once)
        # JSON can escape half a character, which neither a database nor an answer can hold.
        json.dumps(members, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise RegistrationError(_INVALID, f"The body cannot be read as JSON: {error}.") from error
    if not isinstance(members, dict):
        raise RegistrationError(_INVALID, "The body is not a JSON object.")
    return members


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise RegistrationError(_INVALID, f"The parameter {name} was given more than once.")
        members[name] = value
    return members
