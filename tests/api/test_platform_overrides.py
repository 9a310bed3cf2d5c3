"""An integration can be switched off on one platform: then it is missing there, for every operation."""

import base64
import json

from tests.support.lab import Lab
from tests.support.shapes import assert_enhanced
from tests.support.worlds import TV, changed, profile

ROKU = base64.b64encode(json.dumps({"osName": "Roku OS"}).encode()).decode()


async def test_logout_and_profiles_refuse_an_integration_that_is_off_on_the_platform(
    lab: Lab,
) -> None:
    off_on_roku = {"Roku": {"active": False}}
    await lab.seed(changed(("LABSP", "LabCable"), overrides=off_on_roku))
    await lab.admin("POST", "profiles", profile("login"))
    elsewhere = await lab.app(TV)
    on_roku = elsewhere.sending(X_Device_Info=ROKU)
    for reply in (await on_roku.logout("LabCable"), await on_roku.get("profiles/LabCable")):
        assert_enhanced(reply, "invalid_integration")
    assert (await elsewhere.logged_out("LabCable"))["actionName"] == "logout"


async def test_the_admin_api_refuses_names_with_a_nul(lab: Lab) -> None:
    for path in ("profiles/%00", "profiles?device=%00", "sandboxes/%00"):
        assert (await lab.refused("GET", path))["code"] == "invalid_request"
