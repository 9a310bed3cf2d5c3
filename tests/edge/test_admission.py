"""Who may use the admin API and the console: our own names, our own pages, and scripts that are named."""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.conftest import MakeLab
from tests.support.lab import App, Lab
from tests.support.logins import code_for
from tests.support.replies import Reply
from tests.support.shapes import assert_admin_error
from tests.support.wire import send

TOKEN: Final = "the-token-of-this-lab"
BEARER: Final = {"Authorization": f"Bearer {TOKEN}"}
PAGE: Final = "http://app.example:3000"
EVIL: Final = "http://evil.example"
WRITES: Final = (
    ("POST", "/admin/v1/reset"),
    ("POST", "/admin/v1/seed"),
    ("PUT", "/admin/v1/state"),
    ("POST", "/admin/v1/sandboxes"),
    ("DELETE", "/admin/v1/requests"),
    ("POST", "/admin/v1/nothing"),
    ("POST", "/s/default/admin/v1/reset"),
    ("POST", "/console/world/reset"),
    ("POST", "/console/sandboxes"),
    ("POST", "/console/login"),
)
READS: Final = (
    ("GET", "/admin/v1/state"),
    ("GET", "/admin/v1/requests.har"),
    ("GET", "/admin/v1/events"),
    ("GET", "/admin/v1/openapi.json"),
    ("GET", "/admin/v1/docs"),
    ("GET", "/console"),
    ("GET", "/console/world"),
)


async def _send(lab: Lab, method: str, path: str, headers: Mapping[str, str]) -> Reply:
    """A request as it stands here; without a Host among `headers` it has that of the instance."""
    sent = {"Host": lab.origin.removeprefix("http://"), **headers}
    return await send(
        lab, method, path.encode(), [(name, value.encode()) for name, value in sent.items()]
    )


async def _refuses_all(lab: Lab, headers: Mapping[str, str], status: int) -> None:
    """Whatever is asked with `headers` is refused, in the shape of its face, and nothing has changed."""
    before = await lab.state()
    for method, path in (*WRITES, *READS):
        reply = await _send(lab, method, path, headers)
        assert reply.status == status, (method, path, reply.text)
        if "/admin/" in path:
            assert assert_admin_error(reply)["hint"]
        assert "Access-Control-Allow-Origin" not in reply.headers
    assert await lab.state() == before


# Names


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8642",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "notlocalhost",
        "lab.local",
        "[zz]",
        "",
    ],
)
async def test_without_a_token_a_name_that_is_not_ours_is_misdirected(
    default_lab: Lab, host: str
) -> None:
    await _refuses_all(default_lab, {"Host": host}, 421)


async def test_the_refusal_says_which_name_and_what_to_do(default_lab: Lab) -> None:
    reply = await _send(default_lab, "GET", "/admin/v1/state", {"Host": "lab.example:8642"})
    error = assert_admin_error(reply)
    assert error["code"] == "misdirected_request"
    assert "'lab.example'" in error["message"]
    assert "--allowed-host lab.example" in error["hint"]


@pytest.mark.parametrize(
    "headers",
    [
        # A script of a page can set these, but not Host.
        {"Host": "evil.example", "X-Forwarded-Host": "127.0.0.1:8642"},
        {"Host": "evil.example", "Forwarded": "host=localhost"},
        # A proxy on this machine passes them on.
        {"X-Forwarded-Host": "evil.example"},
        {"Forwarded": "host=evil.example"},
    ],
    ids=str,
)
async def test_no_header_talks_a_foreign_name_away(
    default_lab: Lab, headers: dict[str, str]
) -> None:
    before = await default_lab.state()
    for method, path in (*WRITES, *READS):
        reply = await _send(default_lab, method, path, headers)
        reads = headers.get("Host") is None and path.endswith(("openapi.json", "docs"))
        assert reply.status == (200 if reads else 421), (method, path, reply.text)
    assert await default_lab.state() == before


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1:9",
        "192.0.2.7:8642",
        "[::1]:8642",
        "[2001:db8::1]",
        "localhost",
        "LocalHost:8642",
        "localhost.:8642",
        "ci-42.localhost",
        "a.b.localhost:8642",
    ],
)
async def test_addresses_and_localhost_are_ours(default_lab: Lab, host: str) -> None:
    for path in ("/admin/v1/state", "/console"):
        assert (await _send(default_lab, "GET", path, {"Host": host})).status == 200


