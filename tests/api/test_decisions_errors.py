"""What the decisions operations refuse: the code, the order, and that nothing has changed then."""

import json
from collections.abc import Mapping
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.dcr import raw
from tests.support.decisions import AUTHORIZE, PREAUTHORIZE, outcome, permit, seeded, viewer
from tests.support.forgeries import NAMES, forged
from tests.support.lab import App, Lab
from tests.support.replies import Reply
from tests.support.shapes import assert_enhanced
from tests.support.tokens import segments
from tests.support.wire import send
from tests.support.worlds import TV, profile, world

BOTH: Final = (AUTHORIZE, PREAUTHORIZE)
NO_RESOURCES: Final = "invalid_parameter_resources"
GOOD: Final = b'{"resources": ["LAB-LIVE"]}'
BOMB: Final = (
    '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<rss><channel><title>&b;</title></channel></rss>"
)
OUTSIDE: Final = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'


def _path(operation: str, provider: str = "LABSP", mvpd: str = "LabCable") -> str:
    return f"/api/v2/{provider}/decisions/{operation}/{mvpd}"


async def _send(
    app: App,
    body: bytes = GOOD,
    *,
    method: str = "POST",
    path: str = _path(AUTHORIZE),
    headers: Mapping[str, str | None] | None = None,
) -> Reply:
    """A request with some headers replaced, or left out where None."""
    given_headers = {**app.headers, **(headers or {})}
    kept = {name: value for name, value in given_headers.items() if value is not None}
    return await app.lab.call(method, path, kept, **raw(body))


BAD_BODIES: Final = {
    "nothing": b"",
    "blanks": b"  ",
    "no JSON": b"resources=LAB-LIVE",
    "half of it": b'{"resources": ["LAB-LIVE"]',
    "no object": b'["LAB-LIVE"]',
    "null": b"null",
    "another member": b'{"resource": ["LAB-LIVE"]}',
    "no list": b'{"resources": "LAB-LIVE"}',
    "an object": b'{"resources": {"0": "LAB-LIVE"}}',
    "null inside": b'{"resources": null}',
    "empty": b'{"resources": []}',
    "a number among them": b'{"resources": ["LAB-LIVE", 1]}',
    "null among them": b'{"resources": [null]}',
    "a list among them": b'{"resources": [["LAB-LIVE"]]}',
    "an empty one": b'{"resources": [""]}',
    "given twice": b'{"resources": ["a"], "resources": ["b"]}',
    "another member twice": b'{"resources": ["a"], "x": 1, "x": 2}',
    "twice further down": b'{"resources": ["a"], "x": {"y": 1, "y": 2}}',
    "no UTF-8": b'{"resources": ["\xff"]}',
    "UTF-16": '{"resources": ["a"]}'.encode("utf-16"),
    "NUL": b'{"resources": ["a\\u0000"]}',
    "half a character": b'{"resources": ["\\ud800"]}',
    "nested beyond reason": b'{"resources": ' + b"[" * 100_000,
    "a number beyond reason": b'{"resources": ["a"], "x": ' + b"9" * 10_000 + b"}",
    "entities": json.dumps({"resources": [BOMB]}).encode(),
    "entities from outside": json.dumps({"resources": ["a", OUTSIDE]}).encode(),
    "a document type": b'{"resources": ["<!DOCTYPE rss><rss/>"]}',
}


@pytest.mark.parametrize("operation", BOTH)
@pytest.mark.parametrize("name", BAD_BODIES)
async def test_a_body_without_good_resources_is_refused(
    lab: Lab, name: str, operation: str
) -> None:
    app = await seeded(lab, viewer())
    before = await lab.state()
    reply = await _send(app, BAD_BODIES[name], path=_path(operation))
    assert_enhanced(reply, NO_RESOURCES)
    assert await lab.state() == before
    assert (await lab.admin("POST", "reset"))["cleared"] == {}


