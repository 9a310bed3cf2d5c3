"""Where nothing is served, a person gets a page, and a program what it got before."""

import pytest

from tests.support.lab import Lab

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(
    ("method", "path", "status", "says"),
    [
        ("GET", "/nothing", 404, "Nothing is served at /nothing."),
        ("GET", "/s/default/nothing", 404, "Nothing is served at /s/default/nothing."),
        ("GET", "/s/nowhere/activate", 404, "`pass-simulator sandbox create`"),
        ("DELETE", "/activate", 405, "DELETE /activate is not allowed"),
    ],
)
async def test_a_person_is_led_to_what_there_is(
    lab: Lab, method: str, path: str, status: int, says: str
) -> None:
    page = await lab.call(method, path, BROWSER)
    assert page.status == status
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert says in page.text
    assert '<a class="button" href="/"' in page.text
    assert "/admin/v1" not in page.text


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/nothing", "text/plain"), ("/api/v2/nothing", "application/json")],
)
async def test_a_program_gets_no_page(lab: Lab, path: str, kind: str) -> None:
    for accept in ("*/*", "application/json", "image/avif,image/webp"):
        reply = await lab.call("GET", path, {"Accept": accept})
        assert (reply.status, reply.headers["Content-Type"].partition(";")[0]) == (404, kind)
    if path.startswith("/api"):
        assert "application/json" in (await lab.call("GET", path, BROWSER)).headers["Content-Type"]


async def test_behind_a_proxy_the_way_leads_through_it(lab: Lab) -> None:
    page = await lab.call("GET", "/nothing", BROWSER | {"X-Forwarded-Prefix": "/tv"})
    assert 'href="/tv/"' in page.text
