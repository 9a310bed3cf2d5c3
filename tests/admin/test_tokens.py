"""Access tokens without the registration dance."""

import pytest

from simulator.keys import Keys
from tests.sandboxes.places import simulator_of
from tests.support.dcr import is_uuid
from tests.support.lab import App, Lab
from tests.support.shapes import assert_enhanced
from tests.support.tokens import parts
from tests.support.worlds import TV, profile, world


@pytest.fixture
async def lab(lab: Lab) -> Lab:
    await lab.seed(world(profiles=[profile("own")]))
    return lab


def _app(lab: Lab, token: str) -> App:
    return App(lab=lab, device=TV, token=token, service_provider="LABSP")


async def test_a_token_stands_for_an_app_instance_of_its_own(lab: Lab) -> None:
    minted = [await lab.admin("POST", "tokens", {}) for _ in range(3)]
    for each in minted:
        assert each.keys() == {"access_token", "token_type", "expires_in", "client_id"}
        assert (each["token_type"], each["expires_in"]) == ("bearer", 21_600)
        assert is_uuid(each["client_id"])
        _, claims = parts(each["access_token"])
        assert claims["sub"] == each["client_id"]
    assert len({each["client_id"] for each in minted}) == 3
    first, second, _ = [_app(lab, each["access_token"]) for each in minted]
    assert [*await first.profiles()] == ["LabCable"]
    assert await second.profiles() == {}


async def test_a_token_is_one_of_the_application_that_serves_the_most(lab: Lab) -> None:
    header, _ = parts(await lab.token())
    assert header["application"] == "lab-app"
    await lab.admin("PATCH", "applications/lab-app", {"revoked": True})
    header, _ = parts(await lab.token())
    assert header["application"] == "second-app"


async def test_a_token_can_be_asked_for_an_application(lab: Lab) -> None:
    app = _app(lab, await lab.token(application="second-app"))
    assert_enhanced(await app.get("profiles"), "invalid_access_token_service_provider")


async def test_a_token_can_be_asked_for_a_client(lab: Lab) -> None:
    minted = await lab.admin("POST", "tokens", {"client": "app-1", "application": "lab-app"})
    assert minted["client_id"] == "app-1"
    await _app(lab, minted["access_token"]).profiles()
    assert (await lab.admin("GET", "profiles/own"))["client"] == "app-1"


async def test_a_token_lasts_as_long_as_it_was_asked_for(lab: Lab) -> None:
    minted = await lab.admin("POST", "tokens", {"expires_in": 60})
    assert minted["expires_in"] == 60
    app = _app(lab, minted["access_token"])
    lab.clock.advance(seconds=59)
    await app.profiles()
    lab.clock.advance(seconds=1)
    assert_enhanced(await app.get("profiles"), "invalid_access_token_client_application")


async def test_a_token_of_its_own_outlives_a_reset(lab: Lab) -> None:
    app = _app(lab, await lab.token())
    await lab.admin("POST", "reset")
    assert [*await app.profiles()] == ["LabCable"]


async def test_making_a_token_changes_nothing(lab: Lab) -> None:
    before = await lab.state()
    await lab.token()
    assert await lab.state() == before


async def test_a_shell_gets_the_bare_token(lab: Lab) -> None:
    reply = await lab.call("POST", "/admin/v1/tokens", {"Accept": "text/plain"})
    assert reply.headers["Content-Type"].startswith("text/plain")
    assert await _app(lab, reply.text).profiles()


@pytest.mark.parametrize(
    ("body", "status", "code", "says"),
    [
        ({"application": "nope"}, 404, "application_not_found", "lab-app, second-app"),
        ({"client": "nope"}, 404, "client_not_found", "Register"),
        (
            {"client": "app-1", "application": "second-app"},
            400,
            "client_of_other_application",
            "Leave",
        ),
        ({"expires_in": 0}, 422, "invalid_document", ""),
        ({"expires_in": "60"}, 422, "invalid_document", ""),
        ({"expires_in": True}, 422, "invalid_document", ""),
        ({"expires_in": 10**12}, 422, "invalid_document", ""),
        ({"application": 7, "clients": "x"}, 422, "invalid_document", ""),
        ([], 400, "invalid_body", ""),
    ],
)
async def test_a_token_for_nobody_is_refused(
    lab: Lab, body: object, status: int, code: str, says: str
) -> None:
    error = await lab.refused("POST", "tokens", body)
    assert (error["status"], error["code"]) == (status, code)
    assert says in error["hint"]


async def test_without_any_application_there_is_no_token(lab: Lab) -> None:
    await lab.admin("POST", "reset", {"to": "empty"})
    error = await lab.refused("POST", "tokens", {})
    assert (error["status"], error["code"]) == (404, "application_not_found")


async def test_a_token_means_the_same_to_whoever_issued_it_and_to_another_process(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.keys._ISSUED_KEPT", 2)
    simulator = simulator_of(lab)
    other = await Keys.load(simulator.engine, simulator.clock, simulator.ids)
    bodies = [{}, {"application": "lab-app", "scopes": ["a", "b"]}, {"expires_in": 1}]
    tokens = [(await lab.admin("POST", "tokens", body))["access_token"] for body in bodies]
    for token in tokens:
        told = other.read(token)
        assert told is not None
        # The first is the one that was issued too long ago to be known.
        assert simulator.keys.read(token) == simulator.keys.read(token) == told