async def test_what_the_settings_name_is_ours_and_what_lies_below_it(lab_with: MakeLab) -> None:
    lab = await lab_with(
        allowed_host="lab.local,*.wild.example,bench",
        tls_name="tls.example",
        public_url="https://public.example",
    )
    ours = (
        "lab.local", "ci-42.lab.local", "x.wild.example", "bench", "tls.example", "public.example:443",
    )  # fmt: skip
    for host in ours:
        reply = await _send(lab, "GET", "/admin/v1/version", {"Host": host})
        assert reply.status == 200, host
    for host in ("wild.example", "x.bench", "lab.local.evil.example", "evil-lab.local"):
        reply = await _send(lab, "GET", "/admin/v1/version", {"Host": host})
        assert reply.status == 421, host


async def test_the_names_of_the_machine_are_ours(
    make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "Bench.lab.example")
    lab = await make_lab()
    for host in ("bench.lab.example", "bench.local", "ci-42.bench.lab.example"):
        assert (await _send(lab, "GET", "/admin/v1/version", {"Host": host})).status == 200, host
    assert (await _send(lab, "GET", "/admin/v1/version", {"Host": "lab.example"})).status == 421


async def test_with_a_token_any_name_will_do(lab_with: MakeLab) -> None:
    lab = await lab_with(admin_token=TOKEN)
    headers = {**BEARER, "Host": "evil.example", "X-Forwarded-Host": "other.example"}
    assert (await _send(lab, "GET", "/admin/v1/state", headers)).status == 200


async def test_devices_and_their_pages_come_under_any_name(app: App) -> None:
    for path in (f"/api/v2/{app.service_provider}/profiles", "/activate", "/", "/livez", "/certs"):
        headers = {**app.headers, "Host": "ci-42.lab.local", "X-Sim-Sandbox": str(app.lab.sandbox)}
        assert (await _send(app.lab, "GET", path, headers)).status == 200, path


# Pages


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": EVIL},
        {"Origin": EVIL, "Content-Type": "text/plain"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://["},
        {"Origin": "file://"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:3000"},
        {"Sec-Fetch-Site": "none", "Origin": EVIL},
    ],
    ids=str,
)
@pytest.mark.parametrize("guarded", [False, True], ids=["open", "with a token"])
async def test_a_page_from_elsewhere_is_refused(
    lab_with: MakeLab, headers: dict[str, str], *, guarded: bool
) -> None:
    lab = await lab_with(**({"admin_token": TOKEN} if guarded else {}))
    shown = BEARER if guarded else {}
    before = (await lab.call("GET", "/admin/v1/state", shown)).text
    for method, path in (*WRITES, *READS):
        reply = await _send(lab, method, path, {**shown, **headers})
        assert reply.status == 403, (method, path, reply.text)
        assert "Access-Control-Allow-Origin" not in reply.headers
    assert (await lab.call("GET", "/admin/v1/state", shown)).text == before


async def test_the_refusal_of_a_page_says_whose_it_is_and_what_to_do(default_lab: Lab) -> None:
    error = assert_admin_error(
        await _send(default_lab, "POST", "/admin/v1/reset", {"Origin": EVIL})
    )
    assert error["code"] == "cross_origin"
    assert EVIL in error["message"]
    assert "--admin-origin" in error["hint"]


async def test_a_cookie_of_the_console_lets_no_page_from_elsewhere_act(lab_with: MakeLab) -> None:
    lab = await lab_with(admin_token=TOKEN)
    own = {"Origin": lab.origin, "Content-Type": "application/x-www-form-urlencoded"}
    signed_in = await lab.call("POST", "/console/login", own, data=f"token={TOKEN}")
    cookie = {"Cookie": signed_in.headers["Set-Cookie"].partition(";")[0]}
    assert (await _send(lab, "GET", "/console/world", cookie)).status == 200
    for foreign in ({"Origin": EVIL}, {"Sec-Fetch-Site": "cross-site"}, {}):
        reply = await _send(lab, "POST", "/console/world/reset", {**cookie, **foreign})
        assert reply.status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": "here", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "here"},
    ],
    ids=str,
)
async def test_programs_and_our_own_pages_are_let_in(
    default_lab: Lab, headers: dict[str, str]
) -> None:
    sent = {name: value.replace("here", default_lab.origin) for name, value in headers.items()}
    assert (await _send(default_lab, "POST", "/admin/v1/reset", sent)).status == 200


