"""The second screen: a phone, or the TV itself, on which somebody types the code of an app."""

import pytest

from tests.sandboxes.places import open_place
from tests.support.lab import App, Lab
from tests.support.logins import ANN, DONE, FULL, Browser, Landing, by_code, code_for, create
from tests.support.worlds import TV, rule, world

HTML = "text/html; charset=utf-8"


@pytest.fixture
async def app(lab: Lab) -> App:
    await lab.seed(
        world(subscribers=[ANN, {"id": "poor", "password": "secret", "entitlements": []}])
    )
    return await lab.app(TV, client="app-1")


@pytest.fixture
def phone(lab: Lab) -> Browser:
    return Browser(lab=lab)


async def _type(phone: Browser, code: str) -> Landing:
    """Open the page and send the code off as the viewer types it."""
    page = await phone.open("/activate")
    assert (page.page.status, page.page.headers["Content-Type"]) == (200, HTML)
    return await phone.submit(page, code=code)


async def _empty_session(app: App) -> str:
    answer = await create(app)
    assert answer["missingParameters"] == ["mvpd", "domainName", "redirectUrl"]
    return str(answer["code"])


async def test_a_session_that_lacks_nothing_goes_straight_to_the_login(
    app: App, phone: Browser
) -> None:
    code = await code_for(app)
    login = await _type(phone, code)
    assert f"{app.lab.origin}/api/v2/authenticate/LABSP/{code}" in [
        hop.headers.get("Location") for hop in login.hops
    ]
    landed = await phone.submit(login, username="ann", password="secret")
    assert landed.url == DONE
    assert [*await by_code(app, code)] == ["LabCable"]


async def test_without_an_mvpd_the_viewer_chooses_one_and_ends_on_our_own_page(
    app: App, phone: Browser
) -> None:
    code = await _empty_session(app)
    picker = await _type(phone, code)
    assert picker.page.status == 200
    offered = [name for name in ("LabCable", "LabDish", "LabProxied") if name in picker.page.text]
    assert len(offered) == 3
    # One is switched off, and nobody logs in at a TempPass.
    assert not any(name in picker.page.text for name in ("LabOff", "TempBasic", "TempPromo"))
    login = await phone.submit(picker, mvpd="LabDish")
    assert "Sign in to LabDish" in login.page.text
    landed = await phone.submit(login, username="ann", password="secret")
    assert landed.url == f"{app.lab.origin}/activate/done?code={code}"
    assert "You are signed in" in landed.page.text
    assert [*await by_code(app, code)] == ["LabDish"]


async def test_a_provider_whose_name_is_another_than_its_id_is_offered_by_both(
    app: App, phone: Browser
) -> None:
    await app.lab.admin("PATCH", "mvpds/LabDish", {"display_name": "Saucer"})
    await app.lab.admin("PATCH", "mvpds/LabCable", {"display_name": "Lab Cable"})
    picker = (await _type(phone, await _empty_session(app))).page.text
    assert 'Saucer <span class="soft">LabDish</span>' in picker
    assert ">Lab Cable</button>" in picker


async def test_what_the_session_has_is_kept(app: App, phone: Browser) -> None:
    code = (await create(app, {"redirectUrl": DONE, "domainName": "tv.example"}))["code"]
    login = await phone.submit(await _type(phone, code), mvpd="LabCable")
    landed = await phone.submit(login, username="ann", password="secret")
    assert landed.url == DONE
    kept = (await app.get(f"sessions/{code}")).data()["existingParameters"]
    assert kept == {**FULL, "domainName": "tv.example", "serviceProvider": "LABSP"}


async def test_only_a_missing_redirect_url_asks_the_viewer_nothing(
    app: App, phone: Browser
) -> None:
    code = (await create(app, {"mvpd": "LabCable"}))["code"]
    login = await _type(phone, code)
    assert "Sign in to LabCable" in login.page.text


@pytest.mark.parametrize("grouped", ["{a}-{b}", " {a} {b} ", "{low}"])
async def test_blanks_dashes_and_small_letters_do_not_matter(
    app: App, phone: Browser, grouped: str
) -> None:
    code = await code_for(app)
    typed = grouped.format(a=code[:3], b=code[3:], low=code.lower())
    assert "Sign in to LabCable" in (await _type(phone, typed)).page.text
    # As does a link, or the square on a TV's screen, that carries the code.
    again = await phone.open(f"/activate?code={typed.replace(' ', '%20')}")
    assert "Sign in to LabCable" in again.page.text


@pytest.mark.parametrize("typed", ["AAAAAAA", "ZZZ", "<b>", "ABC123\x00", "é" * 7])
async def test_a_code_that_is_none_can_be_typed_again(app: App, phone: Browser, typed: str) -> None:
    before = await app.lab.admin("GET", "sessions")
    refused = await _type(phone, typed)
    assert (refused.page.status, refused.page.headers["Content-Type"]) == (400, HTML)
    assert 'role="alert"' in refused.page.text
    assert "<b>" not in refused.page.text
    assert refused.form.fields.keys() == {"code"}
    assert await app.lab.admin("GET", "sessions") == before


