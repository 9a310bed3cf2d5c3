"""Scenarios 122 to 125 of the QA catalogue: throttling, verbs, and the SSO service."""

from tests.catalogue.stage import D1, D2, log_in, tv
from tests.support.lab import App, Lab
from tests.support.replies import Json, Reply
from tests.support.shapes import assert_enhanced


async def _frozen(qa: Lab) -> None:
    now = "2026-01-01T00:00:00Z"
    await qa.admin("PUT", "clock", {"mode": "frozen", "now": now})


async def test_122_throttle(qa: Lab) -> None:
    await qa.settings(throttle=True)
    await _frozen(qa)
    app = await tv(qa)
    statuses = []
    for _ in range(2):
        statuses += [(await app.get("profiles")).status for _ in range(7)]
        await qa.admin("POST", "clock/advance", {"by": "PT1S"})
    # One call is free in each second; the other ten come out of the burst, and there are twelve.
    assert statuses == [200] * 12 + [429] * 2
    again = [await app.get("profiles") for _ in range(2)]
    assert [each.status for each in again] == [200, 429]
    refused = again[1]
    assert refused.headers["Content-Type"].startswith("text/html")
    assert refused.headers["Server"] == "openresty"
    assert "Retry-After" not in refused.headers
    await qa.admin("POST", "clock/advance", {"by": "PT1S"})
    assert (await app.get("profiles")).status == 200


async def test_123_throttle_per_device(qa: Lab) -> None:
    await qa.settings(throttle=True)
    await _frozen(qa)
    first, second = [
        (await tv(qa)).sending(X_Forwarded_For=address)
        for address in ("203.0.113.1", "203.0.113.2")
    ]
    assert [(await first.get("profiles")).status for _ in range(12)] == [200] * 11 + [429]
    assert [(await second.get("profiles")).status for _ in range(11)] == [200] * 11


async def test_124_wrong_verb(qa: Lab) -> None:
    app = await tv(qa)
    reply = await qa.call("PUT", "/api/v2/LABSP/sessions", app.headers)
    assert reply.headers["Allow"] == "POST"
    assert_enhanced(reply, "method_not_allowed")


async def _service(app: App, method: str, path: str, **headers: str) -> Reply:
    sent = {**app.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return await app.lab.call(method, f"/api/LABSP/{path}", sent)


async def test_125_sso_service_link(qa: Lab) -> None:
    first, second = await tv(qa), await tv(qa, D2, "app-2")
    made = (await _service(first, "POST", "serviceToken", X_SSO_ID="ann")).data(201)
    token = made["serviceToken"]
    await log_in(first.sending(AD_Service_Token=token))
    link = (await _service(first, "POST", "link", AD_Service_Token=token)).data(201)
    assert len(link["code"]) == 6
    assert link["code"].isdecimal()
    joined = await _service(second, "POST", "serviceToken", X_SSO_LINK=link["code"])
    other = joined.data(201)["serviceToken"]
    found = (await second.sending(AD_Service_Token=other).profiles())["LabCable"]
    assert found["type"] == "serviceTokenSSO"
    used = await _service(second, "POST", "serviceToken", X_SSO_LINK=link["code"])
    assert used.data(401)["error"]["code"] == "header_invalid"
    devices: Json = (await _service(first, "GET", "list", AD_Service_Token=token)).data()["devices"]
    assert {name: each["type"] for name, each in devices.items()} == {D1: "regular", D2: "sso"}
