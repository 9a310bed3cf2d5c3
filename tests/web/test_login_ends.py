"""The end of a login or logout in somebody's browser: the redirect, or a page that names where it leads."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

import pytest

from tests.support.lab import App, Lab
from tests.support.logins import ANN, FORM, by_code, code_for, form_of
from tests.support.replies import Reply
from tests.support.worlds import BOX, TV, world

HTML: Final = {"Accept": "text/html,application/xhtml+xml"}
CHROME: Final = HTML | {
    "User-Agent": "Mozilla/5.0 (Linux) AppleWebKit/537.36 Chrome/156.0 Safari/537.36"
}
FIREFOX: Final = HTML | {"User-Agent": "Mozilla/5.0 (Linux; rv:150.0) Gecko/20100101 Firefox/150.0"}
ANDROID_VIEW: Final = HTML | {
    "User-Agent": "Mozilla/5.0 (Linux; Android 15; wv) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36"
}
APPLE_VIEW: Final = HTML | {
    "User-Agent": "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
}
APPS_VIEW: Final = CHROME | {"X-Requested-With": "tv.example.app"}
SAMPLE: Final = "https://www.adobe.com/done?x=1"
APPS: Final = "https://app.example/done"
LOOKALIKE: Final = "https://notadobe.com/done"


@pytest.fixture
async def app(lab: Lab) -> App:
    await lab.seed(world(subscribers=[ANN]))
    return await lab.app(TV, client="app-1")


async def _log_in(app: App, code: str, headers: Mapping[str, str], **fields: str) -> Reply:
    answers = {"RelayState": code, "username": "ann", "password": "secret", **fields}
    return await app.lab.call(
        "POST",
        f"/sp/saml/SAMLAssertionConsumer?reg_code={code}",
        {**headers, "Content-Type": FORM},
        **form_of(answers),
    )


@pytest.mark.parametrize(
    ("setting", "headers", "redirect_url", "here"),
    [
        ("samples", CHROME, SAMPLE, True),
        ("samples", FIREFOX, "https://adobe.com", True),
        ("samples", CHROME, APPS, False),
        ("samples", CHROME, LOOKALIKE, False),
        ("samples", ANDROID_VIEW, SAMPLE, False),
        ("samples", APPLE_VIEW, SAMPLE, False),
        ("samples", APPS_VIEW, SAMPLE, False),
        ("samples", {}, SAMPLE, False),
        ("never", CHROME, SAMPLE, False),
        ("always", CHROME, APPS, True),
        ("always", CHROME, "labtv://done", True),
        ("always", ANDROID_VIEW, APPS, False),
    ],
)
async def test_who_is_redirected_and_who_sees_a_page(
    app: App, setting: str, headers: Mapping[str, str], redirect_url: str, here: bool
) -> None:
    await app.lab.settings(redirect_url__page=setting)
    code = await code_for(app, redirectUrl=redirect_url)
    logged_in = await _log_in(app, code, headers)
    assert [*await by_code(app, code)] == ["LabCable"]
    code = await code_for(app, redirectUrl=redirect_url, mvpd="LabDish")
    cancelled = await _log_in(app, code, headers, action="cancel")
    logged_out = await app.lab.call(
        "GET",
        f"/provider/logout?mvpd=LabCable&redirect_url={quote(redirect_url, safe='')}",
        headers,
    )
    for reply in (logged_in, cancelled, logged_out):
        if here:
            assert (reply.status, "Location" in reply.headers) == (200, False)
            assert redirect_url in reply.text
        else:
            assert (reply.status, reply.headers["Location"]) == (302, redirect_url)
    # Either way the provider's own session begins, and ends.
    assert "provider_" in logged_in.headers["Set-Cookie"]
    assert "Max-Age=0" in logged_out.headers["Set-Cookie"]


async def test_the_second_screen_of_ours_is_where_it_goes_on(app: App) -> None:
    await app.lab.settings(redirect_url__page="always")
    done = f"{app.lab.origin}/activate/done?code=x"
    code = await code_for(app, redirectUrl=done)
    assert (await _log_in(app, code, CHROME)).headers["Location"] == done


async def test_a_browser_that_is_signed_in_is_asked_who_it_is_at_another_device(app: App) -> None:
    lab = app.lab
    signed_in = await _log_in(app, await code_for(app), CHROME)
    headers = {**CHROME, "Cookie": signed_in.headers["Set-Cookie"].partition(";")[0]}
    # On the same device nobody is asked.
    await app.logged_out("LabCable")
    again = await lab.call("GET", f"/provider/login?reg_code={await code_for(app)}", headers)
    assert again.status == 302

    box = await lab.app(BOX, client="app-2")
    code = await code_for(box)
    login = f"/provider/login?reg_code={code}"
    asked = await lab.call("GET", login, headers)
    assert asked.status == 200
    assert "Signed in to LabCable as ann" in asked.text
    assert await by_code(box, code) == {}
    other = await lab.call("GET", f"{login}&account=other", headers)
    assert 'name="username"' in other.text
    # Who says yes is signed in, and not asked at this device again.
    yes = await lab.call(
        "POST",
        f"/sp/saml/SAMLAssertionConsumer?reg_code={code}",
        {**headers, "Content-Type": FORM},
        **form_of({"RelayState": code, "action": "continue"}),
    )
    assert yes.status == 302
    assert [*await by_code(box, code)] == ["LabCable"]
    headers["Cookie"] = yes.headers["Set-Cookie"].partition(";")[0]
    await box.logged_out("LabCable")
    next_login = f"/provider/login?reg_code={await code_for(box)}"
    assert (await lab.call("GET", next_login, headers)).status == 302
    # Nobody is signed in by saying yes alone.
    await box.logged_out("LabCable")
    lab.client.session.cookie_jar.clear()
    code = await code_for(box)
    stranger = await lab.call(
        "POST",
        f"/sp/saml/SAMLAssertionConsumer?reg_code={code}",
        {**CHROME, "Content-Type": FORM},
        **form_of({"RelayState": code, "action": "continue"}),
    )
    assert 'name="username"' in stranger.text
    assert await by_code(box, code) == {}
