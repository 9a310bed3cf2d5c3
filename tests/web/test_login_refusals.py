"""Logins that cannot go on: a page for people, with status 400, that changes nothing."""

from collections.abc import Callable
from typing import Final

import pytest

from tests.support.lab import App
from tests.support.logins import DONE, FORM, Browser, by_code, code_for, create, form_of
from tests.support.replies import Reply

HTML: Final = "text/html; charset=utf-8"

Path = Callable[[str], tuple[str, str]]

# Each way into a login, by the code.
WAYS: Final[dict[str, Path]] = {
    "authenticate": lambda code: ("GET", f"/api/v2/authenticate/LABSP/{code}"),
    "saml": lambda code: ("GET", f"/adobe-services/authenticate/saml?reg_code={code}"),
    "login page": lambda code: ("GET", f"/provider/login?reg_code={code}"),
    "posted to the login page": lambda code: ("POST", f"/provider/login?reg_code={code}"),
    "consumer": lambda code: ("POST", f"/sp/saml/SAMLAssertionConsumer?reg_code={code}"),
    "cancelled": lambda code: ("POST", f"/sp/saml/SAMLAssertionConsumer?reg_code={code}&x"),
}


@pytest.fixture(params=[*WAYS])
def way(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


async def _go(app: App, way: str, code: str) -> Reply:
    method, path = WAYS[way](code)
    answers = {"username": "ann", "password": "secret"}
    if way == "cancelled":
        answers["action"] = "cancel"
    options = form_of(answers) if method == "POST" else {}
    return await app.lab.call(method, path, {"Content-Type": FORM}, **options)


async def _refused(app: App, way: str, code: str) -> str:
    before = await app.lab.admin("GET", "sessions"), await app.lab.profile_ids()
    reply = await _go(app, way, code)
    assert (reply.status, reply.headers["Content-Type"]) == (400, HTML)
    assert "This login cannot go on" in reply.text
    assert (await app.lab.admin("GET", "sessions"), await app.lab.profile_ids()) == before
    return reply.text


@pytest.mark.parametrize("code", ["AAAAAAA", "ZZZ", "%20", "%3Cb%3E", "ABC123%00"])
async def test_a_code_that_is_none(app: App, way: str, code: str) -> None:
    text = await _refused(app, way, code)
    assert "Ask for a new code in the app." in text
    assert "<b>" not in text


async def test_a_code_that_expired(app: App, way: str) -> None:
    code = await code_for(app)
    app.lab.clock.advance(minutes=30)
    assert "has expired" in await _refused(app, way, code)


async def test_a_code_that_was_replaced(app: App, way: str) -> None:
    code = await code_for(app)
    await code_for(app)
    assert "was replaced by a newer one" in await _refused(app, way, code)


async def test_a_code_that_was_used_leads_back_to_the_app(app: App, way: str) -> None:
    code = await code_for(app)
    await app.lab.admin("POST", f"codes/{code}/approve")
    text = await _refused(app, way, code)
    assert "has been used already" in text
    assert f'href="{DONE}"' in text
    assert [*await by_code(app, code)] == ["LabCable"]


async def test_a_code_that_lacks_something(app: App, way: str) -> None:
    code = (await create(app, {"mvpd": "LabCable"}))["code"]
    assert "lacks domainName, redirectUrl" in await _refused(app, way, code)


async def test_a_provider_that_was_switched_off_meanwhile(app: App, way: str) -> None:
    code = await code_for(app)
    await app.lab.admin("PATCH", "integrations/LABSP:LabCable", {"active": False})
    assert "cannot be used any more" in await _refused(app, way, code)
    await app.lab.admin("PATCH", "integrations/LABSP:LabCable", {"active": True})
    assert (await _go(app, way, code)).status in {200, 302}


async def test_a_provider_that_is_gone(app: App, way: str) -> None:
    code = await code_for(app)
    await app.lab.admin("DELETE", "integrations/LABSP:LabCable")
    assert "cannot be used any more" in await _refused(app, way, code)


async def test_a_code_that_is_only_reserved(app: App, way: str) -> None:
    await app.lab.admin("PUT", "codes/next", {"code": "ABC1234"})
    assert "No authentication session has this code." in await _refused(app, way, "ABC1234")


async def test_a_second_click_on_sign_in_does_no_harm(app: App) -> None:
    code = await code_for(app)
    browser = Browser(lab=app.lab)
    page = await browser.open(f"/api/v2/authenticate/LABSP/{code}")
    answers = {"username": "ann", "password": "secret"}
    assert (await browser.submit(page, **answers)).url == DONE
    again = await browser.submit(page, **answers)
    assert again.page.status == 400
    assert f'href="{DONE}"' in again.page.text
    assert [*await by_code(app, code)] == ["LabCable"]


async def test_a_form_that_is_none_is_a_wrong_password(app: App) -> None:
    code = await code_for(app)
    path = f"/sp/saml/SAMLAssertionConsumer?reg_code={code}"
    for body in (b"", b"\xff\xfe", b"username", b"{}", b"a" * 10_000):
        reply = await app.lab.call("POST", path, {"Content-Type": FORM}, data=body)
        assert reply.status == 200
        assert "The user name or the password is wrong." in reply.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/adobe-services/authenticate/saml"),
        ("GET", "/sp/saml/SAMLAssertionConsumer"),
        ("PUT", "/provider/login"),
    ],
)
async def test_a_wrong_verb_says_which_are_right(app: App, method: str, path: str) -> None:
    reply = await app.lab.call(method, path)
    assert reply.status == 405
    assert reply.headers["Allow"]
    assert reply.headers["Content-Type"].startswith("text/")
