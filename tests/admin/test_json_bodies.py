"""JSON for the admin API: no member twice, no text that a database does not keep, and a BOM does no harm."""

import json
from typing import Final

import pytest

from tests.support.dcr import FORM, raw, registered, statement
from tests.support.lab import Lab
from tests.support.replies import Json
from tests.support.shapes import assert_admin_error
from tests.support.worlds import world

BOM: Final = b"\xef\xbb\xbf"


async def _problems(lab: Lab, method: str, path: str, body: str) -> list[tuple[str, str]]:
    """What is wrong, and where, of a body that must be refused and must change nothing."""
    before = await lab.state()
    reply = await lab.call(method, f"/admin/v1/{path}", **raw(body))
    error = assert_admin_error(reply)
    assert (error["status"], error["code"]) == (422, "invalid_document")
    assert await lab.state() == before
    return [(each["path"], each["problem"]) for each in error["fields"]]


# Given twice

TWICE: Final = [
    ("POST", "requests/verify", '{"match": {}, "exactly": 1, "exactly": 0}', "exactly"),
    ("POST", "requests/count", '{"match": {"mvpd": "a", "mvpd": "b"}}', "match.mvpd"),
    ("POST", "seed", '{"scenario": "demo", "scenario": "demo"}', "scenario"),
    ("POST", "seed", '{"document": {"name": "a", "name": "b"}}', "document.name"),
    ("POST", "devices", '{"id": "a", "id": "b"}', "id"),
    ("POST", "devices", '{"id": "a", "info": {"x": [0, {"y": 1, "y": 2}]}}', "info.x[1].y"),
    ("PATCH", "settings", '{"logout.url": "relative", "logout.url": "absolute"}', "logout.url"),
    ("PUT", "clock", '{"mode": "real", "mode": "real"}', "mode"),
    ("PUT", "state", '{"name": "a", "devices": [{"id": "a", "id": "b"}]}', "devices[0].id"),
]


@pytest.mark.parametrize(("method", "path", "body", "place"), TWICE)
async def test_a_member_that_is_given_twice_is_named(
    lab: Lab, method: str, path: str, body: str, place: str
) -> None:
    assert await _problems(lab, method, path, body) == [(place, "given twice")]


