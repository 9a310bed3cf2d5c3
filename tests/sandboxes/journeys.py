"""What an app does between two resets, with a check at each step that nobody else's world shows."""

from tests.sandboxes.places import HOME, Place, users
from tests.support.dcr import app_with, registered
from tests.support.worlds import TV


async def journey(place: Place, mark: str) -> int:
    """Register, get a token, see the one login, and log out; `mark` is the world's own userID.

    The world was made by `marked` and nobody has used it yet. Returns its generation.
    """
    app = await app_with(place, await registered(place), TV)
    seen = await app.get("profiles")
    found = {name: each["attributes"] for name, each in seen.data()["profiles"].items()}
    assert found == {"LabCable": {"userID": {"value": mark, "state": "plain"}}}
    left = await app.logout("LabCable")
    assert left.data()["logouts"]["LabCable"]["actionName"] == "logout"
    gone = await app.get("profiles")
    assert gone.data()["profiles"] == {}
    generations = {int(reply.headers["X-Sim-Generation"]) for reply in (seen, left, gone)}
    assert len(generations) == 1
    return generations.pop()


async def round_trip(place: Place, mark: str) -> None:
    """A journey, then a reset, and the world is as it was."""
    generation = await journey(place, mark)
    reset = await place.admin("POST", "reset")
    cleared = {"clients": 1, "profiles": 1}
    assert reset == {"generation": generation + 1, "baseline": "lab", "cleared": cleared}
    assert await users(place) == {HOME: mark}
