"""Errors as answers: every exception becomes a status and the shape of the face it happened on."""

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Final

from aiohttp import ClientConnectionResetError, hdrs, web

from simulator.domain.errors import (
    OWN_ERRORS,
    DeviceError,
    EnhancedError,
    ManagementError,
    RegistrationError,
    ServiceError,
)
from simulator.domain.journal.explanation import Explanation
from simulator.domain.operations import unprefixed
from simulator.domain.texts import storable
from simulator.scenarios.library import UnknownScenario
from simulator.services.device.authentication import LoginError
from simulator.services.errors import (
    AdminError,
    BadRequest,
    BodyTooLarge,
    DatabaseAway,
    DatabaseFull,
    FieldProblem,
    InternalServerError,
    InvalidBody,
    InvalidDocument,
    LimitReached,
    MethodNotAllowed,
    NotFound,
    RequestTimeout,
)
from simulator.storage.errors import DatabaseError, DatabaseFullError, DatabaseUnavailableError
from simulator.storage.worlds.sandboxes import TooManyLayers, UnknownSandbox
from simulator.validation.problems import Problem, ScenarioError

from .bodies import UnreadableBody
from .connections import SlowBody
from .console_pages import problem_page, root
from .endpoint import Handler, Surface, json_response, response_of
from .origin import InvalidOrigin
from .pages import failure_page, login_problem_page, lost_page, wants_page
from .request_context import context_of

log: Final = logging.getLogger(__name__)

Known = AdminError | DeviceError | LoginError
_OURS: Final = frozenset({Surface.ADMIN, Surface.CONSOLE})
_ADOBES: Final = frozenset({Surface.DEVICE, Surface.REGISTRATION})
_OWN: Final = {each.status: each for each in OWN_ERRORS.values()}
_MANAGEMENT: Final = frozenset({"reset_temp_pass", "degradation"})
_USER_AGENT: Final = "/api/v2/authenticate/"
"""Where a browser reads what is answered (Adobe: user agent, API5)."""


async def answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What `handler` answers, errors included."""
    try:
        return response_of(await handler(request))
    except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer in shape
        return await answer_to(request, error)


async def answer_to(request: web.Request, error: Exception) -> web.Response:
    """The answer to a request that ended in `error`, whatever that is."""
    if isinstance(error, SlowBody):
        error = web.HTTPRequestTimeout(reason="The rest of the body did not come in time.")
    match error:
        case web.HTTPException():
            return await _of_http(request, error)
        case web.RequestPayloadError():
            return await _of_body(
                request, "The body is no valid HTTP.", "Send what its head promises."
            )
        case UnreadableBody():
            return await _of_body(request, error.message, error.hint)
        case ClientConnectionResetError():
            return _of_nobody()
        case OSError() if error is request.content.exception():
            return _of_nobody()
        case DatabaseUnavailableError():
            return await _of_database(request, error)
    known = _known(error)
    return await (answer(request, known) if known else _of_failure(request, error))


def _of_nobody() -> web.Response:
    """What is answered to who has hung up, and reaches nobody."""
    log.debug("the client hung up")
    return web.Response(status=web.HTTPBadRequest.status_code)


async def answer(
    request: web.Request, error: Known, headers: Mapping[str, str] | None = None
) -> web.Response:
    """The answer that `error` is, in the shape of its class."""
    context = context_of(request)
    if context.explanation is not None:
        _explain(context.explanation, error)
    reason = _reason(error) if context.shows_headers else None
    if reason:
        headers = {**(headers or {}), "X-Sim-Reason": reason}
    match error:
        case LoginError():
            return login_problem_page(request, error)
        case AdminError() if context.surface is Surface.CONSOLE:
            return problem_page(request, error, headers)
        case AdminError() if context.surface is Surface.WEB and wants_page(request):
            start = f"{root(request)}/"
            return lost_page(request, error, headers, status=error.status, start=start)
        case EnhancedError() if unprefixed(request.path).startswith(_USER_AGENT):
            return failure_page(request, error, headers)
        case AdminError():
            told = {"code": error.code, "message": error.message, "hint": error.hint}
            body: object = {"error": {**told, "fields": [asdict(each) for each in error.fields]}}
        case EnhancedError():
            body = error.body(await _trace(request))
        case ManagementError():
            body = {"status": error.status, "message": error.message}
        case _:  # a `RegistrationError`: the code of the page, and beside it why, as OAuth has it
            body = {"error": error.code, **({"error_description": reason} if reason else {})}
    return json_response(body, error.status, headers)


def _explain(explanation: Explanation, error: Known) -> None:
    # What keeps a login from going on, its page explains.
    if not isinstance(error, LoginError):
        explanation.explain(str(error))
    if isinstance(error, DeviceError):
        explanation.error = error.code


def _reason(error: Known) -> str | None:
    """What exactly was wrong, where Adobe's answer has no place for it."""
    if isinstance(error, RegistrationError):
        # What the client sent may be quoted in it, so it is made fit for a header and for JSON.
        return "".join(each if each.isprintable() else " " for each in error.message)
    if isinstance(error, EnhancedError) and error.code in OWN_ERRORS:
        return "The code is the simulator's own: none of Adobe's means this."
    return None