@pytest.mark.parametrize(
    "path", ["/admin/v1/docs", "/admin/v1/requests", "/console", "/console/world"]
)
async def test_a_link_from_elsewhere_leads_here(default_lab: Lab, path: str) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert (await _send(default_lab, "GET", path, link)).status == 200
    for more in ({"Sec-Fetch-Mode": "cors"}, {"Sec-Fetch-Mode": "no-cors"}, {"Origin": EVIL}):
        assert (await _send(default_lab, "GET", path, link | more)).status == 403
    assert (await _send(default_lab, "POST", path, link)).status == 403


# Scripts of an origin that is named


@pytest.fixture
async def named(lab_with: MakeLab) -> Lab:
    """An open instance for whose admin API the scripts of `PAGE` are meant."""
    return await lab_with(admin_origin=PAGE)


ASKED: Final = {
    "Origin": PAGE,
    "Sec-Fetch-Site": "cross-site",
    "Access-Control-Request-Method": "DELETE",
    "Access-Control-Request-Headers": "authorization,content-type,x-sim-sandbox",
    "Access-Control-Request-Private-Network": "true",
}


async def test_a_script_of_a_named_origin_may_ask_and_read(named: Lab) -> None:
    for path in ("/admin/v1/faults", "/s/default/admin/v1/nothing"):
        asked = await _send(named, "OPTIONS", path, ASKED)
        assert (asked.status, asked.text) == (204, "")
        assert asked.headers["Access-Control-Allow-Origin"] == PAGE
        assert "DELETE" in asked.headers["Access-Control-Allow-Methods"]
        allowed = asked.headers["Access-Control-Allow-Headers"]
        assert allowed == ASKED["Access-Control-Request-Headers"]
        assert asked.headers["Access-Control-Allow-Private-Network"] == "true"
        assert asked.headers["Vary"] == "Origin"
    page = {"Origin": PAGE, "Sec-Fetch-Site": "cross-site"}
    for method, path, status in (
        ("DELETE", "/admin/v1/faults", 200),
        ("POST", "/admin/v1/reset", 200),
        ("GET", "/admin/v1/requests.har", 200),
        ("GET", "/admin/v1/nothing", 404),
        ("PUT", "/admin/v1/reset", 405),
    ):
        reply = await _send(named, method, path, page)
        assert reply.status == status, (method, path, reply.text)
        assert reply.headers["Access-Control-Allow-Origin"] == PAGE
        assert reply.headers["Access-Control-Expose-Headers"] == "*"
        assert "Access-Control-Allow-Credentials" not in reply.headers


async def test_a_named_origin_is_that_one_alone(named: Lab) -> None:
    for origin in (EVIL, "http://app.example", "https://app.example:3000", f"{PAGE}0", "null"):
        await _refuses_all(named, {"Origin": origin}, 403)
        asked = await _send(named, "OPTIONS", "/admin/v1/faults", {**ASKED, "Origin": origin})
        assert asked.status == 403
        assert "Access-Control-Allow-Origin" not in asked.headers


async def test_to_be_named_opens_no_console_and_no_foreign_name(named: Lab) -> None:
    page = {"Origin": PAGE, "Sec-Fetch-Site": "cross-site"}
    assert (await _send(named, "POST", "/console/world/reset", page)).status == 403
    assert (await _send(named, "GET", "/console", page)).status == 403
    misdirected = {**page, "Host": "evil.example"}
    assert (await _send(named, "POST", "/admin/v1/reset", misdirected)).status == 421


async def test_a_named_origin_needs_the_token_where_there_is_one(lab_with: MakeLab) -> None:
    lab = await lab_with(admin_origin=PAGE, admin_token=TOKEN)
    assert (await _send(lab, "OPTIONS", "/admin/v1/reset", ASKED)).status == 204
    refused = await _send(lab, "POST", "/admin/v1/reset", {"Origin": PAGE})
    # The page can read why.
    assert (refused.status, refused.headers["Access-Control-Allow-Origin"]) == (401, PAGE)
    assert (await _send(lab, "POST", "/admin/v1/reset", {"Origin": PAGE, **BEARER})).status == 200


async def test_what_is_no_named_origin_gets_no_preflight(default_lab: Lab) -> None:
    asked = await _send(default_lab, "OPTIONS", "/admin/v1/faults", ASKED)
    assert asked.status == 403
    assert "Access-Control-Allow-Origin" not in asked.headers


async def test_the_device_api_is_open_to_pages_as_before(app: App) -> None:
    code = await code_for(app)
    reply = await app.sending(Origin=EVIL, Sec_Fetch_Site="cross-site").get(f"sessions/{code}")
    assert (reply.status, reply.headers["Access-Control-Allow-Origin"]) == (200, EVIL)
    assert reply.headers["X-Sim-Sandbox"] == app.lab.sandbox
