"""Errors as answers: every exception becomes a status and the shape of the face it happened on."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web
from aiohttp.typedefs import Handler

from simulator.domain.access.registration import RegistrationError
from simulator.domain.errors import ERRORS, HELP_URL, EnhancedError
from simulator.domain.sso.sso_service import ServiceError
from simulator.services.device.management import ManagementError
from simulator.services.errors import FieldProblem, Refusal, invalid
from simulator.storage.worlds.sandboxes import TooManyLayers, UnknownSandbox
from simulator.validation.problems import Problem, ScenarioError

from .console_pages import problem_page
from .endpoint import (
    CONTEXT,
    EXPLANATION,
    REQUEST_ID,
    SANDBOX_REF,
    Surface,
    endpoint_of,
    json_response,
    shows_headers,
    surface_of,
)

log: Final = logging.getLogger(__name__)

# Codes of the admin API whose status is not 400.
_STATUS: Final[Mapping[str, int]] = {
    "unauthorized": 401,
    "cross_origin": 403,
    "route_not_found": 404,
    "method_not_allowed": 405,
    "already_exists": 409,
    "code_not_open": 409,
    "in_use": 409,
    "leased": 409,
    "limit_reached": 409,
    "body_too_large": 413,
    "invalid_document": 422,
    "internal_server_error": 500,
    "not_simulated": 501,
    "not_ready": 503,
}


async def answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What `handler` answers, errors included."""
    try:
        return await handler(request)
    except RegistrationError as error:
        _explain(request, error.code, error.reason)
        shown = shows_headers(request)
        reason = {"X-Sim-Reason": _one_line(error.reason)} if shown else None
        return json_response({"error": error.code}, 400, reason)
    except (web.HTTPRedirection, web.HTTPSuccessful):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer in shape
        return await _answer(request, error)


def _one_line(text: str) -> str:
    """`text` fit for a header: what the client sent may be quoted in it."""
    return "".join(each if each.isprintable() else " " for each in text)


async def _answer(request: web.Request, error: Exception) -> web.Response:
    surface = surface_of(request)
    if isinstance(error, EnhancedError):
        kind = error.kind
        return await enhanced(
            request, kind.status, kind.code, kind.action, error.message, error.details
        )
    if isinstance(error, ServiceError):
        return await _of_sso_service(request, error)
    if isinstance(error, ManagementError):
        _explain(request, "management_error", " ".join(error.problems))
        body = {"status": error.status, "message": " ".join(error.problems)}
        return json_response(body, error.status)
    if refusal := _refusal(error):
        return _shown(surface, request, refusal)
    if isinstance(error, web.HTTPException):
        return await _of_http(request, surface, error)
    ref = request.get(SANDBOX_REF)
    log.error(
        "request failed",
        exc_info=error,
        extra={
            "request": request[REQUEST_ID],
            "sandbox": ref.name if ref else None,
            "generation": ref.generation if ref else None,
        },
    )
    return await _of_failure(request, surface)


def _refusal(error: Exception) -> Refusal | None:
    """What our own API says of an error; None for one that means nothing to it."""
    if isinstance(error, UnknownSandbox):
        hint = "Make it with POST /admin/v1/sandboxes, or leave its name out for 'default'."
        return Refusal("sandbox_not_found", f"There is no sandbox '{error.name}'.", hint)
    if isinstance(error, TooManyLayers):
        hint = "Reset the sandbox, or delete snapshots and clones that are not needed any more."
        return Refusal("limit_reached", "The sandbox lies on too many layers.", hint)
    if isinstance(error, Refusal):
        return error
    if isinstance(error, ScenarioError):
        return invalid(
            [FieldProblem(path=_place(each), problem=each.problem) for each in error.problems]
        )
    return None


