"""Where a client reached us: one host for the sandbox and the URLs, and none that is odd."""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.conftest import MakeLab
from tests.support.lab import App, Lab
from tests.support.logins import ANN, code_for, create
from tests.support.replies import Reply
from tests.support.wire import send
from tests.support.worlds import BOX, TV, profile, world

ODD: Final = (
    "[zz]",
    "[::1",
    "a b",
    "a/b",
    "a@b",
    "lab:port",
    "lab:99999",
    '"><script>',
    "",
    "-",
    "ü",
)
LOGOUT: Final = "/api/v2/LABSP/logout/LabCable?redirectUrl=https%3A%2F%2Fapp.example"


@pytest.fixture
async def app(default_lab: Lab) -> App:
    """An app whose logout names an absolute URL."""
    await default_lab.seed(world(profiles=[profile("own")], subscribers=[ANN]))
    return await default_lab.app(TV)


async def _call(app: App, path: str, headers: Mapping[str, str], method: str = "GET") -> Reply:
    lines = [(name, value.encode()) for name, value in {**app.headers, **headers}.items()]
    return await send(app.lab, method, path.encode(), lines)


async def _origin(app: App, headers: Mapping[str, str]) -> str:
    """What the absolute URLs in an answer begin with."""
    reply = await _call(app, LOGOUT, {"Host": "own.example", **headers})
    url: str = reply.data()["logouts"]["LabCable"]["url"]
    return url.partition("/adobe-services/logout?")[0]


@pytest.mark.parametrize(
    ("headers", "origin"),
    [
        ({}, "http://own.example"),
        ({"Host": "Own.Example:8642"}, "http://Own.Example:8642"),
        ({"Host": "own.example:80"}, "http://own.example"),
        ({"Host": "own.example:"}, "http://own.example"),
        ({"Host": "[2001:db8::1]:8642"}, "http://[2001:db8::1]:8642"),
        ({"X-Forwarded-Proto": "https"}, "https://own.example"),
        ({"X-Forwarded-Proto": "HTTPS, http"}, "https://own.example"),
        ({"X-Forwarded-Host": "a.example, b.example"}, "http://a.example"),
        ({"X-Forwarded-Host": "a.example", "X-Forwarded-Port": "8443"}, "http://a.example:8443"),
        ({"X-Forwarded-Host": "a.example:1", "X-Forwarded-Port": "2"}, "http://a.example:2"),
        ({"X-Forwarded-Port": "443", "X-Forwarded-Proto": "https"}, "https://own.example"),
        ({"X-Forwarded-Prefix": "/pass/lab/"}, "http://own.example/pass/lab"),
        ({"X-Forwarded-Prefix": "/"}, "http://own.example"),
        ({"Forwarded": "for=192.0.2.1;proto=https;host=f.example"}, "https://f.example"),
        (
            {"Forwarded": 'Host="f.example:8443"; Proto=https, host=g.example'},
            "https://f.example:8443",
        ),
        ({"Forwarded": "host=f.example", "X-Forwarded-Host": "a.example"}, "http://f.example"),
        ({"Forwarded": "for=192.0.2.1", "X-Forwarded-Host": "a.example"}, "http://a.example"),
    ],
    ids=str,
)
async def test_urls_begin_where_the_client_says_that_it_reached_us(
    app: App, headers: dict[str, str], origin: str
) -> None:
    assert await _origin(app, headers) == origin


@pytest.mark.parametrize(
    "headers",
    [
        *({"X-Forwarded-Host": each} for each in ODD),
        {"Forwarded": 'host="[zz]"'},
        {"Forwarded": "no such thing"},
        {"X-Forwarded-Proto": "javascript"},
        {"X-Forwarded-Proto": "ftp"},
        {"Forwarded": "proto=data"},
        {"X-Forwarded-Port": "0"},
        {"X-Forwarded-Port": "70000"},
        {"X-Forwarded-Port": "9" * 5_000},
        {"X-Forwarded-Port": "x"},
        {"X-Forwarded-Prefix": "pass"},
        {"X-Forwarded-Prefix": "//evil.example"},
        {"X-Forwarded-Prefix": "/a?b"},
    ],
    ids=lambda each: str(each)[:60],
)
async def test_what_a_proxy_cannot_mean_does_not_count(app: App, headers: dict[str, str]) -> None:
    assert await _origin(app, headers) == "http://own.example"


@pytest.mark.parametrize("host", ODD)
async def test_of_an_odd_host_no_url_is_made_and_nothing_has_changed(app: App, host: str) -> None:
    before = await app.lab.state()
    reply = await _call(app, LOGOUT, {"Host": host})
    assert (reply.status, reply.json["code"]) == (400, "bad_request")
    assert reply.json["message"].startswith("No URL can be made: ")
    assert await app.lab.state() == before
    # What needs no URL is answered all the same, and so is all that a proxy names a host for.
    found = await _call(app, "/api/v2/LABSP/profiles", {"Host": host})
    assert found.data()["profiles"].keys() == {"LabCable"}
    assert await _origin(app, {"Host": host, "X-Forwarded-Host": "a.example"}) == "http://a.example"


