"""A token is good in the sandbox that it was issued in, and nowhere else; no more once that is gone."""

from collections.abc import Awaitable, Callable

import pytest

from tests.sandboxes.places import Place, marked, open_place
from tests.support.dcr import app_with, registered
from tests.support.lab import App, Lab
from tests.support.replies import Reply
from tests.support.shapes import assert_enhanced
from tests.support.worlds import TV

UNAUTHORIZED = "invalid_access_token_client_application"

GetApp = Callable[[Place], Awaitable[App]]


async def _registered(place: Place) -> App:
    return await app_with(place, await registered(place), TV)


async def _minted(place: Place) -> App:
    return await place.app(TV)


async def _minted_for_a_client(place: Place) -> App:
    return await place.app(TV, client="app-1")


@pytest.fixture
async def lab(lab: Lab) -> Lab:
    await lab.seed(marked("default"))
    return lab


@pytest.fixture(params=[_registered, _minted, _minted_for_a_client])
async def app(request: pytest.FixtureRequest, lab: Lab) -> App:
    """An app whose token is of the sandbox `ci-42`, and that names no sandbox when it calls."""
    place = await open_place(lab, "ci-42", marked("ci-42"))
    get_app: GetApp = request.param
    made = await get_app(place)
    return App(lab=lab, device=TV, token=made.token, service_provider="LABSP")


def _assert_stopped(reply: Reply, sandbox: str) -> None:
    assert_enhanced(reply, UNAUTHORIZED)
    assert reply.headers["X-Sim-Sandbox"] == sandbox


async def test_a_token_alone_leads_to_its_sandbox(app: App) -> None:
    reply = await app.get("profiles")
    assert reply.headers["X-Sim-Sandbox"] == "ci-42"
    seen = reply.data()["profiles"]
    assert seen["LabCable"]["attributes"]["userID"]["value"] == "ci-42"


async def test_a_token_is_refused_in_any_other_sandbox(lab: Lab, app: App) -> None:
    other = await open_place(lab, "other", marked("other"))
    before = await lab.state(), await other.state()
    for name in ("default", "other"):
        for path in ("profiles", "logout/LabCable?redirectUrl=https%3A%2F%2Fapp.example"):
            _assert_stopped(await app.sending(X_Sim_Sandbox=name).get(path), name)
    assert (await lab.state(), await other.state()) == before


async def test_a_token_of_a_deleted_sandbox_does_nothing_anywhere(lab: Lab, app: App) -> None:
    other = await open_place(lab, "other", marked("other"))
    await lab.admin("DELETE", "sandboxes/ci-42")
    before = await lab.state(), await other.state()
    for call in (app.get("profiles"), app.logout("LabCable")):
        _assert_stopped(await call, "default")
    await other.admin("PUT", f"devices/{TV}/claim", {})
    for call in (app.get("profiles"), app.logout("LabCable")):
        _assert_stopped(await call, "other")
    assert (await lab.state(), await other.state()) == before


async def test_a_client_of_a_deleted_sandbox_is_unknown_in_its_namesake(lab: Lab) -> None:
    place = await open_place(lab, "ci-42", marked("ci-42"))
    app = await _registered(place)
    await lab.admin("DELETE", "sandboxes/ci-42")
    again = await open_place(lab, "ci-42", marked("again"))
    before = await again.state()
    _assert_stopped(await app.get("profiles"), "ci-42")
    assert await again.state() == before


async def test_a_client_that_a_reset_took_away_has_to_register_again(lab: Lab) -> None:
    place = await open_place(lab, "ci-42", marked("ci-42"))
    app = await _registered(place)
    await place.admin("POST", "reset")
    _assert_stopped(await app.get("profiles"), "ci-42")
    # One that was minted has no row to lose.
    minted = await place.app(TV)
    await place.admin("POST", "reset")
    assert "LabCable" in await minted.profiles()
