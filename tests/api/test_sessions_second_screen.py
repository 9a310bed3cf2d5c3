"""Two screens, one login: the television has the code, a phone or a browser does the rest."""

from collections.abc import Mapping

import pytest

from tests.support.lab import App, Lab
from tests.support.logins import ANN, DONE, FULL, Browser, by_code, create, post
from tests.support.worlds import TV, world


@pytest.fixture
async def tv(lab: Lab) -> App:
    await lab.seed(world(subscribers=[ANN]))
    return await lab.app(TV, client="app-1")


@pytest.fixture
async def phone(tv: App) -> App:
    """Another app instance, on another device, of the same channel."""
    return await tv.lab.app("a-phone", client="app-2")


async def _log_in(lab: Lab, url: str) -> Browser:
    browser = Browser(lab=lab)
    page = await browser.open(url)
    assert page.page.status == 200
    assert (await browser.submit(page, username="ann", password="secret")).url == DONE
    return browser


async def test_a_second_screen_that_chooses_the_mvpd(tv: App, phone: App) -> None:
    answer = await create(tv)
    code = answer["code"]
    assert answer["missingParameters"] == ["mvpd", "domainName", "redirectUrl"]

    seen = (await phone.get(f"sessions/{code}")).data()
    assert seen["missingParameters"] == ["mvpd", "domainName", "redirectUrl"]
    assert seen["existingParameters"] == {"serviceProvider": "LABSP"}

    answer = (await post(phone, f"sessions/{code}", FULL)).data()
    assert answer["actionName"] == "authenticate"
    assert await by_code(tv, code) == {}
    await _log_in(tv.lab, answer["url"])

    found = await by_code(tv, code)
    assert found["LabCable"]["attributes"]["userID"]["value"] == "viewer-ann"
    # Both may ask by the code, but the login is the television's.
    assert await by_code(phone, code) == found
    assert await tv.profiles() == found
    assert await phone.profiles() == {}


async def test_the_login_lands_in_the_slot_of_the_app_that_asked(tv: App, phone: App) -> None:
    code = (await create(tv))["code"]
    await _log_in(tv.lab, (await post(phone, f"sessions/{code}", FULL)).data()["url"])
    stored = (await tv.lab.admin("GET", "profiles"))["items"]
    assert [(each["client"], each["device"]) for each in stored] == [("app-1", TV)]


async def test_the_platform_of_the_television_decides_how_long_the_login_lasts(
    lab: Lab, tv: App
) -> None:
    await lab.admin(
        "PATCH",
        "integrations/LABSP:LabCable",
        {"overrides": {"Roku": {"authentication_ttl": "PT1H"}}},
    )
    roku = tv.sending(X_Device_Info="eyJvc05hbWUiOiJSb2t1IE9TIn0=")
    code = (await create(roku))["code"]
    phone = (await lab.app("a-phone")).sending(X_Device_Info="eyJvc05hbWUiOiJpT1MifQ==")
    await _log_in(lab, (await post(phone, f"sessions/{code}", FULL)).data()["url"])
    found = (await by_code(tv, code))["LabCable"]
    assert found["notAfter"] - found["notBefore"] == 3_600_000


async def test_a_later_login_takes_the_place_of_the_earlier_one(tv: App) -> None:
    await tv.lab.admin("POST", "subscribers", {"id": "bob", "password": "secret"})
    first = await create(tv, FULL)
    await _log_in(tv.lab, first["url"])
    code = first["code"]
    assert _viewer(await by_code(tv, code)) == "viewer-ann"

    await tv.logged_out("LabCable")
    again = await create(tv, FULL)
    await Browser(lab=tv.lab).log_in(again["url"], "bob")
    assert _viewer(await by_code(tv, again["code"])) != "viewer-ann"
    stored = (await tv.lab.admin("GET", "profiles"))["items"]
    assert [each["subscriber"] for each in stored] == ["bob"]


def _viewer(profiles: Mapping[str, Mapping[str, Mapping[str, Mapping[str, object]]]]) -> object:
    return profiles["LabCable"]["attributes"]["userID"]["value"]
