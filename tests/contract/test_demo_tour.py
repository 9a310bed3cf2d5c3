"""A tour of the scenario `demo` over every operation of the device surface: each answer explains itself."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final
from urllib.parse import quote

import pytest

from simulator.domain.operations import LEGACY, OPERATIONS, PAGE_NAMES
from tests.catalogue.stage import TVOS
from tests.conftest import MakeLab
from tests.contract.walk import LEGS, walked
from tests.support.dcr import registered, request_token
from tests.support.lab import App, Lab
from tests.support.logins import DONE, Browser, post
from tests.support.replies import Json, Reply

DECIDED: Final = {
    "create_session": "N",
    "resume_session": "N",
    "partner_session": "P",
    "partner_profile": "Q",
    "preauthorize": "D",
    "authorize": "D",
    "logout": "L",
}
"""The operations whose 200 a table decides, and how the ids of its rows begin."""

FORM: Final = {"mvpd": "Cablevision", "domainName": "adobe.com", "redirectUrl": DONE}
BACK: Final = f"redirectUrl={quote(DONE, safe='')}"
MEASURE: Final = "/control/v3/degradation/demo/{}?programmer=REF30&mvpd=Spectrum"
RESET: Final = "/reset-tempass/v3/reset"


async def _app(lab: Lab, device: str, **headers: str) -> App:
    """An app that has registered, on one of the scenario's devices."""
    credentials = await registered(lab, "sample-app")
    token = (await request_token(lab, credentials)).data(201)["access_token"]
    app = App(lab=lab, device=device, token=token, service_provider="REF30")
    return app.sending(**headers)


async def _decide(app: App, operation: str, mvpd: str, *resources: str) -> Reply:
    path = f"/api/v2/{app.service_provider}/decisions/{operation}/{mvpd}"
    return await app.lab.call("POST", path, app.headers, json={"resources": [*resources]})


async def _login(lab: Lab) -> None:
    """From the first start to the last programme, and out again."""
    app = await _app(lab, "hotel-tv")
    await app.get("configuration")
    await app.get("profiles")
    await app.get("profiles/Cablevision")
    code = (await post(app, "sessions", {"mvpd": "Cablevision"})).data()["code"]
    await app.get(f"sessions/{code}")
    await app.get(f"profiles/code/{code}")
    await post(app, f"sessions/{code}", FORM)
    await _at_the_provider(app, code)
    for path in (f"profiles/code/{code}", "profiles", "profiles/Cablevision"):
        assert (await app.get(path)).data()["profiles"].keys() == {"Cablevision"}
    await post(app, f"sessions/{code}", FORM)
    for operation in ("preauthorize", "authorize"):
        await _decide(app, operation, "Cablevision", "NEWS", "FILMS")
    await _sign_out(app)
    for operation in ("preauthorize", "authorize"):
        await _decide(app, operation, "Cablevision", "NEWS")
    await app.get(f"logout/Cablevision?{BACK}")
    await lab.call("GET", f"/api/v2/logout/REF30/Cablevision?{BACK}", app.headers)


async def _at_the_provider(app: App, code: str) -> None:
    url = f"/api/v2/authenticate/REF30/{code}"
    landed = await Browser(lab=app.lab).log_in(url, "demo-basic", "demo")
    assert landed.url == DONE


async def _sign_out(app: App) -> None:
    url = (await app.get(f"logout/Cablevision?{BACK}")).data()["logouts"]["Cablevision"]["url"]
    landed = await Browser(lab=app.lab).open(url)
    assert landed.url == DONE


async def _second_screen(lab: Lab) -> None:
    app = await _app(lab, "hotel-tv")
    code = (await post(app, "sessions")).data()["code"]
    browser = Browser(lab=lab)
    chosen = await browser.submit(await browser.open("/activate"), code=code)
    await browser.submit(chosen, mvpd="Cablevision")
    await lab.call("GET", f"/activate?code={code}")


async def _partner(lab: Lab) -> None:
    status = await lab.admin("POST", "partner-framework-statuses", {"mvpd": "Cablevision"})
    made = await lab.admin("POST", "saml-responses", {"mvpd": "Cablevision"})
    response = {"SAMLResponse": made["saml_response"]}
    box = (await _app(lab, "hotel-tv")).sending(AP_Partner_Framework_Status=status["header"])
    apple = replace(box, device="demo-apple-tv").sending(X_Device_Info=TVOS)
    for app in (box, apple):
        await post(app, "sessions/sso/Apple", FORM)
        await post(app, "profiles/sso/Apple", response)
    plain = replace(apple, extra={"X-Device-Info": TVOS})
    await plain.get("profiles")
    await post(apple, "sessions/sso/Nobody", FORM)


