"""URLs in answers lead back to the sandbox that gave them, however a client puts them together."""

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urljoin, urlsplit

import pytest

from tests.sandboxes.places import Place, open_place, place
from tests.support.lab import REDIRECT, App, Lab
from tests.support.replies import Reply
from tests.support.tokens import sso_token
from tests.support.worlds import TV, profile, service_token

# Only `ci-42` knows this provider, so nobody else could open its pages.
MVPD: Final = "OnlyHere"
WORLD: Final = {
    "name": "only-here",
    "service_providers": [{"id": "LABSP"}],
    "mvpds": [{"id": MVPD}],
    "integrations": [{"service_provider": "LABSP", "mvpd": MVPD}],
    "applications": [{"id": "lab-app"}],
    "subscribers": [{"id": "ann", "username": "ann", "password": "ann"}],
    "profiles": [profile("own", mvpd=MVPD, links=[service_token("ann")])],
}

# How a client may get from its base and a root-relative URL to one that it opens.
JOINING: Final[Mapping[str, Callable[[str, str], str]]] = {
    "concatenated": lambda base, url: f"{base}{url}",
    "joined": lambda base, url: urljoin(f"{base}/", url),
    "joined to the request": lambda base, url: urljoin(f"{base}/api/v2/LABSP/logout/x", url),
}


async def _open(lab: Lab, url: str, origin: str = "") -> Reply:
    """What a user agent gets that sends nothing but the URL."""
    origin = origin or lab.origin
    assert url.startswith((f"{origin}/", "/")), url
    parts = urlsplit(url)
    host = {"Host": urlsplit(origin).netloc}
    return await lab.call("GET", f"{parts.path}?{parts.query}", host)


async def _walk(lab: Lab, url: str, origin: str = "") -> str:
    """Follow the redirects within `ci-42`, and say where they lead in the end."""
    while not url.startswith(REDIRECT):
        reply = await _open(lab, url, origin)
        assert (reply.status, reply.headers["X-Sim-Sandbox"]) == (302, "ci-42"), url
        url = reply.headers["Location"]
    return url


@pytest.fixture
async def home(lab: Lab) -> Place:
    """The sandbox `ci-42` with a world of its own; `default` holds the samples."""
    return await open_place(lab, "ci-42", WORLD)


@pytest.mark.parametrize("join", JOINING.values(), ids=JOINING)
async def test_a_root_relative_logout_url_comes_home_although_it_loses_the_prefix(
    lab: Lab, home: Place, join: Callable[[str, str], str]
) -> None:
    app = (await home.app(TV)).sending(AD_Service_Token=sso_token("ann"))
    url = (await app.logged_out(MVPD))["url"]
    assert url.startswith("/adobe-services/logout?")
    assert "/s/" not in url
    assert await _walk(lab, join(f"{lab.origin}/s/ci-42", url)) == REDIRECT


@pytest.mark.parametrize("join", JOINING.values(), ids=JOINING)
@pytest.mark.parametrize("form", ["documented", "relative", "absolute"])
async def test_every_form_of_logout_url_comes_home(
    lab: Lab, home: Place, form: str, join: Callable[[str, str], str]
) -> None:
    await home.settings(logout__url=form)
    url = (await (await home.app(TV)).logged_out(MVPD))["url"]
    if url.startswith("/"):
        url = join(f"{lab.origin}/s/ci-42", url)
    assert await _walk(lab, url) == REDIRECT


@pytest.mark.parametrize("single_sign_on", [False, True])
@pytest.mark.parametrize(
    "headers", [{}, {"X-Sim-Sandbox": "ci-42"}, {"Host": "ci-42.lab.local"}], ids=list
)
async def test_the_logout_url_of_a_client_without_a_prefix_comes_home(
    lab: Lab, home: Place, headers: dict[str, str], *, single_sign_on: bool
) -> None:
    token = await home.token()
    app = App(lab=lab, device=TV, token=token, service_provider="LABSP", extra=headers)
    if single_sign_on:
        app = app.sending(AD_Service_Token=sso_token("ann"))
    url = (await app.logged_out(MVPD))["url"]
    # The user agent knows the origin, but none of the headers.
    origin = f"http://{headers['Host']}" if "Host" in headers else lab.origin
    assert await _walk(lab, urljoin(f"{origin}/", url), origin) == REDIRECT


@pytest.mark.parametrize("join", JOINING.values(), ids=JOINING)
async def test_the_url_of_a_login_comes_home_and_the_login_stays_there(
    lab: Lab, home: Place, join: Callable[[str, str], str]
) -> None:
    app = await home.app("another-tv")
    body = {"mvpd": MVPD, "domainName": "lab.example", "redirectUrl": REDIRECT}
    created = await home.call("POST", "/api/v2/LABSP/sessions", app.headers, data=body)
    url = created.data()["url"]
    assert url.startswith("/api/v2/authenticate/LABSP/")
    reply = await _open(lab, join(f"{lab.origin}/s/ci-42", url))
    while reply.status == 302:
        reply = await _open(lab, reply.headers["Location"])
        assert reply.headers["X-Sim-Sandbox"] == "ci-42"
    # The page with the form, which is sent where the form says.
    action = reply.text.partition('action="')[2].partition('"')[0]
    parts = urlsplit(action.replace("&amp;", "&"))
    sent = {"username": "ann", "password": "ann"}
    done = await lab.call("POST", f"{parts.path}?{parts.query}", data=sent)
    assert (done.status, done.headers["Location"]) == (302, REDIRECT)
    assert done.headers["X-Sim-Sandbox"] == "ci-42"
    assert MVPD in await app.profiles()


async def test_in_default_nothing_has_to_be_brought_home(lab: Lab) -> None:
    await lab.seed(WORLD)
    app = (await lab.app(TV)).sending(AD_Service_Token=sso_token("ann"))
    url = (await app.logged_out(MVPD))["url"]
    assert "sim_sandbox" not in url
    assert "/s/" not in url
    assert (await _open(lab, url)).status == 302


async def test_the_prefix_of_default_itself_works_too(lab: Lab) -> None:
    await lab.seed(WORLD)
    app = await place(lab, "default").app(TV)
    url = (await app.logged_out(MVPD))["url"]
    assert url.startswith(f"{lab.origin}/s/default/adobe-services/logout?")
    assert (await _open(lab, url)).headers["X-Sim-Sandbox"] == "default"
