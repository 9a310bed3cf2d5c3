"""The admin API as a whole: who may use it, what there is, and one shape for every error."""

import json
import re
from typing import Final

import pytest

from simulator import __version__
from simulator.evidence.pages import pages
from simulator.evidence.summary import fidelity_of, summary_of_operation
from simulator.http.endpoint import ENDPOINTS, Surface
from tests.conftest import MakeLab
from tests.support.dcr import raw
from tests.support.lab import Lab
from tests.support.shapes import assert_admin_error
from tests.support.wire import send
from tests.support.worlds import profile, world

TOKEN: Final = "a token of eight characters or more"


# Who may use it


async def test_on_loopback_nobody_is_asked_for_a_token(lab: Lab) -> None:
    assert (await lab.ask("GET", "version")).status == 200
    reply = await lab.call("GET", "/admin/v1/version", {"Authorization": "Bearer anything"})
    assert reply.status == 200


@pytest.fixture(params=[{"host": "0.0.0.0", "admin_token": TOKEN}, {"admin_token": TOKEN}],  # noqa: S104
                ids=["reachable from outside", "loopback with a token"])  # fmt: skip
async def guarded(request: pytest.FixtureRequest, lab_with: MakeLab) -> Lab:
    return await lab_with(**request.param)


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer wrong", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer ü"],
)
@pytest.mark.parametrize(
    "path", ["", "/state", "/mvpds/x", "/nothing", "/sandboxes", "/version", "/state/"]
)
async def test_without_its_token_nothing_of_the_admin_api_answers(
    guarded: Lab, authorization: str | None, path: str
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    for prefix in ("", "/s/default", "/s/nowhere"):
        error = assert_admin_error(await guarded.call("GET", f"{prefix}/admin/v1{path}", headers))
        assert (error["status"], error["code"]) == (401, "unauthorized")
        assert "--admin-token" in error["hint"]


async def test_a_token_of_bytes_is_refused_as_well(guarded: Lab) -> None:
    host = guarded.origin.removeprefix("http://").encode()
    headers = [("Host", host), ("Authorization", b"Bearer \xff\xfe")]
    reply = await send(guarded, "GET", b"/admin/v1/state", headers)
    assert assert_admin_error(reply)["code"] == "unauthorized"


async def test_with_its_token_the_admin_api_answers(guarded: Lab) -> None:
    for scheme in ("Bearer", "bearer"):
        headers = {"Authorization": f"{scheme} {TOKEN}"}
        assert (await guarded.call("GET", "/admin/v1/state", headers)).status == 200


async def test_devices_pages_and_probes_need_no_admin_token(guarded: Lab) -> None:
    for path, status in (
        ("/livez", 200),
        ("/readyz", 200),
        ("/adobe-services/logout", 400),
        ("/api/v2/REF30/profiles", 401),
    ):
        assert (await guarded.call("GET", path)).status == status
    assert (await guarded.call("POST", "/o/client/token")).status == 400


async def test_reachable_from_outside_there_always_is_a_token(lab_with: MakeLab) -> None:
    lab = await lab_with(host="0.0.0.0")  # noqa: S104 - that is the point
    assert (await lab.refused("GET", "state"))["code"] == "unauthorized"


# What there is


async def test_the_index_lists_every_endpoint_of_the_admin_api(lab: Lab) -> None:
    listed = (await lab.admin("GET", ""))["endpoints"]
    served = lab.client.app[ENDPOINTS]
    assert {*listed} == {
        f"{each.method} {each.path}" for each in served if each.surface is Surface.ADMIN
    }
    assert len(listed) == len({*listed})


async def test_the_version_is_the_package_s(lab: Lab) -> None:
    found = await lab.admin("GET", "version")
    assert found["version"] == __version__
    assert re.fullmatch(r"3\.\d+\.\d+.*", found["python"])


async def test_every_operation_says_how_far_it_is_simulated(lab: Lab) -> None:
    items = (await lab.admin("GET", "operations"))["items"]
    for each in items:
        found = summary_of_operation(each["name"])
        assert each["proven"] == len(found.proven)
        # Whoever reads "simplified" wants to know where.
        for outcome in ("differs", "open"):
            assert each[outcome] == [
                {
                    "id": row.id,
                    "says": row.says,
                    "why": row.differs or row.open,
                    "switch": row.switch,
                    "page": pages()[row.page].url,
                }
                for row in getattr(found, outcome)
            ]
        assert each["fidelity"] == fidelity_of(each["name"])
        if each["fidelity"] != "not simulated":
            assert (each["fidelity"] == "simplified") == bool(each["differs"])


async def test_the_operations_are_those_that_are_served(lab: Lab) -> None:
    items = (await lab.admin("GET", "operations"))["items"]
    served = [
        (each.operation, each.method, each.path)
        for each in lab.client.app[ENDPOINTS]
        if each.surface in {Surface.DEVICE, Surface.REGISTRATION}
    ]
    assert {*served} == {(each["name"], each["method"], each["path"]) for each in items}
    assert len(items) == len({*served})


async def test_an_operation_that_is_not_simulated_says_so(lab: Lab) -> None:
    items = (await lab.admin("GET", "operations"))["items"]
    for each in items:
        if each["fidelity"] == "not simulated":
            path = re.sub(r"\{[^}]*\}", "x", each["path"])
            reply = await lab.call(each["method"], path)
            assert reply.status == 501
            assert reply.json["error"]["code"] == "not_simulated"
            assert path in reply.json["error"]["message"]


async def test_every_endpoint_refuses_the_verbs_that_it_does_not_take(lab: Lab) -> None:
    endpoints = [each.split(" ") for each in (await lab.admin("GET", ""))["endpoints"]]
    for path in {re.sub(r"\{[^}]*\}", "x", path) for _, path in endpoints}:
        known = {
            verb
            for verb, template in endpoints
            if re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", template), path)
        }
        for verb in {"GET", "POST", "PUT", "PATCH", "DELETE"} - known:
            reply = await lab.call(verb, path)
            error = assert_admin_error(reply)
            assert (error["status"], error["code"]) == (405, "method_not_allowed")
            assert {*reply.headers["Allow"].split(",")} == known


# One shape for every error


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "nothing", b"", 404, "route_not_found"),
        ("GET", "profiles/x/y/z", b"", 404, "route_not_found"),
        ("GET", "profiles/nope", b"", 404, "profile_not_found"),
        ("GET", "temp-passes/nope", b"", 404, "temp_pass_not_found"),
        ("POST", "profiles", b"", 422, "invalid_document"),
        ("POST", "profiles", b"{", 400, "invalid_body"),
        ("POST", "profiles", b"[]", 400, "invalid_body"),
        ("POST", "profiles", b"null", 400, "invalid_body"),
        ("POST", "profiles", b'{"a": ' + b"9" * 5000 + b"}", 400, "invalid_body"),
        ("POST", "profiles", b"[" * 100_000, 400, "invalid_body"),
        ("POST", "profiles", b"\xff", 400, "invalid_body"),
        ("POST", "devices", b'{"id": "\\ud800"}', 422, "invalid_document"),
        ("POST", "devices", b'{"id": "\\u0000"}', 422, "invalid_document"),
        ("POST", "devices", b'{"id": "x", "info": {"a": NaN}}', 422, "invalid_document"),
        ("POST", "devices", b'{"id": "x", "info": {"a": 1e400}}', 422, "invalid_document"),
        ("POST", "devices", b'{"id": "x", "info": {"a": "\\u0000"}}', 422, "invalid_document"),
        ("POST", "devices", b'{"\\ud800": 1}', 422, "invalid_document"),
        ("PATCH", "settings", b"[]", 400, "invalid_body"),
        ("PATCH", "settings", b'{"\\ud800": 1}', 422, "invalid_document"),
        ("PATCH", "settings", b'{"id_seed": "\\ud800"}', 422, "invalid_document"),
        ("PUT", "state", b"{}", 422, "invalid_document"),
        ("POST", "seed", b'{"scenario": "\\ud800"}', 422, "invalid_document"),
        ("POST", "tokens", b'{"client": "\\ud800"}', 422, "invalid_document"),
        ("POST", "reset", b'{"to": "\\ud800"}', 422, "invalid_document"),
    ],
)
async def test_an_error_has_its_code_and_the_one_shape(
    lab: Lab, method: str, path: str, body: bytes, status: int, code: str
) -> None:
    before = await lab.state()
    reply = await lab.call(method, f"/admin/v1/{path}", data=body)
    error = assert_admin_error(reply)
    assert (error["status"], error["code"]) == (status, code)
    assert await lab.state() == before


async def test_the_path_may_end_with_a_slash_or_name_the_sandbox(lab: Lab) -> None:
    plain = await lab.state()
    for path in ("/admin/v1/state/", "/s/default/admin/v1/state", "/s/default/admin/v1/state/"):
        assert (await lab.call("GET", path)).text == plain


async def test_every_answer_names_sandbox_generation_and_request(lab: Lab) -> None:
    await lab.seed(world(profiles=[profile("own")]))
    for path in ("state", "profiles/nope"):
        headers = (await lab.ask("GET", path)).headers
        assert (headers["X-Sim-Sandbox"], headers["X-Sim-Generation"]) == (lab.sandbox, "2")
        assert headers["X-Sim-Request-Id"].startswith("req-")


async def test_a_large_document_is_no_problem(lab: Lab) -> None:
    devices = [{"id": f"d{number}", "name": "x" * 1000} for number in range(3_000)]
    body = json.dumps({"document": {"name": "large", "devices": devices}})
    reply = await lab.call("POST", "/admin/v1/seed", **raw(body))
    assert reply.data()["seeded"] == {"devices": 3_000}