@pytest.mark.parametrize(
    "kind",
    [
        None, "application/json", "application/json;charset=utf-8",
        "application/x-www-form-urlencoded", "text/plain", "nonsense",
    ],
)  # fmt: skip
@pytest.mark.parametrize("body", [GOOD, b"\xef\xbb\xbf" + GOOD, b' {"more":1,"resources":["x"]}\n'])
async def test_a_good_body_is_taken_under_any_type(lab: Lab, kind: str | None, body: bytes) -> None:
    app = await seeded(lab, viewer())
    reply = await _send(app, body, headers={"Content-Type": kind})
    assert reply.data()["decisions"][0]["authorized"]


@pytest.mark.parametrize("operation", BOTH)
@pytest.mark.parametrize("name", NAMES)
async def test_without_a_good_token_nothing_is_decided(lab: Lab, name: str, operation: str) -> None:
    app = await seeded(lab, viewer())
    headers = {"Authorization": f"Bearer {await forged(lab, name)}"}
    for body in (GOOD, b""):
        reply = await _send(app, body, path=_path(operation), headers=headers)
        assert_enhanced(reply, "invalid_access_token_client_application")


# What is wrong, and with it everything that is looked at later.
IN_ORDER: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("invalid_access_token_client_application", {"headers": {"Authorization": None}}),
    ("invalid_parameter_service_provider", {"path": _path(AUTHORIZE, provider="NOPE")}),
    ("invalid_header_device_identifier", {"headers": {"AP-Device-Identifier": None}}),
    (NO_RESOURCES, {"body": b"{}"}),
    ("invalid_parameter_mvpd", {"path": _path(AUTHORIZE, mvpd="NOPE")}),
    ("invalid_integration", {"path": _path(AUTHORIZE, mvpd="LabOff")}),
)


@pytest.mark.parametrize("first", range(len(IN_ORDER)))
async def test_the_first_problem_is_told(lab: Lab, first: int) -> None:
    app = await seeded(lab, viewer())
    request: dict[str, Any] = {}
    for _, wrong in reversed(IN_ORDER[first:]):
        headers = {**request.get("headers", {}), **wrong.get("headers", {})}
        request = {**request, **wrong, "headers": headers}
    assert_enhanced(await _send(app, **request), IN_ORDER[first][0])


async def test_a_token_of_another_service_provider_is_refused(lab: Lab) -> None:
    await lab.seed(world(clients=[{"id": "of-second", "application": "second-app"}]))
    app = await lab.app(TV, client="of-second")
    assert_enhanced(await _send(app), "invalid_access_token_service_provider")


@pytest.mark.parametrize("mvpd", ["LabOff", "TempBasic"])
async def test_a_pair_that_is_not_integrated_is_refused(lab: Lab, mvpd: str) -> None:
    app = await seeded(lab, world())
    path = _path(AUTHORIZE, provider="LABSP2", mvpd=mvpd)
    assert_enhanced(await _send(app, path=path), "invalid_integration")


@pytest.mark.parametrize("operation", BOTH)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_the_verb_is_post(lab: Lab, method: str, operation: str) -> None:
    app = await seeded(lab, viewer())
    reply = await _send(app, method=method, path=_path(operation))
    assert reply.status == 405
    assert reply.headers["Allow"] == "POST"


async def test_a_slash_at_the_end_does_no_harm(lab: Lab) -> None:
    app = await seeded(lab, viewer())
    assert (await _send(app, path=_path(AUTHORIZE) + "/")).status == 200


async def test_a_body_beyond_reason_is_refused(lab: Lab) -> None:
    app = await seeded(lab, viewer())
    reply = await _send(app, b'{"resources": ["' + b"x" * 1024 * 1024 + b'"]}')
    assert reply.status == 413


@pytest.mark.parametrize("mvpd", ["LabCable", "TempPromo"])
@pytest.mark.parametrize(
    "name",
    ["AP-TempPass-Identity", "AP-Partner-Framework-Status", "AD-Service-Token", "X-Device-Info"],
)
async def test_bytes_in_a_header_are_no_accident(lab: Lab, name: str, mvpd: str) -> None:
    app = await seeded(lab, world(profiles=[profile("login", client="app-1", type="appleSSO")]))
    lines = [(key, value.encode()) for key, value in app.headers.items()]
    for operation in BOTH:
        target = _path(operation, mvpd=mvpd).encode()
        reply = await send(lab, "POST", target, [*lines, (name, b"\xff\xfe"), ("Host", b"x")], GOOD)
        assert reply.status in {200, 400}


