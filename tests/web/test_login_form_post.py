"""Providers that are asked by a form instead of a redirect (`login: form_post`)."""

import base64
from typing import Final
from xml.etree import ElementTree as ET

import pytest

from tests.support.lab import App, Lab
from tests.support.logins import ANN, DONE, Browser, by_code, code_for, create
from tests.support.worlds import TV, world

SAMLP: Final = "{urn:oasis:names:tc:SAML:2.0:protocol}"
SAML: Final = "{urn:oasis:names:tc:SAML:2.0:assertion}"


@pytest.fixture
async def app(lab: Lab) -> App:
    pair = {"service_provider": "LABSP", "mvpd": "LabForm"}
    await lab.seed(
        world(
            subscribers=[ANN],
            mvpds=[{"id": "LabForm", "display_name": "Lab <Form>", "login": "form_post"}],
            integrations=[pair],
        )
    )
    return await lab.app(TV, client="app-1")


async def test_authenticate_answers_with_a_form_for_the_provider(app: App) -> None:
    code = await code_for(app, mvpd="LabForm")
    landing = await Browser(lab=app.lab).open(f"/api/v2/authenticate/LABSP/{code}")
    assert [hop.status for hop in landing.hops] == [200]
    form = landing.form
    assert form.method == "post"
    assert form.action == f"{app.lab.origin}/provider/login?reg_code={code}"
    assert form.kinds == {"SAMLRequest": "hidden", "RelayState": "hidden"}
    assert form.fields["RelayState"] == code
    assert "document.forms[0].submit()" in landing.page.text
    # For a browser without JavaScript.
    assert "<button autofocus>Continue</button>" in landing.page.text
    assert "Lab &lt;Form&gt;" in landing.page.text


async def test_the_form_carries_a_saml_request(app: App) -> None:
    code = await code_for(app, mvpd="LabForm")
    landing = await Browser(lab=app.lab).open(f"/api/v2/authenticate/LABSP/{code}")
    root = ET.fromstring(base64.b64decode(landing.form.fields["SAMLRequest"]))  # noqa: S314 - our own
    assert root.tag == f"{SAMLP}AuthnRequest"
    assert root.attrib["Version"] == "2.0"
    assert root.attrib["IssueInstant"] == "2026-01-01T00:00:00Z"
    assert not root.attrib["ID"][0].isdigit()
    issuer = root.find(f"{SAML}Issuer")
    assert issuer is not None
    assert issuer.text == "https://saml.sp.auth.adobe.com"


async def test_from_the_form_to_the_login_and_back_to_the_app(app: App) -> None:
    code = await code_for(app, mvpd="LabForm")
    browser = Browser(lab=app.lab)
    landing = await browser.open(f"/api/v2/authenticate/LABSP/{code}")
    page = await browser.submit(landing)
    assert page.form.kinds["password"] == "password"
    assert (await browser.submit(page, username="ann", password="secret")).url == DONE
    assert [*await by_code(app, code)] == ["LabForm"]


async def test_the_helper_of_the_real_backend_gives_the_same_form(app: App) -> None:
    code = await code_for(app, mvpd="LabForm")
    browser = Browser(lab=app.lab)
    direct = await browser.open(f"/api/v2/authenticate/LABSP/{code}")
    helper = await browser.open(f"/adobe-services/authenticate/saml?reg_code={code}")
    assert helper.form.fields == direct.form.fields


async def test_the_providers_own_session_spares_the_second_form(app: App) -> None:
    browser = Browser(lab=app.lab)
    for _ in range(2):
        code = await code_for(app, mvpd="LabForm")
        landing = await browser.open(f"/api/v2/authenticate/LABSP/{code}")
        landed = await browser.submit(landing)
        if landed.url != DONE:
            landed = await browser.submit(landed, username="ann", password="secret")
        assert landed.url == DONE
        await app.logged_out("LabForm")
    assert [urls.headers.get("Location") for urls in landed.hops] == [DONE]


async def test_what_cannot_go_on_is_told_before_any_form(app: App) -> None:
    code = (await create(app, {"mvpd": "LabForm"}))["code"]
    landing = await Browser(lab=app.lab).open(f"/api/v2/authenticate/LABSP/{code}")
    assert landing.page.status == 400
    assert "lacks domainName, redirectUrl" in landing.page.text
