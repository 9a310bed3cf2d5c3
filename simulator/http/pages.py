"""Rendering a page from its template."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Final

from aiohttp import web

from simulator.domain.errors import DeviceError
from simulator.services.device.authentication import LoginError, LoginPage

from .readers import public_origin
from .request_context import context_of

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("simulator.web"), autoescape=True, undefined=StrictUndefined
    )
    # JSON keeps the order of its members.
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    return environment


LOGIN: Final = "/provider/login"


def login_problem_page(request: web.Request, error: LoginError) -> web.Response:
    """A login that cannot go on, as HTML 400, with a way back to the app where there is one."""
    return page(
        request,
        "problem.html",
        status=400,
        title="This login cannot go on",
        problem=error.message,
        hint="Ask for a new code in the app." if not error.redirect_url else "",
        continue_to=error.redirect_url,
    )


def failure_page(
    request: web.Request,
    error: DeviceError,
    headers: Mapping[str, str] | None,
    title: str = "This login cannot go on",
) -> web.Response:
    """An error that is told in a user agent, as HTML with the error's status."""
    return page(
        request,
        "problem.html",
        status=error.status,
        headers=headers,
        title=title,
        problem=error.message,
        hint="",
        continue_to="",
    )


def saml_form(request: web.Request, found: LoginPage) -> web.Response:
    """A page that posts a SAML request on to the provider, by itself where JavaScript runs."""
    return page(
        request,
        "saml_form.html",
        title=f"To {found.mvpd_name}",
        action=f"{public_origin(request)}{LOGIN}?reg_code={found.code}",
        saml_request=found.saml_request,
        relay_state=found.code,
    )


def page(
    request: web.Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **names: object,
) -> web.Response:
    """The page made from `template` with `names`, whose title and problem, if any, explain the answer."""
    if title := names.get("title"):
        explain(request, f"the page: {title}")
    if problem := names.get("problem"):
        explain(request, str(problem))
    ref = context_of(request).ref
    text = rendered(template, sandbox=ref.name if ref else "-", **names)
    return web.Response(text=text, status=status, headers=headers, content_type="text/html")


def explain(request: web.Request, reason: str) -> None:
    """Give a reason to the request's explanation, if the journal tells of it."""
    explanation = context_of(request).explanation
    if explanation is not None:
        explanation.explain(reason)


def rendered(template: str, **names: object) -> str:
    """The text made from `template` with `names`."""
    return _environment().get_template(template).render(**names)
