"""Cached decisions go with the profile that they were made for, whoever deletes it."""

from tests.support.decisions import DAY, HOUR, ask
from tests.support.lab import App, Lab
from tests.support.worlds import TV, changed, profile


async def window_of(app: App) -> int:
    """For how many milliseconds the app is authorized for one resource."""
    (decision,) = (await ask(app, "news")).data()["decisions"]
    assert decision["authorized"]
    length: int = decision["notAfter"] - decision["notBefore"]
    return length


async def test_a_profile_that_is_deleted_and_made_again_is_decided_upon_anew(lab: Lab) -> None:
    await lab.seed(changed(("LABSP", "LabCable"), authorization_ttl="P1D"))
    app = await lab.app(TV)
    await lab.admin("POST", "profiles", profile("login"))
    assert await window_of(app) == DAY

    shorter = {"authorization_ttl": "PT1H"}
    await lab.admin("PATCH", "integrations/LABSP:LabCable", shorter)
    assert await window_of(app) == DAY, "an authorization is cached for as long as it was given"
    await lab.admin("DELETE", "profiles/login")
    await lab.admin("POST", "profiles", profile("login"))
    assert await window_of(app) == HOUR


async def test_a_login_that_takes_the_slot_of_another_one_is_decided_upon_anew(lab: Lab) -> None:
    await lab.seed(changed(("LABSP", "LabCable"), authorization_ttl="P1D"))
    app = await lab.app(TV)
    await lab.admin("POST", "profiles", profile("login"))
    assert await window_of(app) == DAY
    await lab.admin("PATCH", "integrations/LABSP:LabCable", {"authorization_ttl": "PT1H"})
    await lab.admin("POST", "profiles", profile("next"))
    assert await window_of(app) == HOUR