@pytest.mark.parametrize("typed", ["", "  ", "--"])
async def test_nothing_typed_shows_the_page_again(app: App, phone: Browser, typed: str) -> None:
    shown = await _type(phone, typed)
    assert shown.page.status == 200
    assert shown.form.fields.keys() == {"code"}


async def test_codes_that_are_over(app: App, phone: Browser) -> None:
    old = await code_for(app)
    current = await code_for(app)
    assert "replaced" in (await _type(phone, old)).page.text
    await app.lab.admin("POST", f"codes/{current}/expire")
    assert "expired" in (await _type(phone, current)).page.text
    for code in (old, current):
        chosen = await app.lab.call("POST", f"/activate?code={code}", data={"mvpd": "LabDish"})
        assert chosen.status == 400
        assert (await phone.open(f"/activate/done?code={code}")).page.status == 400


async def test_a_code_that_was_used_says_that_all_is_well(app: App, phone: Browser) -> None:
    code = await code_for(app)
    await app.lab.admin("POST", f"codes/{code}/approve")
    for url in (f"/activate?code={code}", f"/activate/done?code={code}"):
        assert "You are signed in" in (await phone.open(url)).page.text
    chosen = await app.lab.call("POST", f"/activate?code={code}", data={"mvpd": "LabDish"})
    assert "You are signed in" in chosen.text
    assert [*await by_code(app, code)] == ["LabCable"]


async def test_a_login_that_was_given_up_can_be_tried_again(app: App, phone: Browser) -> None:
    code = await _empty_session(app)
    login = await phone.submit(await _type(phone, code), mvpd="LabCable")
    failed = await phone.submit(login, action="cancel")
    assert failed.url.endswith(f"/activate/done?code={code}")
    assert "You are not signed in" in failed.page.text
    assert f"/activate?code={code}" in failed.page.text
    login = await phone.open(f"/activate?code={code}")
    landed = await phone.submit(login, username="ann", password="secret")
    assert "You are signed in" in landed.page.text


async def test_an_account_without_a_package(app: App, phone: Browser) -> None:
    code = await _empty_session(app)
    login = await phone.submit(await _type(phone, code), mvpd="LabCable")
    refused = await phone.submit(login, username="poor", password="secret")
    assert refused.page.status == 400
    assert "This account has no TV package." in refused.page.text
    assert f"/activate/done?code={code}" in refused.page.text
    assert await by_code(app, code) == {}


async def test_where_access_is_degraded_there_is_nothing_to_log_in_for(
    app: App, phone: Browser
) -> None:
    await app.lab.admin("POST", "degradations", rule("AuthNAll", mvpd="LabDish"))
    code = await _empty_session(app)
    done = await phone.submit(await _type(phone, code), mvpd="LabDish")
    assert "You are signed in" in done.page.text
    assert (await by_code(app, code))["LabDish"]["type"] == "degraded"


@pytest.mark.parametrize("mvpd", ["LabOff", "TempBasic", "Nobody", "", "<b>"])
async def test_an_mvpd_that_is_not_offered_is_asked_for_again(
    app: App, phone: Browser, mvpd: str
) -> None:
    code = await _empty_session(app)
    before = await app.lab.admin("GET", "sessions")
    page = await _type(phone, code)
    again = await phone.submit(page, mvpd=mvpd)
    assert "Choose your TV provider" in again.page.text
    assert "<b>" not in again.page.text
    assert await app.lab.admin("GET", "sessions") == before


async def test_a_service_provider_with_nothing_to_log_in_at_says_so(
    app: App, phone: Browser
) -> None:
    for mvpd in ("LabCable", "LabDish", "LabProxied"):
        await app.lab.admin("PATCH", f"integrations/LABSP:{mvpd}", {"active": False})
    shown = await _type(phone, await _empty_session(app))
    assert "No TV provider can be used with LABSP" in shown.page.text


@pytest.mark.parametrize("prefix", ["", "/s/ci-42"])
async def test_the_code_says_whose_sandbox_it_is(lab: Lab, phone: Browser, prefix: str) -> None:
    """Nobody types the name of a sandbox into a phone."""
    place = await open_place(lab, "ci-42", world(subscribers=[ANN]))
    app = await place.app(TV, client="app-1")
    code = await _empty_session(app)
    page = await phone.open(f"{prefix}/activate")
    picker = await phone.submit(page, code=code)
    login = await phone.submit(picker, mvpd="LabCable")
    landed = await phone.submit(login, username="ann", password="secret")
    assert landed.url == f"{lab.origin}{prefix}/activate/done?code={code}"
    assert landed.page.headers["X-Sim-Sandbox"] == "ci-42"
    assert [*await by_code(app, code)] == ["LabCable"]
