"""The throttle over HTTP: which calls it counts, and the page that it answers with.

(Adobe: throttling, THR1, THR2)
"""

from typing import Final

import pytest
from multidict import CIMultiDict

from tests.support.lab import App, Lab
from tests.support.replies import Reply
from tests.support.worlds import TV

BURST: Final = 11
"""One call that is free, and ten more once."""


@pytest.fixture
async def lab(lab: Lab) -> Lab:
    await lab.seed("demo")
    await lab.settings(throttle=True)
    await lab.admin("PUT", "clock", {"mode": "frozen", "now": "2026-01-01T00:00:00Z"})
    return lab


async def _statuses(lab: Lab, method: str, path: str, **token: object) -> list[int]:
    bearer = {"Authorization": f"Bearer {await lab.token(**token)}"}
    return [(await lab.call(method, path, bearer)).status for _ in range(BURST + 2)]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/reset-tempass/v3/reset?requestor_id=REF30&mvpd_id=TempPass_5mins"),
        ("DELETE", "/reset-tempass/v3/reset/generic?requestor_id=REF30&mvpd_id=TempPass_promo"),
        ("GET", "/control/v3/degradation/demo/authnAll?programmer=REF30&mvpd=Cablevision"),
        ("GET", "/esm/v3/media-company/year"),
        ("POST", "/api/REF30/serviceToken"),
        ("GET", "/api/REF30/serviceToken"),
        ("POST", "/api/REF30/link"),
        ("POST", "/api/REF30/unlink"),
        ("GET", "/api/REF30/list"),
        ("GET", "/adobe-services/authenticate/saml"),
        ("POST", "/adobe-services/sessionDevice"),
        ("GET", "/api/v1/nothing"),
    ],
)
async def test_what_the_page_does_not_list_is_not_throttled(
    lab: Lab, method: str, path: str
) -> None:
    scopes = ["api:client:v2", "temporary:passes:owner", "decisions:owner"]
    statuses = await _statuses(lab, method, path, scopes=scopes)
    assert 429 not in statuses
    assert len({*statuses}) == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/o/client/register"),
        ("POST", "/o/client/token"),
        ("POST", "/o/client/scopes"),
        ("POST", "/o/client/validate"),
        ("GET", "/api/v2/REF30/configuration"),
        ("POST", "/api/v2/REF30/sessions"),
        ("GET", "/api/v2/authenticate/REF30/ABCDEFG"),
        ("GET", "/api/v2/nothing/of/the/kind"),
        ("GET", "/s/lab/api/v2/REF30/profiles"),
        ("GET", "/api/v1/config/REF30"),
        ("GET", "/api/v1/checkauthn/ABCDEFG"),
        ("GET", "/api/v1/REF30/profile-requests/Cablevision"),
        ("GET", "/adobe-services/config/REF30"),
        ("POST", "/reggie/v1/REF30/regcode"),
        ("GET", "/reggie/v1/REF30/regcode/ABCDEFG"),
    ],
)
async def test_what_the_page_lists_is_throttled(lab: Lab, method: str, path: str) -> None:
    statuses = await _statuses(lab, method, path)
    assert 429 not in statuses[:BURST]
    assert statuses[BURST:] == [429, 429]


async def _refused(lab: Lab, app: App, **headers: str) -> Reply:
    replies = [await app.sending(**headers).get("profiles") for _ in range(BURST + 1)]
    assert replies[-1].status == 429
    return replies[-1]


async def test_the_page_of_a_429_is_that_of_the_backend_s_proxy(lab: Lab) -> None:
    reply = await _refused(lab, await lab.app(TV, service_provider="REF30"))
    assert reply.headers["Content-Type"] == "text/html"
    assert reply.headers["Content-Length"] == "166"
    assert reply.headers["Server"] == "openresty"
    assert reply.headers["P3P"].startswith('CP="NOI DSP COR')
    assert "Retry-After" not in reply.headers
    assert "<center><h1>429 Too Many Requests</h1></center>" in reply.text
    assert "<hr><center>openresty</center>" in reply.text


async def test_a_429_has_the_cookies_of_the_load_balancer(lab: Lab) -> None:
    reply = await _refused(lab, await lab.app(TV, service_provider="REF30"))
    plain, cors = CIMultiDict(reply.headers).getall("Set-Cookie")
    name, _, rest = plain.partition("=")
    value, expires, path = rest.split("; ")
    assert (name, len(value), path) == ("AWSALB", 128, "Path=/")
    assert expires.startswith("Expires=")
    assert expires.endswith(" GMT")
    assert cors == f"AWSALBCORS={value}; {expires}; {path}; SameSite=None; Secure"


@pytest.mark.parametrize("origin", [None, "https://app.example"])
async def test_a_429_has_the_headers_for_pages_with_an_origin_or_without(
    lab: Lab, origin: str | None
) -> None:
    app = await lab.app(TV, service_provider="REF30")
    reply = await _refused(lab, app, **({"Origin": origin} if origin else {}))
    assert reply.headers.get("Access-Control-Allow-Origin") == origin
    assert reply.headers["Access-Control-Allow-Credentials"] == "true"
    assert reply.headers["Access-Control-Allow-Methods"] == "POST,GET,OPTIONS,DELETE"
    allowed = reply.headers["Access-Control-Allow-Headers"].split(", ")
    assert {"ap_11", "ap_42", "ap_z", "ap_19", "ap_21", "ap_23", "pass_sfp"} < {*allowed}
    assert {"authorization", "AP-Device-Identifier", "X-Device-Info"} < {*allowed}
    exposed = reply.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"pass_sfp", "Authzf-Error-Code", "Authzf-Error-Details"} < {*exposed}


async def test_a_429_that_was_ordered_is_the_same_page(lab: Lab) -> None:
    await lab.settings(throttle=False)
    await lab.admin("POST", "faults", {"action": {"kind": "throttle"}})
    app = await lab.app(TV, service_provider="REF30")
    reply = await app.get("profiles")
    assert (reply.status, reply.headers["Content-Type"]) == (429, "text/html")
    assert len(CIMultiDict(reply.headers).getall("Set-Cookie")) == 2
    assert reply.headers["Access-Control-Allow-Credentials"] == "true"
