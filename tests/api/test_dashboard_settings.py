"""What the dashboard sets for an integration, on all platforms, a category of them, or one."""

from typing import Any, Final

import pytest

from tests.support.decisions import DAY, HOUR, decision, seeded
from tests.support.lab import App, Lab
from tests.support.logins import ANN, by_code, log_in
from tests.support.worlds import changed, profile

ROKU: Final = "eyJvc05hbWUiOiJSb2t1IE9TIn0="
# What is set at each level, and how many hours count then.
LEVELS: Final[dict[str, tuple[dict[str, str], int]]] = {
    "all": ({"all": "PT1H"}, 1),
    "category": ({"all": "PT1H", "TV connected": "PT2H"}, 2),
    "platform": ({"all": "PT1H", "TV connected": "PT2H", "Roku": "PT3H"}, 3),
    "another category": ({"all": "PT1H", "mobile": "PT2H"}, 1),
    "another platform": ({"all": "PT1H", "tvOS": "PT3H"}, 1),
}
levels = pytest.mark.parametrize(("set_at", "hours"), LEVELS.values(), ids=LEVELS)


async def _on_roku(lab: Lab, member: str, set_at: dict[str, str], **lists: Any) -> App:  # noqa: ANN401
    overrides = {level: {member: ttl} for level, ttl in set_at.items() if level != "all"}
    pair = ("LABSP", "LabCable")
    document = changed(pair, overrides=overrides, **{member: set_at["all"]})
    return await seeded(lab, {**document, **lists}, X_Device_Info=ROKU)


@levels
async def test_the_authentication_ttl(lab: Lab, set_at: dict[str, str], hours: int) -> None:
    app = await _on_roku(lab, "authentication_ttl", set_at, subscribers=[ANN])
    found = (await by_code(app, await log_in(app)))["LabCable"]
    assert found["notAfter"] - found["notBefore"] == hours * HOUR


@levels
async def test_the_authorization_ttl(lab: Lab, set_at: dict[str, str], hours: int) -> None:
    login = profile("login", client="app-1")
    app = await _on_roku(lab, "authorization_ttl", set_at, profiles=[login])
    item = await decision(app)
    assert item["notAfter"] - item["notBefore"] == hours * HOUR


async def test_a_platform_that_is_not_identified_has_settings_of_its_own(lab: Lab) -> None:
    overrides = {"unidentified": {"authentication_ttl": "PT1H"}}
    document = changed(("LABSP", "LabCable"), overrides=overrides)
    app = await seeded(lab, {**document, "subscribers": [ANN]})
    found = (await by_code(app, await log_in(app)))["LabCable"]
    assert found["notAfter"] - found["notBefore"] == HOUR
    on_roku = app.sending(X_Device_Info=ROKU)
    found = (await by_code(on_roku, await log_in(on_roku, mvpd="LabProxied")))["LabProxied"]
    assert found["notAfter"] - found["notBefore"] == 30 * DAY


@pytest.mark.parametrize("limit", [1, 3, 7])
async def test_how_many_resources_a_preauthorize_may_ask(lab: Lab, limit: int) -> None:
    document = changed(("LABSP", "LabCable"), preauthorize_limit=limit)
    app = await seeded(lab, {**document, "profiles": [profile("login", client="app-1")]})
    path = "/api/v2/LABSP/decisions/preauthorize/LabCable"
    for asked in (limit, limit + 1):
        resources = [f"resource-{number}" for number in range(asked)]
        reply = await lab.call("POST", path, app.headers, json={"resources": resources})
        found = reply.data()["decisions"]
        assert [each["authorized"] for each in found] == [asked == limit] * asked
