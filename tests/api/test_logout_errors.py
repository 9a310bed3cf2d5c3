"""What logout refuses: the code, the shape, the order, and that nothing has changed then."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import pytest

from simulator.domain.errors import ERRORS, OWN_ERRORS
from tests.support.forgeries import NAMES, forged
from tests.support.lab import REDIRECT, Lab, device_header
from tests.support.replies import Json, Reply
from tests.support.shapes import assert_admin_error, assert_enhanced
from tests.support.wire import send
from tests.support.worlds import TV, profile, service_token, world

PATH: Final = "/api/v2/LABSP/logout/LabCable"
QUERY: Final = "redirectUrl=https%3A%2F%2Fapp.example%2F"
UNAUTHORIZED: Final = "invalid_access_token_client_application"
WRONG_PROVIDER: Final = "invalid_access_token_service_provider"
NO_DEVICE: Final = "invalid_header_device_identifier"
NO_REDIRECT: Final = "invalid_parameter_redirect_url"


@pytest.fixture
def lab(default_lab: Lab) -> Lab:
    """Hosts, tokens and paths say here which sandbox is meant, or none."""
    return default_lab


@dataclass(frozen=True, kw_only=True)
class Bad:
    """A request with something wrong, and the answer that it must get.

    `headers` replace those of a good request, or leave one out where None; `more` are sent besides.
    `token` names a client of the world as `client:…`, or else a forgery. `code` is that of an enhanced
    error, or of an admin error where the status is 404; `says` is part of an answer in plain text,
    which is all that a request gets that is no HTTP.
    """

    method: str = "GET"
    path: str = PATH
    query: str = QUERY
    token: str = "client:app-1"
    headers: dict[str, bytes | None] = field(default_factory=dict)
    more: Sequence[tuple[str, bytes]] = ()
    body: bytes = b""
    status: int = 400
    code: str = ""
    says: str = ""


def _device(value: bytes | None) -> Bad:
    return Bad(headers={"AP-Device-Identifier": value}, code=NO_DEVICE)


def _redirect(query: str) -> Bad:
    return Bad(query=query, code=NO_REDIRECT)


def _mvpd(mvpd: str, code: str = "invalid_parameter_mvpd") -> Bad:
    return Bad(path=f"/api/v2/LABSP/logout/{mvpd}", code=code)


def _provider(provider: str) -> Bad:
    code = "invalid_parameter_service_provider"
    return Bad(path=f"/api/v2/{provider}/logout/LabCable", code=code)


def _authorization(value: bytes | None) -> Bad:
    return Bad(headers={"Authorization": value}, status=401, code=UNAUTHORIZED)


def _nowhere(path: str) -> Bad:
    return Bad(path=path, status=404, code="not_found")


def _no_sandbox(**how: Json) -> Bad:
    return Bad(status=404, code="sandbox_not_found", **how)


BAD: Final = {
    # No such verb, no such path.
    **{
        f"verb {verb}": Bad(method=verb, status=405, code="method_not_allowed")
        for verb in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    },
    "no mvpd in the path": _nowhere("/api/v2/LABSP/logout"),
    "a path too long": _nowhere(f"{PATH}/again"),
    "a path in capitals": _nowhere("/api/v2/LABSP/LOGOUT/LabCable"),
    "an empty service provider": _nowhere("/api/v2//logout/LabCable"),
    # No such sandbox.
    "unknown sandbox by header": _no_sandbox(more=[("X-Sim-Sandbox", b"nowhere")]),
    "unknown sandbox by path": _no_sandbox(path=f"/s/nowhere{PATH}"),
    "unknown sandbox by query": _no_sandbox(query=f"{QUERY}&sim_sandbox=nowhere"),
    "undecodable sandbox": _no_sandbox(more=[("X-Sim-Sandbox", b"\xff\xfe")]),
    "undecodable sandbox by path": _no_sandbox(path=f"/s/%FF{PATH}"),
    "empty sandbox": _no_sandbox(more=[("X-Sim-Sandbox", b"")]),
    # No good access token.
    **{f"token {name}": Bad(token=name, status=401, code=UNAUTHORIZED) for name in NAMES},
    "no authorization": _authorization(None),
    "empty authorization": _authorization(b""),
    "basic authorization": _authorization(b"Basic dXNlcjpwYXNz"),
    "no token": _authorization(b"Bearer"),
    "undecodable token": _authorization(b"Bearer \xff.\xfe.\xfd"),
    "two authorizations": Bad(more=[("authorization", b"Bearer x")], status=401, code=UNAUTHORIZED),
    "revoked application": Bad(token="client:of-revoked", status=401, code=UNAUTHORIZED),
    "token for another service provider": Bad(
        token="client:of-second", status=401, code=WRONG_PROVIDER
    ),
    # No such service provider.
    "unknown service provider": _provider("NOPE"),
    "service provider in small letters": _provider("labsp"),
    "undecodable service provider": _provider("%FF"),
    # No good device.
    "no device": _device(None),
    "empty device": _device(b""),
    "device without type": _device(b"eA=="),
    "device of another type": _device(b"serial eA=="),
    "device that is no Base64": _device(b"fingerprint !!!"),
    "device of blanks": _device(b"fingerprint ICAg"),
    "undecodable device": _device(b"fingerprint \xff\xfe"),
    "two devices": Bad(more=[("ap-device-identifier", b"fingerprint eA==")], code=NO_DEVICE),
    "two device infos": Bad(
        more=[("X-Device-Info", b"e30="), ("x-device-info", b"e30=")],
        code="invalid_header_device_info",
    ),
    # No such MVPD, or no use of it.
    "unknown mvpd": _mvpd("Nope"),
    "mvpd in small letters": _mvpd("labcable"),
    "mvpd of a blank": _mvpd("%20"),
    "mvpd with NUL": _mvpd("%00"),
    "mvpd that is switched off": _mvpd("LabOff", "invalid_integration"),
    "mvpd that is not integrated": _mvpd("LabAlone", "invalid_integration"),
    # No good redirect URL.
    "no redirect URL": _redirect(""),
    "redirect URL under another name": _redirect("redirect_url=https%3A%2F%2Fapp.example"),
    "empty redirect URL": _redirect("redirectUrl="),
    "relative redirect URL": _redirect("redirectUrl=%2Fsigned-out"),
    "redirect URL without scheme": _redirect("redirectUrl=app.example"),
    "redirect URL without host": _redirect("redirectUrl=https%3A%2F%2F"),
    "redirect URL of script": _redirect("redirectUrl=javascript%3Aalert(1)"),
    "redirect URL with a blank": _redirect("redirectUrl=https%3A%2F%2Fapp.example%2Fa%20b"),
    "redirect URL with a line break": _redirect(
        "redirectUrl=https%3A%2F%2Fa.example%0D%0AX%3A%20y"
    ),
    "undecodable redirect URL": _redirect("redirectUrl=%FF"),
    "the same redirect URL twice": _redirect(f"{QUERY}&{QUERY}"),
    "two redirect URLs": _redirect(f"{QUERY}&redirectUrl=https%3A%2F%2Fother.example"),
    # No HTTP to speak of.
    "a header of a megabyte": Bad(more=[("X-Long", b"a" * 1_000_000)], says="65536 bytes"),
    "a token of a megabyte": Bad(
        headers={"Authorization": b"Bearer " + b"a" * 1_000_000}, says="65536 bytes"
    ),
    "a query of a megabyte": Bad(query=f"redirectUrl={'a' * 1_000_000}", says="65536 bytes"),
    "a header without colon": Bad(more=[("no colon\r\nX", b"")], says="Invalid header token"),
    "a header with NUL": Bad(more=[("X-Nul", b"a\x00b")], says="Invalid header value"),
    "bytes in the path": Bad(path="/api/v2/LABSP/logout/Ü", says="Invalid char in url path"),
    "a length that is no number": Bad(more=[("Content-Length", b"x")], says="Content-Length"),
}


@pytest.fixture
async def busy_lab(lab: Lab) -> Lab:
    """A world in which every bad request would change something, were it accepted."""
    token = [service_token("ann")]
    await lab.seed(
        world(
            mvpds=[{"id": "LabAlone"}],
            applications=[{"id": "revoked", "revoked": True}],
            clients=[
                {"id": "of-revoked", "application": "revoked"},
                {"id": "of-second", "application": "second-app"},
            ],
            profiles=[
                profile("own", links=token),
                profile("dish", mvpd="LabDish"),
                profile("off", mvpd="LabOff"),
                profile("second", service_provider="LABSP2", links=token),
            ],
        )
    )
    return lab


async def _token(lab: Lab, name: str) -> str:
    kind, _, client = name.partition("client:")
    return await (lab.token(client=client) if client else forged(lab, kind))


async def _send(lab: Lab, bad: Bad) -> Reply:
    headers: dict[str, bytes | None] = {
        "Host": lab.origin.removeprefix("http://").encode(),
        "Authorization": f"Bearer {await _token(lab, bad.token)}".encode(),
        "AP-Device-Identifier": device_header(TV).encode(),
    }
    found = [(name, value) for name, value in (headers | bad.headers).items() if value is not None]
    target = f"{bad.path}?{bad.query}".encode()
    return await send(lab, bad.method, target, [*found, *bad.more], bad.body)


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
async def test_a_bad_request_gets_its_error_and_changes_nothing(busy_lab: Lab, bad: Bad) -> None:
    before = await busy_lab.state()
    reply = await _send(busy_lab, bad)
    if bad.says:
        assert reply.status == bad.status
        assert bad.says in reply.text
    elif bad.code in ERRORS or bad.code in OWN_ERRORS:
        assert (reply.status, assert_enhanced(reply, bad.code)["code"]) == (bad.status, bad.code)
    else:
        error = assert_admin_error(reply)
        assert (error["status"], error["code"]) == (bad.status, bad.code)
    assert await busy_lab.state() == before


async def test_the_request_without_anything_wrong_is_accepted(busy_lab: Lab) -> None:
    before = await busy_lab.state()
    reply = await _send(busy_lab, Bad())
    assert [*reply.data()["logouts"]] == ["LabCable"]
    assert await busy_lab.state() != before


async def test_a_wrong_verb_names_the_right_one(busy_lab: Lab) -> None:
    reply = await _send(busy_lab, Bad(method="POST"))
    assert reply.headers.get("Allow") == "GET"
    assert "GET" in reply.json["message"]


@pytest.mark.parametrize(
    "header",
    ["AD-Service-Token", "Adobe-Subject-Token", "X-Roku-Reserved-Roku-Connect-Token",
     "X-Device-Info", "User-Agent", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
     "AP-Partner-Framework-Status", "AP-Visitor-Identifier", "Accept", "X-Anything"],
)  # fmt: skip
@pytest.mark.parametrize("value", [b"\xff\xfe\x80", b"", b"%FF", b"{", b"a" * 60_000])
async def test_no_other_header_keeps_anybody_from_logging_out(
    busy_lab: Lab, header: str, value: bytes
) -> None:
    reply = await _send(busy_lab, Bad(more=[(header, value)]))
    assert reply.data()["logouts"]["LabCable"]["actionName"] == "logout"
    assert "own" not in await busy_lab.profile_ids()


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Forwarded-For", b"203.0.113.7"),
        ("AP-Visitor-Identifier", b"ZTRjNGI0"),
        ("Accept", b"application/json;charset=utf-8"),
        ("User-Agent", b"Mozilla/5.0 (Apple TV; U; CPU AppleTV5,3 OS 11.0)"),
    ],
    ids=["X-Forwarded-For", "AP-Visitor-Identifier", "Accept", "User-Agent"],
)
async def test_a_header_may_be_sent_or_left_out(busy_lab: Lab, header: str, value: bytes) -> None:
    expected = {"LabDish": {"actionName": "complete", "actionType": "none", "mvpd": "LabDish"}}
    dish = "/api/v2/LABSP/logout/LabDish"
    assert (await _send(busy_lab, Bad(path=dish))).data() == {"logouts": expected}
    await busy_lab.admin("POST", "reset")
    reply = await _send(busy_lab, Bad(path=dish, more=[(header, value)]))
    assert reply.data() == {"logouts": expected}


async def test_a_failure_of_the_backend_is_told(busy_lab: Lab) -> None:
    match = {"operation": "logout"}
    await busy_lab.admin("POST", "faults", {"match": match, "action": "internal_server_error"})
    assert_enhanced(await _send(busy_lab, Bad()), "internal_server_error")


async def test_parameters_that_nobody_knows_are_ignored(busy_lab: Lab) -> None:
    reply = await _send(busy_lab, Bad(query=f"{QUERY}&x=1&x=2&mvpd=Nope&%FF=%FF"))
    assert reply.data()["logouts"]["LabCable"]["actionName"] == "logout"


async def test_a_body_that_no_logout_takes_is_ignored_however_long(busy_lab: Lab) -> None:
    reply = await _send(busy_lab, Bad(body=b"a" * 2_000_000))
    assert reply.data()["logouts"]["LabCable"]["actionName"] == "logout"


async def test_the_host_may_be_any_that_a_url_can_have(busy_lab: Lab) -> None:
    before = await busy_lab.state()
    for host in (b"\xff\xfe", b"", b"a" * 60_000):
        reply = await _send(busy_lab, Bad(headers={"Host": host}))
        assert_enhanced(reply, "bad_request")
        assert await busy_lab.state() == before
    for host in (b"nowhere.lab.local", b"default.lab.local"):
        reply = await _send(busy_lab, Bad(headers={"Host": host}))
        assert reply.data()["logouts"].keys() == {"LabCable"}


async def test_mistakes_are_reported_in_the_order_of_the_contract(busy_lab: Lab) -> None:
    """One request with everything wrong, mended step by step."""
    await busy_lab.settings(device_info="strict")
    request: dict[str, Json] = {
        "method": "POST",
        "path": "/s/nowhere/api/v2/NOPE/logout/Nope",
        "query": "redirectUrl=nope",
        "token": "expired",
        "headers": {"AP-Device-Identifier": b"nope"},
    }
    second, app = "client:of-second", "client:app-1"
    device = {"AP-Device-Identifier": device_header(TV).encode()}
    info = {"X-Device-Info": b"eyJtb2RlbCI6IngiLCJ2ZXJzaW9uIjoieCIsIm9zTmFtZSI6IngiLCJvc1ZlcnNpb24iOi"
                             b"J4IiwiY29ubmVjdGlvblR5cGUiOiJ4In0="}  # fmt: skip
    steps: list[tuple[dict[str, Json], int, str]] = [
        ({}, 404, "sandbox_not_found"),
        ({"path": "/api/v2/NOPE/logout/Nope"}, 405, "method_not_allowed"),
        ({"method": "GET"}, 401, UNAUTHORIZED),
        ({"token": second}, 400, "invalid_parameter_service_provider"),
        ({"path": "/api/v2/LABSP/logout/Nope"}, 401, WRONG_PROVIDER),
        ({"token": app}, 400, NO_DEVICE),
        ({"headers": device}, 400, "invalid_header_device_info"),
        ({"headers": device | info}, 400, "invalid_parameter_mvpd"),
        ({"path": "/api/v2/LABSP/logout/LabOff"}, 400, NO_REDIRECT),
        ({"query": QUERY}, 400, "invalid_integration"),
    ]
    for mended, status, code in steps:
        request |= mended
        reply = await _send(busy_lab, Bad(**request))
        found = reply.json.get("error", reply.json)
        assert (reply.status, found["code"]) == (status, code), mended
    request["path"] = PATH
    (await _send(busy_lab, Bad(**request))).data()


@pytest.mark.parametrize(
    ("bad", "fragment"),
    [
        (BAD["mvpd that is switched off"], "does not exist or is disabled"),
        (BAD["mvpd that is not integrated"], "does not exist or is disabled"),
        (BAD["unknown service provider"], "service provider parameter value is missing or invalid"),
        (BAD["redirect URL without scheme"], "has no scheme"),
        (BAD["two redirect URLs"], "2 times"),
        (BAD["no device"], "AP-Device-Identifier header is missing"),
        (BAD["token expired"], "expired"),
        (BAD["token for another service provider"], "second-app"),
        (BAD["unknown sandbox by header"], "nowhere"),
    ],
)
async def test_a_message_names_what_to_mend(busy_lab: Lab, bad: Bad, fragment: str) -> None:
    reply = await _send(busy_lab, bad)
    assert fragment in reply.json.get("error", reply.json)["message"]


async def test_every_error_has_a_trace_of_its_own(busy_lab: Lab) -> None:
    traces = {(await _send(busy_lab, BAD["no device"])).json["trace"] for _ in range(3)}
    assert len(traces) == 3


async def test_an_error_names_its_sandbox_and_request(busy_lab: Lab) -> None:
    reply = await _send(busy_lab, BAD["no device"])
    assert reply.headers["X-Sim-Sandbox"] == "default"
    assert reply.headers["X-Sim-Generation"] == "2"
    assert reply.headers["X-Sim-Request-Id"].startswith("req-")
    assert REDIRECT not in reply.text
