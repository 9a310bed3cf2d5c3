"""Every answer says which sandbox gave it, in which generation, and under which number."""

from dataclasses import dataclass, field
from typing import Final

import pytest

from simulator.services.control import sandboxes
from simulator.services.device import profiles
from tests.sandboxes.places import Place, open_place
from tests.support.lab import Lab
from tests.support.replies import Json, Reply
from tests.support.worlds import TV, world

NAMES: Final = ("X-Sim-Sandbox", "X-Sim-Generation", "X-Sim-Request-Id")


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A request within a sandbox, and the status that it must get."""

    method: str = "GET"
    path: str
    status: int
    body: Json = None
    good_token: bool = False
    options: dict[str, Json] = field(default_factory=dict)


_DEVICE: Final = "/api/v2/LABSP"
_LOGOUT: Final = "/adobe-services/logout?mso_id=LabCable&redirect_url=https%3A%2F%2Fa.example"
WITHIN: Final = (
    Sent(path=f"{_DEVICE}/profiles", status=200, good_token=True),
    Sent(path=f"{_DEVICE}/profiles", status=401),
    Sent(path="/api/v2/NOPE/profiles", status=400, good_token=True),
    Sent(path=f"{_DEVICE}/nothing", status=404),
    Sent(method="PUT", path=f"{_DEVICE}/profiles", status=405),
    Sent(method="POST", path="/o/client/register", body={}, status=400),
    Sent(method="GET", path="/o/client/register", status=405),
    Sent(path=_LOGOUT, status=302),
    Sent(path="/adobe-services/logout?mso_id=Nope", status=400),
    Sent(path="/nothing", status=404),
    Sent(path="/admin/v1/clock", status=200),
    Sent(path="/admin/v1/state", status=200),
    Sent(method="POST", path="/admin/v1/tokens", status=200,
         options={"headers": {"Accept": "text/plain"}}),
    Sent(method="POST", path="/admin/v1/snapshots", body={"name": "s"}, status=201),
    Sent(method="DELETE", path="/admin/v1/mvpds/LabAlone", status=204),
    Sent(method="POST", path="/admin/v1/snapshots", body={"nom": "s"}, status=422),
    Sent(method="POST", path="/admin/v1/seed", body={"scenario": "nope"}, status=404),
    Sent(method="POST", path="/admin/v1/mvpds", body={"id": "LabCable"}, status=409),
    Sent(method="DELETE", path="/admin/v1/clock", status=405),
    Sent(path="/admin/v1/nothing", status=404),
    Sent(method="POST", path="/admin/v1/reset", body={"to": "moon"}, status=400),
)  # fmt: skip

# These are about the instance, not about any sandbox.
OUTSIDE: Final = (
    Sent(path="/livez", status=200),
    Sent(path="/readyz", status=200),
    Sent(path="/admin/v1", status=200),
    Sent(path="/admin/v1/sandboxes", status=200),
    Sent(path="/admin/v1/sandboxes/nowhere", status=404),
    Sent(method="POST", path="/admin/v1/sandboxes", body={"id": "!"}, status=422),
)


@pytest.fixture
async def place(lab: Lab) -> Place:
    """The sandbox `ci-42` in its third generation."""
    made = await open_place(lab, "ci-42", world(mvpds=[{"id": "LabAlone"}]))
    await made.admin("POST", "reset")
    return made


def _name(sent: Sent) -> str:
    return f"{sent.method} {sent.path} {sent.status}"


async def _send(lab: Lab, sent: Sent, token: str = "") -> Reply:
    headers = {**sent.options.get("headers", {}), "AP-Device-Identifier": "fingerprint eA=="}
    if sent.good_token:
        headers["Authorization"] = f"Bearer {token}"
    body = {} if sent.body is None else {"json": sent.body}
    reply = await lab.call(sent.method, sent.path, headers, **body)
    assert reply.status == sent.status, reply.text
    return reply


@pytest.mark.parametrize("sent", WITHIN, ids=_name)
async def test_every_answer_names_its_sandbox_generation_and_request(
    place: Place, sent: Sent
) -> None:
    reply = await _send(place, sent, await place.token())
    assert [reply.headers[name] for name in NAMES[:2]] == ["ci-42", "3"]
    assert reply.headers["X-Sim-Request-Id"].startswith("req-")


@pytest.mark.parametrize("sent", WITHIN, ids=_name)
async def test_a_sandbox_can_do_without_these_headers(place: Place, sent: Sent) -> None:
    await place.settings(simulator_headers=False)
    outside = place.outside
    token = (await outside.call("POST", "/s/ci-42/admin/v1/tokens", json={})).json["access_token"]
    prefixed = Sent(**{**vars(sent), "path": f"/s/ci-42{sent.path}"})
    reply = await _send(outside, prefixed, token)
    assert not set(NAMES) & set(reply.headers)
    # It is a setting of that one sandbox.
    assert set(NAMES) <= set((await outside.ask("GET", "clock")).headers)


@pytest.mark.parametrize("sent", OUTSIDE, ids=_name)
async def test_what_is_about_no_sandbox_names_none(lab: Lab, sent: Sent) -> None:
    reply = await _send(lab, sent)
    assert "X-Sim-Sandbox" not in reply.headers
    assert "X-Sim-Generation" not in reply.headers
    assert reply.headers["X-Sim-Request-Id"].startswith("req-")


async def test_no_two_requests_have_the_same_number(lab: Lab) -> None:
    numbers = {(await lab.ask("GET", "clock")).headers["X-Sim-Request-Id"] for _ in range(50)}
    assert len(numbers) == 50


async def test_a_failure_of_the_simulator_itself_says_so_as_well(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_given: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(profiles, "all_profiles", fail)
    monkeypatch.setattr(sandboxes, "ref", fail)
    reply = await (await place.app(TV)).get("profiles")
    assert reply.json["code"] == "internal_server_error"
    assert [reply.headers[name] for name in NAMES[:2]] == ["ci-42", "3"]
    [failed] = [each for each in caplog.records if each.getMessage() == "request failed"]
    told = {name: vars(failed)[name] for name in ("request", "sandbox", "generation")}
    assert told == {
        "request": reply.headers["X-Sim-Request-Id"],
        "sandbox": reply.headers["X-Sim-Sandbox"],
        "generation": int(reply.headers["X-Sim-Generation"]),
    }


async def test_the_generation_that_an_answer_names_is_the_one_that_it_was_asked_in(
    place: Place,
) -> None:
    reset = await place.ask("POST", "reset")
    assert (reset.headers["X-Sim-Generation"], reset.json["generation"]) == ("3", 4)
    assert (await place.ask("GET", "clock")).headers["X-Sim-Generation"] == "4"
