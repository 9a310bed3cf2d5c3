"""The provider's own session: it spares a browser the form until its logout page is opened."""

import pytest

from tests.support.lab import App, Lab
from tests.support.logins import DONE, Browser, by_code, code_for
from tests.support.worlds import BOX, TV, world


@pytest.fixture
async def browser(app: App) -> Browser:
    """A browser that has logged in at LabCable, for an app that is logged out again."""
    browser = Browser(lab=app.lab)
    page = await browser.open(await _url(app))
    assert (await browser.submit(page, username="ann", password="secret")).url == DONE
    await app.logged_out("LabCable")
    return browser


async def _url(app: App, **changes: str) -> str:
    return f"/api/v2/authenticate/LABSP/{await code_for(app, **changes)}"


async def test_the_next_login_needs_no_form(app: App, browser: Browser) -> None:
    code = await code_for(app)
    landed = await browser.open(f"/api/v2/authenticate/LABSP/{code}")
    assert landed.url == DONE
    found = await by_code(app, code)
    assert found["LabCable"]["attributes"]["userID"]["value"] == "viewer-ann"


async def test_nor_does_the_next_device(browser: Browser) -> None:
    other = await browser.lab.app(BOX)
    assert (await browser.open(await _url(other))).url == DONE
    assert [*await other.profiles()] == ["LabCable"]


async def test_another_browser_has_to_fill_it_in(app: App, browser: Browser) -> None:
    landing = await Browser(lab=app.lab).open(await _url(app))
    assert landing.form.fields["username"] == ""


async def test_so_does_another_provider(app: App, browser: Browser) -> None:
    landing = await browser.open(await _url(app, mvpd="LabDish"))
    assert landing.form.fields["username"] == ""


async def test_opening_the_url_of_a_logout_ends_it(app: App, browser: Browser) -> None:
    await browser.open(await _url(app))
    url = (await app.logged_out("LabCable"))["url"]
    assert browser.cookies
    assert (await browser.open(url)).url == "https://app.example/signed-out"
    assert browser.cookies == {}
    landing = await browser.open(await _url(app))
    assert landing.form.fields["username"] == ""


async def test_the_logout_call_alone_does_not_end_it(app: App, browser: Browser) -> None:
    await browser.open(await _url(app))
    await app.logged_out("LabCable")
    assert (await browser.open(await _url(app))).url == DONE


async def test_logging_out_of_another_provider_does_not_end_it(app: App, browser: Browser) -> None:
    await browser.open("/provider/logout?mvpd=LabProxied&redirect_url=https%3A%2F%2Fapp.example")
    assert (await browser.open(await _url(app))).url == DONE


async def test_an_account_that_is_gone_has_to_be_named_anew(app: App, browser: Browser) -> None:
    await app.lab.admin("DELETE", "subscribers/ann")
    landing = await browser.open(await _url(app))
    assert landing.form.fields["username"] == ""
    assert "wrong" not in landing.page.text


async def test_an_account_that_lost_its_package_is_told_and_led_back(
    app: App, browser: Browser
) -> None:
    await app.lab.admin("PATCH", "subscribers/ann", {"entitlements": []})
    landed = await browser.open(await _url(app))
    assert landed.page.status == 400
    assert "This account has no TV package." in landed.page.text
    assert f'href="{DONE}"' in landed.page.text


async def test_each_sandbox_has_providers_of_its_own(app: App, browser: Browser) -> None:
    lab = app.lab
    await lab.admin("POST", "sandboxes", {"id": "ci-42", "from_sandbox": "default"})
    token = (await lab.call("POST", "/s/ci-42/admin/v1/tokens", json={})).data()["access_token"]
    there = App(lab=lab, device=TV, token=token, service_provider="LABSP")
    landing = await browser.open(await _url(there))
    assert landing.form.fields["username"] == ""


@pytest.mark.parametrize("value", ["nobody", "", "%00", "%FF", "\udcff", "a%20b%3B", "x" * 3000])
async def test_a_cookie_that_somebody_made_up_is_none(
    app: App, browser: Browser, value: str
) -> None:
    (name,) = browser.cookies
    browser.cookies[name] = value
    landing = await browser.open(await _url(app))
    assert landing.form.fields["username"] == ""


@pytest.mark.parametrize("name", ["ann; b=c", 'a"n"n', "ann ü", "a,n\\n", "安"])
async def test_an_account_of_any_name_is_known_again(lab: Lab, name: str) -> None:
    account = {"id": name, "username": "odd", "password": "secret"}
    await lab.seed(world(subscribers=[account]))
    app = await lab.app(TV, client="app-1")
    browser = Browser(lab=lab)
    page = await browser.open(await _url(app))
    assert (await browser.submit(page, username="odd", password="secret")).url == DONE
    await app.logged_out("LabCable")
    assert (await browser.open(await _url(app))).url == DONE


async def test_the_cookie_is_out_of_reach_of_scripts(app: App) -> None:
    browser = Browser(lab=app.lab)
    page = await browser.open(await _url(app))
    landed = await browser.submit(page, username="ann", password="secret")
    cookie = landed.page.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "secret" not in cookie