async def enhanced(
    request: web.Request,
    status: int,
    code: str,
    action: str,
    message: str,
    details: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """An enhanced error (Adobe: error codes, ERR1) as the whole answer."""
    _explain(request, code, message)
    body: dict[str, Any] = {"action": action, "status": status, "code": code, "message": message}
    if details is not None:
        body["details"] = details
    body |= {"helpUrl": HELP_URL, "trace": await _trace(request)}
    return json_response(body, status, headers)


async def _of_sso_service(request: web.Request, error: ServiceError) -> web.Response:
    """The SSO service wraps its errors (Adobe: SSO service, SVC2)."""
    kind = error.kind
    _explain(request, kind.code, error.message)
    told = {
        "status": error.status,
        "code": kind.code,
        "message": error.message,
        "action": kind.action,
        "helpUrl": HELP_URL,
        "trace": await _trace(request),
    }
    name = HTTPStatus(error.status).name
    return json_response({"status": name, "error": told}, error.status)


def _explain(request: web.Request, code: str, message: str) -> None:
    """Put the error into the explanation of the request."""
    explanation = request.get(EXPLANATION)
    if explanation is not None:
        explanation.error = code
        explanation.explain(f"{code}: {message}")


async def _trace(request: web.Request) -> str:
    """The id of an error; with an id seed it repeats as all ids of the sandbox do."""
    simulator, ref = request.app[CONTEXT], request.get(SANDBOX_REF)
    if ref is None or not ref.seeded:
        return simulator.ids.uuid()
    return await simulator.engine.write(ref.with_explanation(None), lambda world: world.ids.uuid())


def _shown(
    surface: Surface,
    request: web.Request,
    refusal: Refusal,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """A refusal for people on the console, for programs elsewhere."""
    if surface is Surface.CONSOLE:
        return problem_page(request, refusal, status_of(refusal.code), headers)
    return refused(refusal, headers)


def refused(refusal: Refusal, headers: Mapping[str, str] | None = None) -> web.Response:
    """A refusal in the one shape of the admin API."""
    fields = [{"path": each.path, "problem": each.problem} for each in refusal.fields]
    body = {
        "code": refusal.code,
        "message": refusal.message,
        "hint": refusal.hint,
        "fields": fields,
    }
    return json_response({"error": body}, status_of(refusal.code), headers)


def status_of(code: str) -> int:
    """The status that goes with a code of the admin API."""
    return _STATUS.get(code, 404 if code.endswith("_not_found") else 400)


def _place(problem: Problem) -> str:
    line = f"line {problem.line}" if problem.line is not None else ""
    return ": ".join(part for part in (problem.source, line, problem.path) if part)


async def _of_http(
    request: web.Request, surface: Surface, error: web.HTTPException
) -> web.Response:
    """The answer to a request that aiohttp itself turned down: no route, wrong verb, too large."""
    headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
    what = f"{request.method} {request.path}"
    if error.status == web.HTTPMethodNotAllowed.status_code:
        message = f"{what} is not allowed; this path takes {headers.get('Allow', 'nothing')}."
        code = "method_not_allowed"
    elif error.status == web.HTTPRequestEntityTooLarge.status_code:
        message = "The body is larger than this path takes."
        code = "body_too_large"
    elif error.status == web.HTTPNotFound.status_code:
        message = f"Nothing is served at {request.path}."
        code = "route_not_found"
    else:
        message, code = error.reason, "bad_request"
    if surface in {Surface.ADMIN, Surface.CONSOLE}:
        hint = "GET /admin/v1 lists what there is." if surface is Surface.ADMIN else ""
        return _shown(surface, request, Refusal(code, message, hint), headers)
    if surface is Surface.REGISTRATION and code == "body_too_large":
        return json_response({"error": "invalid_request"}, 400, {"X-Sim-Reason": message})
    if surface in {Surface.DEVICE, Surface.REGISTRATION}:
        # No code of the 47 means any of these (Adobe: error codes, C45).
        return await enhanced(
            request, error.status, "internal_server_error", "none", message, headers=headers
        )
    return web.Response(text=f"{message}\n", status=error.status, headers=headers)


async def _of_failure(request: web.Request, surface: Surface) -> web.Response:
    if surface in {Surface.ADMIN, Surface.CONSOLE}:
        message = f"The request {request[REQUEST_ID]} failed; the log has the cause."
        refusal = Refusal("internal_server_error", message, "Please report it.")
        return _shown(surface, request, refusal)
    endpoint = endpoint_of(request)
    if endpoint is not None and endpoint.operation == "sso_service":
        return await _of_sso_service(request, ServiceError("internal_error"))
    if surface in {Surface.DEVICE, Surface.REGISTRATION}:
        kind = ERRORS["internal_server_error"]
        return await enhanced(request, kind.status, kind.code, kind.action, kind.message)
    return web.Response(text="The server met an unexpected condition.\n", status=500)
