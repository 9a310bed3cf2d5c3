"""The Expect header: who waits to be told to go on is told, and what else is expected is refused in shape."""

import pytest

from tests.support.lab import Lab
from tests.support.wire import send

ODD = {"Expect": "tea"}


@pytest.mark.parametrize(
    "path",
    ["/api/v2/REF30/profiles", "/o/client/token", "/s/default/api/v2/REF30/nothing"],
)
async def test_what_nobody_can_fulfil_is_refused_as_device_errors_are(
    default_lab: Lab, path: str
) -> None:
    reply = await default_lab.call("GET", path, ODD)
    assert (reply.status, reply.json["code"]) == (417, "expectation_failed")
    entry = await default_lab.admin("GET", f"requests/{reply.headers['X-Sim-Request-Id']}")
    assert entry["status"] == 417


async def test_the_admin_api_refuses_it_with_a_hint(lab: Lab) -> None:
    reply = await lab.call("GET", "/admin/v1/version", ODD)
    error = reply.json["error"]
    assert (reply.status, error["code"]) == (400, "bad_request")
    assert "'Expect: tea'" in error["message"]
    assert "100-continue" in error["hint"]


async def test_a_page_refuses_it_in_words(lab: Lab) -> None:
    reply = await lab.call("GET", "/docs", ODD)
    assert reply.status == 417
    assert "'Expect: tea'" in reply.text


async def test_who_waits_to_go_on_is_told(lab: Lab) -> None:
    reply = await lab.client.post("/o/client/token", data=b"{}", expect100=True)
    assert (reply.status, (await reply.json())["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (b"/api/v2/REF30/profiles", 417),
        (b"/o/client/token", 417),
        (b"/admin/v1/version", 400),
        (b"/docs", 417),
        (b"/console", 403),
        (b"/nowhere", 417),
    ],
)
async def test_bytes_that_are_no_text_are_refused_as_any_other(
    lab: Lab, path: bytes, status: int
) -> None:
    host = lab.origin.removeprefix("http://").encode()
    reply = await send(lab, "POST", path, [("Host", host), ("Expect", b"\xff\xfe")])
    assert reply.status == status
