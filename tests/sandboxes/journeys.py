"""What an app does between two resets, with a check at each step that nobody else's world shows."""

from typing import Any, Final
from urllib.parse import urlsplit

from tests.sandboxes.places import HOME, Place, marked, users
from tests.support.dcr import app_with, registered
from tests.support.lab import App
from tests.support.logins import DONE, FORM, by_code, code_for, form_of
from tests.support.replies import Json, Reply
from tests.support.worlds import TV

CONSUMER: Final = "/sp/saml/SAMLAssertionConsumer"


def lived_in(name: str) -> dict[str, Any]:
    """A marked world with a viewer to log in as, whose userID says where they belong, too."""
    viewer = {
        "id": "viewer",
        "password": "secret",
        "user_id": _viewer(name),
        "entitlements": [name],
    }
    return marked(name, subscribers=[viewer])


def _viewer(mark: str) -> str:
    return f"viewer of {mark}"


async def journey(place: Place, mark: str) -> int:
    """Register, get a token, see the one login, and log out; `mark` is the world's own userID.

    The world was made by `marked` and nobody has used it yet. Returns its generation.
    """
    app = await app_with(place, await registered(place), TV)
    seen = await app.get("profiles")
    assert _found(seen) == {"LabCable": mark}
    return await _leave(app, seen)


async def whole_journey(place: Place, mark: str, *, by_hand: bool) -> int:
    """The same in a world that is `lived_in`, and then once more from a login to a logout.

    The viewer logs in on the provider's pages, or is let in `by_hand`. Returns the generation.
    """
    app = await app_with(place, await registered(place), TV)
    first = await _leave(app, await app.get("profiles"))
    code = await code_for(app)
    assert await by_code(app, code) == {}
    if by_hand:
        body = {"subscriber": "viewer"}
        assert (await place.admin("POST", f"codes/{code}/approve", body))["status"] == "completed"
    else:
        await _through_the_pages(place, code)
    assert {*await by_code(app, code)} == {"LabCable"}
    seen = await app.get("profiles")
    assert _found(seen) == {"LabCable": _viewer(mark)}
    assert await _authorized(app, mark) == "permit"
    assert await _authorized(app, "of another world") == "authorization_denied_by_mvpd"
    assert await _leave(app, seen) == first
    assert await _authorized(app, mark) == "authenticated_profile_missing"
    return first


async def _leave(app: App, seen: Reply) -> int:
    """Log out; the generation that all of it happened in."""
    left = await app.logout("LabCable")
    assert left.data()["logouts"]["LabCable"]["actionName"] == "logout"
    gone = await app.get("profiles")
    assert gone.data()["profiles"] == {}
    generations = {int(reply.headers["X-Sim-Generation"]) for reply in (seen, left, gone)}
    assert len(generations) == 1
    return generations.pop()


def _found(reply: Reply) -> dict[str, str]:
    """The userID of each profile, by MVPD."""
    profiles = reply.data()["profiles"]
    return {name: each["attributes"]["userID"]["value"] for name, each in profiles.items()}


async def _through_the_pages(place: Place, code: str) -> None:
    """As a browser does, which names no sandbox: the code alone leads home."""
    reply = await place.outside.call("GET", f"/api/v2/authenticate/LABSP/{code}")
    while location := reply.headers.get("Location"):
        assert reply.headers["X-Sim-Sandbox"] == place.name
        # Each replica answers with its own address; a proxy before them would have but one.
        parts = urlsplit(location)
        reply = await place.outside.call("GET", f"{parts.path}?{parts.query}")
    assert f"the sandbox {place.name}" in reply.text
    answers = form_of({"username": "viewer", "password": "secret"})
    landed = await place.outside.call(
        "POST", f"{CONSUMER}?reg_code={code}", {"Content-Type": FORM}, **answers
    )
    assert landed.headers["Location"] == DONE
    assert landed.headers["X-Sim-Sandbox"] == place.name


async def _authorized(app: App, mark: str) -> Json:
    """Whether the viewer may watch what only this world's viewer may: "permit", or the error's code."""
    path = f"/api/v2/{app.service_provider}/decisions/authorize/LabCable"
    reply = await app.lab.call("POST", path, app.headers, json={"resources": [mark]})
    (item,) = reply.data()["decisions"]
    return "permit" if item["authorized"] and item["token"] else item["error"]["code"]


async def whole_round_trip(place: Place, mark: str, *, by_hand: bool) -> None:
    """A whole journey, then a reset, and the world is as it was."""
    generation = await whole_journey(place, mark, by_hand=by_hand)
    reset = await place.admin("POST", "reset")
    cleared = {"clients": 1, "profiles": 1, "sessions": 1}
    assert reset == {"generation": generation + 1, "baseline": "lab", "cleared": cleared}
    assert await users(place) == {HOME: mark}