async def test_a_subject_that_no_database_keeps_is_refused(lab: Lab) -> None:
    app = await seeded(lab, viewer() | {"settings": {"access_token.verification": "structure"}})
    for claims in ({"sub": "\0"}, {"sub": "\ud800"}, {"sub": "x", "exp": float("inf")}):
        token = segments({"alg": "RS256"}, claims, b"signature")
        reply = await _send(app, headers={"Authorization": f"Bearer {token}"})
        assert_enhanced(reply, "invalid_access_token_client_application")


async def test_a_captured_token_is_good_enough_where_structure_suffices(lab: Lab) -> None:
    document = world(
        profiles=[profile("login")], settings={"access_token.verification": "structure"}
    )
    app = await seeded(lab, document)
    token = segments({"alg": "RS256"}, {"sub": "captured"}, b"signature")
    reply = await _send(app, headers={"Authorization": f"Bearer {token}"})
    assert reply.data()["decisions"][0]["authorized"]


BAD_DENIALS: Final[Mapping[str, Any]] = {
    "no code of the list": {"*": "nonsense"},
    "a code that no MVPD causes": {"*": "authenticated_profile_missing"},
    "a code of the whole answer": {"*": "invalid_integration"},
    "no text": {"*": 403},
    "no code at all": {"*": {"details": "Sorry."}},
    "an unknown member": {"*": {"code": "network_received_error", "times": 1}},
    "an empty resource": {"": "network_received_error"},
    "no mapping": ["network_received_error"],
}


@pytest.mark.parametrize("name", BAD_DENIALS)
async def test_denials_are_checked(lab: Lab, name: str) -> None:
    await lab.seed(viewer())
    before = await lab.state()
    body = {"id": "bob", "denials": BAD_DENIALS[name]}
    assert (await lab.refused("POST", "subscribers", body))["status"] == 422
    body = {"denials": BAD_DENIALS[name]}
    assert (await lab.refused("PATCH", "subscribers/ann", body))["status"] == 422
    assert (await lab.refused("POST", "seed", {"document": viewer(**body)}))["status"] == 422
    assert await lab.state() == before


async def test_denials_come_back_as_they_went(lab: Lab) -> None:
    denials = {
        "*": "network_received_error",
        "LAB-GOLD": {"code": "authorization_denied_by_mvpd", "details": "No."},
    }
    app = await seeded(lab, viewer(denials=denials))
    exported = await lab.state()
    await lab.admin("PUT", "state", json.loads(exported))
    assert await lab.state() == exported
    found = await lab.admin("GET", "subscribers/ann")
    assert found["denials"] == {**denials, "*": {"code": "network_received_error"}}
    await lab.admin("PATCH", "subscribers/ann", {"denials": {}})
    assert await outcome(app, "LAB-GOLD") == permit()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
bodies = (
    st.binary(max_size=200)
    | json_values.map(lambda value: json.dumps(value).encode())
    | json_values.map(lambda value: json.dumps({"resources": value}).encode())
    | st.lists(st.text(), min_size=1, max_size=6).map(
        lambda names: json.dumps({"resources": names}).encode()
    )
    | st.text().map(lambda text: json.dumps({"resources": [f"<a>{text}</a>"]}).encode())
)


@given(
    body=bodies, operation=st.sampled_from(BOTH), mvpd=st.sampled_from(["LabCable", "TempBasic"])
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_no_body_is_an_accident(lab: Lab, body: bytes, operation: str, mvpd: str) -> None:
    app = await seeded(lab, viewer())
    reply = await _send(app, body, path=_path(operation, mvpd=mvpd))
    assert reply.status in {200, 400}
    if reply.status == 400:
        assert_enhanced(reply, NO_RESOURCES)