def _known(error: Exception) -> Known | None:
    """The error that has an answer; None for one that nobody foresaw."""
    match error:
        case AdminError() | DeviceError() | LoginError():
            return error
        case UnknownSandbox():
            hint = "Make it with POST /admin/v1/sandboxes, or leave its name out for 'default'."
            return NotFound("sandbox", error.name, hint)
        case UnknownScenario():
            return NotFound("scenario", error.name, error.hint)
        case TooManyLayers():
            hint = "Reset the sandbox, or delete snapshots and clones that are not needed any more."
            return LimitReached("The sandbox lies on too many layers.", hint)
        case ScenarioError():
            return InvalidDocument(
                [FieldProblem(path=_place(each), problem=each.problem) for each in error.problems]
            )
    return None


def _place(problem: Problem) -> str:
    line = f"line {problem.line}" if problem.line is not None else ""
    return ": ".join(part for part in (problem.source, line, problem.path) if part)


async def _trace(request: web.Request) -> str:
    """The id of an error; with an id seed it repeats as all ids of the sandbox do."""
    context = context_of(request)
    simulator, ref = context.simulator, context.ref
    if ref is not None and ref.seeded:
        # Where it cannot be drawn, that is not worth another error.
        with suppress(DatabaseError):
            return await simulator.engine.write(
                ref.with_explanation(None), lambda world: world.ids.uuid()
            )
    return simulator.ids.uuid()


async def _of_http(request: web.Request, error: web.HTTPException) -> web.Response:
    """The answer to a request that aiohttp itself turned down: no route, wrong verb, too large."""
    headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
    surface = context_of(request).surface
    hint = "GET /admin/v1 lists what there is." if surface is Surface.ADMIN else ""
    match error:
        case web.HTTPMethodNotAllowed():
            allowed = f"this path takes {headers.get('Allow', 'nothing')}"
            message = f"{request.method} {request.path} is not allowed; {allowed}."
            found: AdminError = MethodNotAllowed(message, hint)
        case web.HTTPRequestEntityTooLarge():
            found = BodyTooLarge("The body is larger than this path takes.", hint)
        case web.HTTPNotFound():
            found = NotFound("route", hint=hint, message=f"Nothing is served at {request.path}.")
        case web.HTTPExpectationFailed():
            found = BadRequest(
                f"Nobody here can fulfil 'Expect: {request.headers[hdrs.EXPECT]}'.",
                "Leave the header out, or send 100-continue.",
            )
        case web.HTTPRequestTimeout():
            found = RequestTimeout(
                error.reason, "Send what the head promises, or raise --head-seconds."
            )
        case InvalidOrigin():
            found = BadRequest(error.reason, error.hint)
        case _:
            found = BadRequest(error.reason, hint)
    return await _in_shape(request, error.status, found, headers)


