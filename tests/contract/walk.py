"""A walk over every operation of the device-facing API, with all that goes over the wire kept."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Final

from tests.catalogue.stage import (
    A2,
    D2,
    FULL,
    TVOS,
    apple_tv,
    decide,
    identity,
    later,
    log_in,
    post,
    service_token,
    tv,
)
from tests.support.contract import Exchange, exchange
from tests.support.dcr import register, registered, request_token, statement
from tests.support.lab import App, Headers, Lab
from tests.support.ours import ours
from tests.support.replies import Json, Reply

RESET: Final = "/reset-tempass/v3/reset"
MEASURE: Final = "/control/v3/degradation/lab/{}?programmer=LABSP&mvpd=LabCable"
BACK: Final = "redirectUrl=https%3A%2F%2Flab.example%2Fbye"


_SEGMENTS: Final = {
    "mvpd": "Nobody",
    "code": "AAAAAAA",
    "partner": "Nobody",
    "media_company": "lab",
    "measure": "nothing",
}
_SSO_SERVICE: Final = (
    ("POST", "serviceToken"),
    ("GET", "serviceToken"),
    ("POST", "link"),
    ("GET", "list"),
    ("POST", "unlink"),
)


@dataclass(frozen=True, kw_only=True)
class RecordingLab(Lab):
    """A lab that keeps what goes over the wire."""

    seen: list[Exchange] = field(default_factory=list)

    async def call(self, method: str, path: str, headers: Headers = (), **options: Json) -> Reply:
        reply = await super().call(method, path, headers, **options)
        self.seen.append(exchange(method, path, dict(headers), options, reply))
        return reply


Leg = Callable[[Lab], Awaitable[object]]


async def _registration(lab: Lab) -> None:
    credentials = await registered(lab)
    await request_token(lab, credentials)
    # As Adobe's document has it: all in the query, and no body.
    query = "&".join(f"{name}={credentials[name]}" for name in ("client_id", "client_secret"))
    await lab.call("POST", f"/o/client/token?{query}&grant_type=client_credentials")
    await request_token(lab, credentials, grant_type="password")
    await register(lab, software_statement="forged", redirect_uri="labapp://x")
    uri = "https://lab.example/back"
    await register(lab, software_statement=await statement(lab), redirect_uri=uri)


async def _configuration(lab: Lab) -> None:
    for app in (await tv(lab), await apple_tv(lab)):
        await app.get("configuration")
        await app.at("NOPE").get("configuration")
        await replace(app, token="none").get("configuration")


async def _sessions(lab: Lab) -> None:
    app = await tv(lab)
    empty = (await post(app, "sessions")).data()
    await app.get(f"sessions/{empty['code']}")
    await post(app, f"sessions/{empty['code']}", {"mvpd": "LabCable"})
    await post(app, f"sessions/{empty['code']}", FULL)
    await app.get(f"sessions/{empty['code']}")
    await (await tv(lab, told="")).get(f"sessions/{empty['code']}")
    await app.get("sessions/ZZZ")
    await lab.call("GET", f"/api/v2/sessions/LABSP/{empty['code']}", app.headers)
    await lab.call("GET", "/api/v2/sessions/LABSP/ZZZ", app.headers)
    await lab.settings(sessions__legacy_path="reject")
    await lab.call("GET", f"/api/v2/sessions/LABSP/{empty['code']}", app.headers)
    await post(app, "sessions/AAAAAAA", FULL)
    await post(app, "sessions", {**FULL, "redirectUrl": "::"})
    await post(app, "sessions", {**FULL, "mvpd": "TempBasic"})
    code = (await post(app, "sessions", FULL)).data()["code"]
    for each in (code, "AAAAAAA"):
        await lab.call("GET", f"/api/v2/authenticate/LABSP/{each}")
        await app.get(f"profiles/code/{each}")
    await lab.admin("PATCH", "mvpds/LabDish", {"login": "form_post"})
    code = (await post(app, "sessions", {**FULL, "mvpd": "LabDish"})).data()["code"]
    await lab.call("GET", f"/api/v2/authenticate/LABSP/{code}")


async def _profiles(lab: Lab) -> None:
    await (await lab.app(D2)).get("profiles")
    app = await tv(lab)
    code = await log_in(app)
    for path in ("profiles", "profiles/LabCable", f"profiles/code/{code}", "profiles/Nobody"):
        await app.get(path)
    promo = app.sending(AP_TempPass_Identity=identity("somebody"))
    await promo.get("profiles/TempPromo")
    await app.get("profiles/TempPromo")
    # Without the certificate an attribute carries an error.
    await lab.admin("PATCH", "service-providers/LABSP", {"certificate": None})
    await app.get("profiles")
    await decide(app, "authorize", "TempBasic", "LAB-LIVE")
    session = (await post(app, "sessions", {})).data()["code"]
    await post(app, f"sessions/{session}", {**FULL, "mvpd": "TempBasic"})
    await later(lab, "PT4M")
    await app.get("profiles/TempBasic")
    await app.get(f"profiles/code/{session}")


async def _decisions(lab: Lab) -> None:
    app = await tv(lab)
    for operation in ("authorize", "preauthorize"):
        await decide(app, operation, "LabCable", "LAB-LIVE")
    await log_in(app)
    for operation in ("authorize", "preauthorize"):
        for resource in ("LAB-LIVE", "LAB-GOLD", "LAB-OTHER"):
            await decide(app, operation, "LabCable", resource)
        await decide(app, operation, "TempBasic", "LAB-LIVE")
        await decide(app, operation, "LabCable")
        await decide(app, operation, "LabOff", "LAB-LIVE")


async def _logout(lab: Lab) -> None:
    app = await tv(lab)
    await log_in(app)
    for path in (f"logout/LabCable?{BACK}", f"logout/LabCable?{BACK}", "logout/LabCable"):
        await app.get(path)
    await lab.call("GET", f"/api/v2/logout/LABSP/LabCable?{BACK}", app.headers)
    await lab.settings(logout__legacy_path="reject")
    await lab.call("GET", f"/api/v2/logout/LABSP/LabCable?{BACK}", app.headers)


async def _partner(lab: Lab) -> None:
    app = await apple_tv(lab)
    form = {name: FULL[name] for name in ("domainName", "redirectUrl")}
    await post(app, "sessions/sso/Apple", form)
    made = await lab.admin("POST", "saml-responses", {"mvpd": "LabCable"})
    response = {"SAMLResponse": made["saml_response"]}
    await post(app, "profiles/sso/Apple", response)
    await post(app, "profiles/sso/Apple", {"SAMLResponse": "x"})
    await post(await tv(lab, told=TVOS), "profiles/sso/Apple", response)
    await app.get("profiles")
    for partner in ("Apple", "Nobody"):
        await post(app, f"sessions/sso/{partner}", form)
    plain = await tv(lab, D2, told=TVOS)
    for each in ({}, form):
        await post(plain, "sessions/sso/Apple", each)
    status = await lab.admin(
        "POST", "partner-framework-statuses", {"mvpd": "LabCable", "access_status": "denied"}
    )
    await post(
        plain.sending(AP_Partner_Framework_Status=status["header"]), "sessions/sso/Apple", form
    )
    await lab.admin(
        "POST", "degradations", {"service_provider": "LABSP", "mvpd": "LabDish", "rule": "AuthNAll"}
    )
    status = await lab.admin("POST", "partner-framework-statuses", {"mvpd": "LabDish"})
    degraded = plain.sending(AP_Partner_Framework_Status=status["header"])
    made = await lab.admin("POST", "saml-responses", {"mvpd": "LabDish"})
    await post(degraded, "profiles/sso/Apple", {"SAMLResponse": made["saml_response"]})


async def _shared(lab: Lab) -> None:
    token = await service_token(lab)
    first = (await tv(lab)).sending(AD_Service_Token=token)
    second = (await tv(lab, D2, A2)).sending(AD_Service_Token=token)
    await log_in(first)
    await post(second, "sessions", FULL)
    await second.get("profiles")
    await second.get(f"logout/LabCable?{BACK}")


async def _management(lab: Lab) -> None:
    app = await tv(lab)
    managing = await lab.token(scopes=["temporary:passes:owner", "decisions:owner"])
    bearer = {"Authorization": f"Bearer {managing}"}
    for path in (RESET, f"{RESET}/generic"):
        for query in ("?requestor_id=LABSP&mvpd_id=TempPromo", ""):
            for headers in (bearer, app.headers, {}):
                await lab.call("DELETE", path + query, headers)
    for verb in ("GET", "POST", "GET", "DELETE"):
        await lab.call(verb, MEASURE.format("authnAll"), bearer)
        await lab.call(verb, MEASURE.format("nothing"), bearer)
        await lab.call(verb, MEASURE.format("all"), app.headers)
    for verb in ("GET", "POST", "GET"):
        measure = "authzNone" if verb == "POST" else "all"
        more = "&msg=Back%20at%20nine&channel=NEWS" if verb == "POST" else ""
        await lab.call(verb, MEASURE.format(measure) + more, bearer)
    await lab.call("GET", "/control/v3/degradation/lab/authnAll?programmer=LABSP", bearer)


async def _sso_service(lab: Lab) -> None:
    app = await tv(lab)
    made = (await _service(app, "POST", "serviceToken", X_SSO_ID="ann")).data(201)
    named = app.sending(AD_Service_Token=made["serviceToken"])
    await _service(named, "GET", "serviceToken")
    await _service(named, "POST", "link")
    await _service(named, "GET", "list")
    await _service(named, "POST", "unlink", {"devices": [app.device]})
    await _service(named, "POST", "unlink", {"devices": 1})
    for verb, path in _SSO_SERVICE:
        await _service(app, verb, path)
        await _service(replace(app, token="none"), verb, path)


async def _service(app: App, method: str, path: str, body: Json = None, **headers: str) -> Reply:
    sent = app.sending(**headers).headers
    return await app.lab.call(method, f"/api/LABSP/{path}", sent, json=body)


async def _refused(lab: Lab) -> None:
    """Every operation without an access token, and without whatever else it asks for."""
    app = await tv(lab)
    for path, item in ours().document["paths"].items():
        for method in item:
            at = path.format_map({"service_provider": "LABSP", **_SEGMENTS})
            await lab.call(method.upper(), at)
            await lab.call(method.upper(), at, {"Authorization": app.headers["Authorization"]})
    wrong = app.sending(AD_Service_Token="none")
    for verb, path in _SSO_SERVICE[1:]:
        await _service(wrong, verb, path)


async def _at_fault(lab: Lab) -> None:
    """What everything can answer: the server's failure, and the throttle."""
    app = await tv(lab)
    await lab.admin("POST", "faults", {"action": "internal_server_error", "times": 3})
    await app.get("profiles")
    await app.get("configuration")
    await decide(app, "authorize", "LabCable", "LAB-LIVE")
    await lab.settings(throttle=True)
    for _ in range(13):
        await app.get("profiles")
        await lab.call("POST", "/o/client/token")