async def test_with_a_public_url_no_header_counts(lab_with: MakeLab) -> None:
    lab = await lab_with(public_url="https://public.example/pass")
    await lab.seed(world(profiles=[profile("own")]))
    odd = {"Host": "[zz]", "X-Forwarded-Proto": "javascript"}
    assert await _origin(await lab.app(TV), odd) == "https://public.example/pass"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/docs"),
        ("GET", "/activate"),
        ("POST", "/activate?code={code}"),
        ("GET", "/certs"),
        ("GET", "/nowhere"),
        ("GET", "/provider/login?reg_code={code}"),
        ("POST", "/sp/saml/SAMLAssertionConsumer?reg_code={code}"),
    ],
)
async def test_pages_have_links_so_they_are_refused_before_they_change_anything(
    app: App, method: str, path: str
) -> None:
    code = await code_for(await app.lab.app(BOX))
    before = await app.lab.state()
    odd = {"Host": '"><script>alert(1)</script>'}
    reply = await _call(app, path.format(code=code), odd, method)
    assert reply.status == 400
    assert "<script>" not in reply.text
    assert await app.lab.state() == before


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
async def test_a_probe_may_call_us_what_it_likes(app: App, path: str) -> None:
    assert (await _call(app, path, {"Host": "[zz]"})).status == 200


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "Forwarded"])
async def test_the_host_of_the_urls_is_that_of_the_sandbox(default_lab: Lab, header: str) -> None:
    await default_lab.admin("POST", "sandboxes", {"id": "mrss"})
    value = "host=mrss.lab.local" if header == "Forwarded" else "mrss.lab.local"
    headers = [("Host", b"default.lab.local")] if header != "Host" else []
    reply = await send(default_lab, "GET", b"/activate", [*headers, (header, value.encode())])
    assert reply.headers["X-Sim-Sandbox"] == "mrss"
    assert 'action="http://mrss.lab.local/activate"' in reply.text


async def test_a_whole_url_in_the_place_of_the_path_names_the_host(default_lab: Lab) -> None:
    await default_lab.admin("POST", "sandboxes", {"id": "mrss"})
    target = b"http://mrss.lab.local:8642/activate?x=1"
    reply = await send(default_lab, "GET", target, [("Host", b"other.example")])
    assert reply.headers["X-Sim-Sandbox"] == "mrss"
    assert 'action="http://mrss.lab.local:8642/activate"' in reply.text
    default_lab = Lab(client=default_lab.client, clock=default_lab.clock, sandbox="mrss")
    (entry,) = (await default_lab.admin("GET", "requests"))["items"]
    assert entry["path"] == "/activate?x=1"


async def test_without_a_host_it_is_the_address_that_was_called(app: App) -> None:
    lines = [(name, value.encode()) for name, value in app.headers.items()]
    reply = await send(app.lab, "GET", LOGOUT.encode(), lines, version=b"1.0")
    url = reply.data()["logouts"]["LabCable"]["url"]
    assert url.startswith(f"{app.lab.origin}/adobe-services/")


# Where a device is


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ({"X_Forwarded_For": "203.0.113.24, 10.0.0.1"}, "203.0.113.24"),
        ({"X_Forwarded_For": "203.0.113.24:4711"}, "203.0.113.24"),
        ({"X_Forwarded_For": "2001:db8::1"}, "2001:db8::1"),
        ({"X_Forwarded_For": "[2001:db8::1]:4711"}, "2001:db8::1"),
        ({"Forwarded": "for=203.0.113.24;proto=http, for=10.0.0.1"}, "203.0.113.24"),
        ({"Forwarded": 'For="[2001:db8::1]:4711"'}, "2001:db8::1"),
        ({"Forwarded": "for=203.0.113.24", "X_Forwarded_For": "10.0.0.1"}, "203.0.113.24"),
        ({"Forwarded": "for=unknown"}, "127.0.0.1"),
        ({"Forwarded": "for=_hidden"}, "127.0.0.1"),
        ({"X_Forwarded_For": "somewhere"}, "127.0.0.1"),
        ({"X_Forwarded_For": ""}, "127.0.0.1"),
    ],
    ids=str,
)
async def test_a_device_is_where_the_proxy_saw_it(
    app: App, headers: dict[str, str], address: str
) -> None:
    code = (await create(app.sending(**headers)))["code"]
    device = (await app.get(f"sessions/{code}")).data()["device"]
    assert device["connection"]["ipAddress"] == address


# The journal has every request


@pytest.mark.parametrize("host", [*ODD, "own.example"])
async def test_an_odd_host_is_never_in_the_way_of_the_journal(app: App, host: str) -> None:
    await _call(app, "/api/v2/LABSP/profiles", {"Host": host})
    await _call(app, LOGOUT, {"Host": host})
    found = await app.lab.admin("GET", "requests.har")
    urls = [each["request"]["url"] for each in found["log"]["entries"]]
    assert [each.partition("/api/")[2].partition("/")[0] for each in urls] == ["v2", "v2"]
    listed = (await app.lab.admin("GET", "requests"))["items"]
    for each in listed:
        assert (await app.lab.call("GET", f"/console/requests/{each['id']}")).status == 200
    for path in ("/console", "/console/requests", f"/console/device?id={TV}", "/admin/v1/conduct"):
        assert (await app.lab.call("GET", path)).status == 200