BOTH: Final = [
    ("POST", "mvpds", '{"id": "a", "id": "b", "colour": 1}', {"id", "colour"}),
    ("PATCH", "settings", '{"logout.url": "absolute", "logout.url": 1, "no": 1}', {"logout.url", "no"}),
    ("POST", "seed", '{"mode": "bogus", "mode": "merge", "document": {"name": 5, "x": 1}}',
     {"mode", "name", "x"}),
    ("POST", "seed", '{"mode": "bogus", "document": {"name": "x", "mvpds": [{"id": "A", "proxy": "B"}]}}',
     {"mode", "mvpds[0].proxy"}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body", "places"), BOTH)
async def test_what_is_wrong_with_the_text_and_with_what_it_says_is_one_answer(
    lab: Lab, method: str, path: str, body: str, places: set[str]
) -> None:
    assert {place for place, _ in await _problems(lab, method, path, body)} == places


async def test_a_document_to_be_checked_says_so_as_well(lab: Lab) -> None:
    reply = await lab.call("POST", "/admin/v1/scenarios/validate", **raw('{"name":"a","name":"b"}'))
    [problem] = reply.data()["problems"]
    assert (problem["path"], problem["problem"]) == ("name", "given twice")


async def test_all_that_is_wrong_is_found_at_once(lab: Lab) -> None:
    body = (
        '{"match": {"mvpd": "a", "mvpd": "b", "client": "\\u0000", "staus": 3}, "exactly": 1,'
        ' "exactly": "one"}'
    )
    found = dict(await _problems(lab, "POST", "requests/verify", body))
    assert found.keys() == {"exactly", "match.mvpd", "match.client", "match.staus"}
    assert found["exactly"] == found["match.mvpd"] == "given twice"


async def test_what_is_hidden_by_a_second_one_is_no_problem_of_its_own(lab: Lab) -> None:
    body = '{"id": "a", "info": {"x": 1, "x": 2}, "info": {}}'
    assert await _problems(lab, "POST", "devices", body) == [("info", "given twice")]


async def test_a_world_of_mistakes_is_refused_in_bounds(lab: Lab) -> None:
    items = ",".join('{"a": 1, "a": 2}' for _ in range(3_000))
    body = f'{{"id": "a", "info": {{"x": [{items}]}}}}'
    assert len(await _problems(lab, "POST", "devices", body)) == 1_000


# What no database keeps

NUL: Final = [
    ("POST", "requests/count", {"match": {"device": "a\x00b"}}, "match.device"),
    ("POST", "requests/verify", {"match": {"mvpd": ["a", "\x00"]}}, "match.mvpd[1]"),
    ("POST", "requests/wait", {"for": {"code": {"client": "\x00"}}}, "for.code.client"),
    ("POST", "sandboxes/default/lease", {"owner": "\x00"}, "owner"),
    ("POST", "tokens", {"client": "\x00"}, "client"),
    ("POST", "tokens", {"scopes": ["\x00"]}, "scopes[0]"),
    ("POST", "service-tokens", {"subject": "\x00"}, "subject"),
    ("POST", "media-tokens/verify", {"token": "\x00", "resource": "\ud800"}, "token"),
    ("POST", "codes/AAAA222/approve", {"subscriber": "\x00"}, "subscriber"),
    ("POST", "sessions", {"service_provider": "\x00"}, "service_provider"),
    ("POST", "reset", {"to": "\x00"}, "to"),
    ("POST", "seed", {"scenario": "\x00"}, "scenario"),
    ("POST", "sandboxes", {"from_sandbox": "\x00"}, "from_sandbox"),
    ("PUT", "devices/x/claim", {"sandbox": "\x00"}, "sandbox"),
    ("PATCH", "settings", {"id_seed": "\x00"}, "id_seed"),
    ("PATCH", "mvpds/Dish", {"name": "\udfff"}, "name"),
]


@pytest.mark.parametrize(("method", "path", "body", "place"), NUL)
async def test_a_text_that_no_database_keeps_is_named(
    lab: Lab, method: str, path: str, body: Json, place: str
) -> None:
    found = dict(await _problems(lab, method, path, json.dumps(body)))
    assert found[place] == "expected text without NUL and lone surrogates"


async def test_a_whole_pair_of_surrogates_is_a_letter(lab: Lab) -> None:
    reply = await lab.call("POST", "/admin/v1/devices", **raw('{"id": "\\ud83d\\ude00"}'))
    assert reply.data(201)["id"] == "\N{GRINNING FACE}"


# A byte order mark


@pytest.mark.parametrize("kind", ["application/json", "application/yaml"])
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "seed"), ("PUT", "state"), ("POST", "scenarios/validate")]
)
async def test_documents_may_begin_with_a_byte_order_mark(
    lab: Lab, method: str, path: str, kind: str
) -> None:
    document: Json = world()
    if path == "seed" and kind == "application/json":
        document = {"document": document}
    body = BOM + json.dumps(document).encode()
    reply = await lab.call(method, f"/admin/v1/{path}", {"Content-Type": kind}, data=body)
    assert reply.data().get("valid", True)


async def test_so_may_what_apps_send(lab: Lab) -> None:
    await lab.seed(world())
    stated = json.dumps({"software_statement": await statement(lab)}).encode()
    await _sent(lab, "/o/client/register", "application/json", BOM + stated)
    found = await registered(lab)
    form = f"client_id={found['client_id']}&client_secret={found['client_secret']}"
    form += "&grant_type=client_credentials"
    await _sent(lab, "/o/client/token", FORM, BOM + form.encode())


async def _sent(lab: Lab, path: str, kind: str, body: bytes) -> None:
    (await lab.call("POST", path, {"Content-Type": kind}, data=body)).data(201)