async def _ours_alone(lab: Lab) -> None:
    """What the real backend never answers: what switches ask for, and limits of our own."""
    app = await tv(lab)
    await lab.settings(decisions__error_level="top")
    await decide(app, "authorize", "LabCable", "a", "b")
    await decide(app, "preauthorize", "LabCable", *"abcdef")
    await app.sending(X_Sim_Sandbox="nowhere").get("profiles")
    await lab.call("POST", "/api/v2/LABSP/sessions", app.headers, data=BytesIO(b"x" * (1 << 21)))
    await lab.call("GET", "/esm/v3", app.headers)


LEGS: Final[dict[str, Leg]] = {
    "registration": _registration,
    "configuration": _configuration,
    "sessions": _sessions,
    "profiles": _profiles,
    "decisions": _decisions,
    "logout": _logout,
    "partner": _partner,
    "shared": _shared,
    "management": _management,
    "sso service": _sso_service,
    "refused": _refused,
    "at fault": _at_fault,
}
OURS_ALONE: Final[dict[str, Leg]] = {"ours alone": _ours_alone}


async def walked(lab: Lab, legs: Mapping[str, Leg]) -> list[Exchange]:
    """All that goes over the wire on these legs."""
    recording = RecordingLab(client=lab.client, clock=lab.clock)
    for leg in legs.values():
        await recording.seed("qa-catalogue")
        await leg(recording)
    return recording.seen