async def _temp_pass_and_degradation(lab: Lab) -> None:
    app = await _app(lab, "hotel-tv")
    await app.get("profiles/TempPass_5mins")
    await _decide(app, "authorize", "TempPass_5mins", "NEWS")
    await app.get("profiles/ATTOTT")
    await app.get(f"logout/ATTOTT?{BACK}")
    for application, scope in (("temp-pass-desk", RESET), ("degradation-desk", "")):
        credentials = await registered(lab, application)
        token = (await request_token(lab, credentials)).data(201)["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        if scope:
            query = "?requestor_id=REF30&mvpd_id="
            await lab.call("DELETE", f"{RESET}{query}TempPass_5mins", bearer)
            await lab.call("DELETE", f"{RESET}/generic{query}TempPass_promo", bearer)
        else:
            for method in ("GET", "POST", "GET", "DELETE"):
                await lab.call(method, MEASURE.format("authnAll"), bearer)
            await lab.call("GET", MEASURE.format("all"), bearer)


async def _sso_service(lab: Lab) -> None:
    app = await _app(lab, "demo-roku", X_Device_Info="e30=", X_SSO_ID="demo-viewer")

    async def ask(method: str, path: str, body: Json = None) -> Reply:
        return await lab.call(method, f"/api/REF30/{path}", app.headers, json=body)

    made = (await ask("POST", "serviceToken")).data(201)
    app = replace(app, extra={"AD-Service-Token": made["serviceToken"]})
    await ask("GET", "serviceToken")
    await ask("POST", "link")
    await ask("GET", "list")
    await ask("POST", "unlink", {"devices": [app.device]})
    await ask("POST", "unlink", {"devices": [app.device]})
    await ask("GET", "list")


async def _ended_and_missing(lab: Lab) -> None:
    app = await _app(lab, "demo-roku")
    await lab.call("GET", "/esm/v3", app.headers)
    await lab.call("GET", "/api/v1/checkauthn", app.headers)


TOUR: Final[tuple[Callable[[Lab], Awaitable[None]], ...]] = (
    _login,
    _second_screen,
    _partner,
    _temp_pass_and_degradation,
    _sso_service,
    _ended_and_missing,
)


async def _entries(lab: Lab) -> list[Json]:
    found: list[Json] = []
    after = ""
    while True:
        page = await lab.admin("GET", f"requests?limit=200{after}")
        found += page["items"]
        if page["next"] is None:
            return found
        after = f"&after={page['next']}"


def _holes(entries: list[Json]) -> list[str]:
    """The requests that do not say why, or name no row where a table decides."""
    found = []
    for each in entries:
        told = f"{each['method']} {each['path']}: {each['status']} {each['rule']}"
        if not each["explanation"]:
            found.append(f"{told} explains nothing")
        begins = DECIDED.get(each["operation"])
        served = each["status"] == 200 and each["fault"] is None
        if begins and served and not (each["rule"] or "").startswith(begins):
            found.append(f"{told} names no row of {begins}")
    return found


async def test_every_answer_of_the_tour_explains_itself(lab_from: MakeLab) -> None:
    lab = await lab_from("demo")
    for leg in TOUR:
        await leg(lab)
    entries = await _entries(lab)
    assert _holes(entries) == []
    # Two tokens are asked for by each app, and the pages of two logins.
    assert len(entries) >= 40
    met: defaultdict[str, set[str]] = defaultdict(set)
    for each in entries:
        met[each["operation"]].add(each["method"])
    for each in OPERATIONS:
        assert each.method in met[each.name], f"{each.method} {each.name} was not on the tour"
    assert met.keys() == {*(each.name for each in OPERATIONS), LEGACY, *PAGE_NAMES}


@pytest.mark.parametrize("leg", LEGS)
async def test_every_answer_of_the_walk_explains_itself(default_lab: Lab, leg: str) -> None:
    await walked(default_lab, {leg: LEGS[leg]})
    entries = await _entries(default_lab)
    assert entries
    assert _holes(entries) == []
