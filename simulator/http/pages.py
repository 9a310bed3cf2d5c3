"""Rendering a page from its template."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Final

from aiohttp import hdrs, web

from simulator.domain.configuration import LoginForm
from simulator.domain.errors import DeviceError
from simulator.domain.sso import saml
from simulator.domain.texts import storable
from simulator.services.device.authentication import LoginError, LoginPage
from simulator.services.errors import AdminError

from .hints import in_verbs
from .readers import instance_origin, public_origin
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
NOT_FOUND: Final = web.HTTPNotFound.status_code


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


def wants_page(request: web.Request) -> bool:
    """Whether a person asks, whose browser shows pages."""
    return "text/html" in request.headers.get(hdrs.ACCEPT, "")


def lost_page(
    request: web.Request,
    error: AdminError,
    headers: Mapping[str, str] | None,
    *,
    status: int,
    start: str,
) -> web.Response:
    """Why there is no page at this address, and the way to those that there are."""
    return page(
        request,
        "lost.html",
        status=status,
        headers=headers,
        title="There is no such page" if status == NOT_FOUND else "This cannot be done here",
        problem=error.message,
        hint=in_verbs(error.hint),
        start=start,
    )


def to_provider(request: web.Request, found: LoginPage) -> web.StreamResponse:
    """On to the provider: its own page or an outside one, by redirect or by a form."""
    outside = found.identity_provider
    if found.form is LoginForm.FORM_POST:
        return _saml_form(request, found)
    if outside is None:
        location = f"{public_origin(request)}{LOGIN}?reg_code={found.code}"
    else:
        asked = saml.redirected(found.saml_request(_consumer(request)), found.code)
        location = f"{outside['sso_url']}{'&' if '?' in outside['sso_url'] else '?'}{asked}"
        explain(request, f"on to the identity provider {outside['entity_id']}")
    return web.Response(status=302, headers={"Location": location})


def _saml_form(request: web.Request, found: LoginPage) -> web.Response:
    """A page that posts a SAML request on to the provider, by itself where JavaScript runs."""
    own = f"{public_origin(request)}{LOGIN}?reg_code={found.code}"
    return page(
        request,
        "saml_form.html",
        title=f"To {found.mvpd_name}",
        action=found.identity_provider["sso_url"] if found.identity_provider else own,
        saml_request=found.saml_request(_consumer(request)),
        relay_state=found.code,
    )


def _consumer(request: web.Request) -> str:
    """Where responses go: the same address for all sandboxes, because providers have to know it."""
    return f"{instance_origin(request)}{saml.CONSUMER}"


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
    text = storable(rendered(template, sandbox=ref.name if ref else "-", **names))
    return web.Response(text=text, status=status, headers=headers, content_type="text/html")


def explain(request: web.Request, reason: str) -> None:
    """Give a reason to the request's explanation, if the journal tells of it."""
    explanation = context_of(request).explanation
    if explanation is not None:
        explanation.explain(reason)


def rendered(template: str, **names: object) -> str:
    """The text made from `template` with `names`."""
    return _environment().get_template(template).render(**names)
