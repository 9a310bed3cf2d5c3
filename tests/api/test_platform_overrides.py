"""An integration can be switched off on one platform: then it is missing there, for every operation."""

from tests.support.decisions import seeded
from tests.support.lab import Lab
from tests.support.logins import FULL, code_for, post
from tests.support.shapes import assert_enhanced
from tests.support.worlds import changed, profile


async def test_an_integration_that_is_off_on_the_platform_is_refused(lab: Lab) -> None:
    elsewhere = await seeded(
        lab, changed(("LABSP", "LabCable"), overrides={"Roku": {"active": False}})
    )
    await lab.admin("POST", "profiles", profile("login"))
    on_roku = elsewhere.sending(X_Device_Info="eyJvc05hbWUiOiJSb2t1IE9TIn0=")
    for reply in (
        await on_roku.logout("LabCable"),
        await on_roku.get("profiles/LabCable"),
        await post(on_roku, "sessions", FULL),
    ):
        assert_enhanced(reply, "invalid_integration")
    assert (await elsewhere.logged_out("LabCable"))["actionName"] == "logout"
    assert await code_for(elsewhere)


async def test_the_admin_api_refuses_names_with_a_nul(lab: Lab) -> None:
    for path in ("profiles/%00", "profiles?device=%00", "sandboxes/%00"):
        assert (await lab.refused("GET", path))["code"] == "invalid_request"