async def _of_body(request: web.Request, message: str, hint: str) -> web.Response:
    """The answer to a request whose body cannot be had."""
    found = InvalidBody(message, hint)
    return await _in_shape(request, found.status, found, {})


async def _in_shape(
    request: web.Request, status: int, found: AdminError, headers: Mapping[str, str]
) -> web.Response:
    """What is wrong with the HTTP of a request, in the shape of the face that it turned to."""
    surface = context_of(request).surface
    if surface in _OURS:
        return await answer(request, found, headers)
    if surface in _ADOBES:
        return await answer(request, _of_adobe(request, status, found), headers)
    if wants_page(request) and not isinstance(found, BadRequest):
        return lost_page(request, found, headers, status=status, start=f"{root(request)}/")
    return web.Response(text=storable(f"{found.message}\n"), status=status, headers=headers)


def _of_adobe(request: web.Request, status: int, found: AdminError) -> DeviceError:
    context = context_of(request)
    operation = context.endpoint.operation if context.endpoint is not None else None
    if context.surface is Surface.REGISTRATION and isinstance(found, InvalidBody | BodyTooLarge):
        return RegistrationError("invalid_request", found.message)
    if operation == "sso_service" and isinstance(found, InvalidBody):
        return ServiceError("request_invalid", found.message)
    if operation in _MANAGEMENT and isinstance(found, InvalidBody):
        return ManagementError(status, found.message)
    return EnhancedError(_OWN.get(status, OWN_ERRORS["bad_request"]), found.message)


async def _of_database(request: web.Request, error: DatabaseUnavailableError) -> web.Response:
    """The answer while the database is away or full: that this is our trouble, and nothing simulated."""
    context = context_of(request)
    surface, endpoint = context.surface, context.endpoint
    # While it is known to be away or full, that is in the log already.
    level = (
        logging.WARNING if context.simulator.engine.supervisor.problem is None else logging.DEBUG
    )
    log.log(level, "request %s needs the database: %s", context.id, error)
    if context.explanation is not None and context.ref is None:
        context.simulator.journal.miss()
    full = isinstance(error, DatabaseFullError)
    kind = OWN_ERRORS["database_full" if full else "database_away"]
    message = f"{kind.message.removesuffix('.')}: {error}."
    headers: dict[str, str] = {hdrs.RETRY_AFTER: "1"}
    if surface in _OURS:
        hint = "GET /readyz says when it is well again; the log has more."
        return await answer(
            request, (DatabaseFull if full else DatabaseAway)(message, hint), headers
        )
    if surface in _ADOBES:
        service = endpoint is not None and endpoint.operation == "sso_service"
        return await answer(
            request, (ServiceError if service else EnhancedError)(kind, message), headers
        )
    if surface is Surface.WEB:
        title = "The simulator has trouble of its own"
        return failure_page(request, EnhancedError(kind, message), headers, title)
    return web.Response(text=f"{message}\n", status=kind.status, headers=headers)


async def _of_failure(request: web.Request, error: Exception) -> web.Response:
    """The answer where we are to blame, which the log tells more of."""
    context = context_of(request)
    surface, endpoint, ref = context.surface, context.endpoint, context.ref
    log.error(
        "request failed",
        exc_info=error,
        extra={
            "request": context.id,
            "sandbox": ref.name if ref else None,
            "generation": ref.generation if ref else None,
        },
    )
    if surface in _OURS:
        message = f"The request {context.id} failed; the log has the cause."
        return await answer(request, InternalServerError(message, "Please report it."))
    if endpoint is not None and endpoint.operation == "sso_service":
        return await answer(request, ServiceError("internal_error"))
    unexpected = EnhancedError("internal_server_error")
    if surface in _ADOBES:
        return await answer(request, unexpected)
    return web.Response(text=f"{unexpected.message}\n", status=unexpected.status)
