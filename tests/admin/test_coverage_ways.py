"""Every way that `GET coverage` tells leads there: the sandbox is armed, the app makes its call."""

from typing import Final

from simulator.domain.coverage.axes import AXES, CONDUCT
from tests.catalogue.stage import TVOS
from tests.support.armed_calls import make, make_first
from tests.support.lab import App, Lab
from tests.support.replies import Json

DEVICE: Final = "demo-apple-tv"
# Operations are called as they are, and conduct is judged.
_ARMED: Final = [each for each in AXES if each not in {"operations", CONDUCT}]
# It takes half a minute; that a device meets it is shown by the tests of faults.
_SLOW: Final = {"faults:hang"}


async def _missing(lab: Lab, axes: list[str]) -> dict[str, Json]:
    """The cells that were not met, with the way to each."""
    found = await lab.admin("GET", "coverage")
    return {
        f"{axis['axis']}:{cell['name']}": cell["way"]
        for axis in found["axes"]
        if axis["axis"] in axes
        for cell in axis["cells"]
        if not cell["met"]
    }


async def _app(lab: Lab) -> App:
    """An app on an Apple TV, with a new token."""
    app = await lab.app(DEVICE, service_provider="REF30", application="sample-app")
    return app.sending(X_Device_Info=TVOS)


async def test_every_way_to_what_is_missing_leads_there(lab: Lab) -> None:
    await lab.seed("demo")
    app = await _app(lab)
    missing = await _missing(lab, _ARMED)
    assert len(missing) == sum(len(AXES[each].cells) for each in _ARMED)
    for cell, way in missing.items():
        if cell in _SLOW:
            continue
        assert way["arm"] == f"pass-simulator coverage arm {cell}"
        await make_first(app, way["first"], "Cablevision")
        armed = await lab.admin("POST", "coverage/arm", {"cell": cell, "device": DEVICE})
        await make(app, armed["then"])
        if cell == "clock:token":
            # What it shows is met with the token that the app has; after that it gets another.
            app = await _app(lab)
    assert await _missing(lab, _ARMED) == {each: missing[each] for each in _SLOW}
    found = {each["axis"]: each for each in (await lab.admin("GET", "coverage"))["axes"]}
    codes = found["codes"]["cells"]
    assert (len(codes), all(each["met"] for each in codes)) == (47, True)


async def test_what_cannot_be_armed_yet_says_what_is_lacking(lab: Lab) -> None:
    await lab.seed("demo")
    wanted = {"cell": "sessions:N11", "device": DEVICE}
    error = await lab.refuses(409, "nothing_to_arm", "POST", "coverage/arm", wanted)
    assert "create_session" in error["hint"]
    await lab.admin("POST", "reset", {"to": "empty"})
    wanted = {"cell": "logout:L5", "device": DEVICE}
    error = await lab.refuses(409, "nothing_to_arm", "POST", "coverage/arm", wanted)
    assert "demo" in error["hint"]
    error = await lab.refuses(422, "unknown_cell", "POST", "coverage/arm", {"cell": "logout:L15"})
    assert "logout:L1" in error["message"]
