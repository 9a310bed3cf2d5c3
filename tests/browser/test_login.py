"""Logging in and out in a real browser, on a phone, with a keyboard, without JavaScript."""

from typing import Final

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import AppsPages
from tests.support.lab import App, Lab
from tests.support.logins import ANN, by_code, code_for, create
from tests.support.worlds import TV, world

PHONE: Final = ViewportSize(width=390, height=844)


@pytest.fixture
async def tv(lab: Lab) -> App:
    """An app on a television, at a provider of either kind."""
    await lab.seed(
        world(
            subscribers=[ANN],
            mvpds=[{"id": "LabForm", "display_name": "Lab Form", "login": "form_post"}],
            integrations=[{"service_provider": "LABSP", "mvpd": "LabForm"}],
        )
    )
    return await lab.app(TV, client="app-1")


async def _url(tv: App, pages: AppsPages, **changes: str) -> tuple[str, str]:
    """A code, and the whole url to log in with it."""
    code = await code_for(tv, redirectUrl=pages.done, **changes)
    return code, f"{tv.lab.origin}/api/v2/authenticate/LABSP/{code}"


async def _sign_in(page: Page, username: str = "ann", password: str = "secret") -> None:
    await page.get_by_label("User name").fill(username)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()


async def test_a_television_and_a_phone_in_and_out(
    tv: App, browser: Browser, app_pages: AppsPages
) -> None:
    answer = await create(tv)
    code = answer["code"]
    assert answer["actionName"] == "resume"

    # The phone completes what the television began.
    phone = await browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True)
    page = await phone.new_page()
    resumed = await tv.lab.call(
        "POST",
        f"/api/v2/LABSP/sessions/{code}",
        {"Authorization": f"Bearer {tv.token}"},
        data={"mvpd": "LabCable", "domainName": "lab.example", "redirectUrl": app_pages.done},
    )
    await page.goto(tv.lab.origin + resumed.data()["url"])
    await expect(page.get_by_role("heading")).to_have_text("Sign in to LabCable")
    assert await by_code(tv, code) == {}
    await _sign_in(page)
    await expect(page.get_by_role("heading")).to_have_text("You are back in the app")
    assert page.url == app_pages.done

    # The television, which has been polling, finds it.
    found = await by_code(tv, code)
    assert found["LabCable"]["attributes"]["userID"]["value"] == "viewer-ann"
    assert await tv.profiles() == found

    # Logging out ends the provider's own session, too, once the url was opened.
    logout = (await tv.logout("LabCable", app_pages.signed_out)).data()["logouts"]["LabCable"]
    assert await tv.profiles() == {}
    assert [each["name"][:9] for each in await phone.cookies()] == ["provider_"]
    await page.goto(logout["url"])
    await expect(page.get_by_role("heading")).to_have_text("You are signed out")
    assert page.url == app_pages.signed_out
    assert await phone.cookies() == []

    _, url = await _url(tv, app_pages)
    await page.goto(url)
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()


async def test_the_providers_own_session_spares_the_form(
    tv: App, browser: Browser, app_pages: AppsPages
) -> None:
    page = await browser.new_page()
    _, url = await _url(tv, app_pages)
    await page.goto(url)
    await _sign_in(page)
    await expect(page).to_have_url(app_pages.done)
    await tv.logged_out("LabCable")
    code, url = await _url(tv, app_pages)
    await page.goto(url)
    assert page.url == app_pages.done
    assert [*await by_code(tv, code)] == ["LabCable"]


async def test_a_provider_that_is_asked_by_a_form_posts_it_by_itself(
    tv: App, browser: Browser, app_pages: AppsPages
) -> None:
    page = await browser.new_page()
    code, url = await _url(tv, app_pages, mvpd="LabForm")
    await page.goto(url)
    await expect(page.get_by_role("heading")).to_have_text("Sign in to Lab Form")
    await _sign_in(page)
    await expect(page).to_have_url(app_pages.done)
    assert [*await by_code(tv, code)] == ["LabForm"]


async def test_keys_are_enough_and_no_script_is_needed(
    tv: App, browser: Browser, app_pages: AppsPages
) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    code, url = await _url(tv, app_pages, mvpd="LabForm")
    await page.goto(url)
    await expect(page.get_by_role("button", name="Continue")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("User name")).to_be_focused()

    await page.keyboard.type("ann")
    await page.keyboard.press("Tab")
    await page.keyboard.type("wrong")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("The user name or the password is wrong.")
    await expect(page.get_by_label("User name")).to_have_value("ann")
    await expect(page.get_by_label("Password")).to_be_focused()

    await page.keyboard.type("secret")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Sign in")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(app_pages.done)
    assert [*await by_code(tv, code)] == ["LabForm"]


async def test_cancelling_leads_back_to_the_app(
    tv: App, browser: Browser, app_pages: AppsPages
) -> None:
    page = await browser.new_page()
    code, url = await _url(tv, app_pages)
    await page.goto(url)
    await page.get_by_role("button", name="Cancel").click()
    await expect(page).to_have_url(app_pages.done)
    assert await by_code(tv, code) == {}


async def test_a_code_that_is_over_says_so_with_a_way_back(
    tv: App, browser: Browser, app_pages: AppsPages
) -> None:
    page = await browser.new_page()
    code, url = await _url(tv, app_pages)
    await tv.lab.admin("POST", f"codes/{code}/approve")
    response = await page.goto(url)
    assert response is not None
    assert response.status == 400
    await page.get_by_role("link", name="Back to the app").click()
    await expect(page).to_have_url(app_pages.done)
