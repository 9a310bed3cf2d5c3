"""What decisions and partner single sign-on need of a request, and what they can do without."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from tests.catalogue.stage import ROKU, TVOS, info
from tests.support.decisions import identity, seeded
from tests.support.lab import App, Lab, partner_status
from tests.support.logins import FORM, form_of
from tests.support.replies import Reply
from tests.support.shapes import assert_enhanced
from tests.support.worlds import BOX, TV, changed, profile

APPLE: Final = partner_status("labcable_apple", expirationDate="2025430636000")
RETURN: Final = {"domainName": "lab.example", "redirectUrl": "https://lab.example/back"}
RESOURCES: Final = {"json": {"resources": ["LAB-LIVE"]}}
PATHS: Final = {
    "authorize": "decisions/authorize/{mvpd}",
    "preauthorize": "decisions/preauthorize/{mvpd}",
    "partner_session": "sessions/sso/{partner}",
    "partner_profile": "profiles/sso/{partner}",
}
DECISIONS: Final = ("authorize", "preauthorize")
_SUPPORTED: Final = {"enable_platform_services": True, "boarding_status": "SUPPORTED"}


@dataclass(frozen=True, kw_only=True)
class Change:
    """What is changed in a request that lacks nothing; a header that is None is left out.

    It is refused with `code`, or answered all the same where that is None.
    """

    code: str | None = None
    provider: str = "LABSP"
    mvpd: str = "LabCable"
    partner: str = "Apple"
    headers: Mapping[str, str | None] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    settings: Mapping[str, object] = field(default_factory=dict)
    client: str = "app-1"


_NO_TOKEN: Final = "invalid_access_token_client_application"
_NO_DEVICE: Final = "invalid_header_device_identifier"
_NO_INFO: Final = "invalid_header_device_info"
_STRICT: Final = {"device_info": "strict"}
_TYPED: Final = {"content_type": "strict"}
COMMON: Final = {
    "nothing else": Change(),
    "another service provider": Change(code="invalid_parameter_service_provider", provider="NOPE"),
    "no Authorization": Change(code=_NO_TOKEN, headers={"Authorization": None}),
    "a bad Authorization": Change(code=_NO_TOKEN, headers={"Authorization": "Bearer x.y.z"}),
    "a token of another channel": Change(
        code="invalid_access_token_service_provider", client="of-second"
    ),
    "no AP-Device-Identifier": Change(code=_NO_DEVICE, headers={"AP-Device-Identifier": None}),
    "no X-Device-Info": Change(headers={"X-Device-Info": None}),
    "no X-Device-Info, strictly": Change(
        code=_NO_INFO, headers={"X-Device-Info": None}, settings=_STRICT
    ),
    "X-Forwarded-For": Change(headers={"X-Forwarded-For": "203.0.113.7"}),
    "AP-Visitor-Identifier": Change(headers={"AP-Visitor-Identifier": "dmlzaXRvcg=="}),
    "Accept": Change(headers={"Accept": "application/json"}),
    "User-Agent": Change(headers={"User-Agent": "LabApp/1.0"}),
}
ASKED: Final = {
    **COMMON,
    "another mvpd": Change(code="invalid_parameter_mvpd", mvpd="NOPE"),
    "an mvpd that is not active": Change(code="invalid_integration", mvpd="LabOff"),
    "no resources": Change(code="invalid_parameter_resources", body={"json": {}}),
    "no Content-Type, strictly": Change(
        code="invalid_parameter_resources",
        body={"data": b'{"resources": ["LAB-LIVE"]}'},
        headers={"Content-Type": "text/plain"},
        settings=_TYPED,
    ),
    "Content-Type with charset": Change(
        headers={"Content-Type": "application/json;charset=utf-8"}, settings=_TYPED
    ),
    "Adobe-Subject-Token": Change(headers={"Adobe-Subject-Token": "garbage"}),
    "X-Roku-Reserved-Roku-Connect-Token": Change(
        headers={"X-Roku-Reserved-Roku-Connect-Token": "garbage"}
    ),
    "AD-Service-Token": Change(headers={"AD-Service-Token": "garbage"}),
    "AP-Partner-Framework-Status": Change(headers={"AP-Partner-Framework-Status": APPLE}),
    "AP-TempPass-Identity": Change(headers={"AP-TempPass-Identity": identity("ann")}),
}
PARTNERED: Final = {
    **COMMON,
    "another partner": Change(code="invalid_parameter_partner", partner="Foo"),
}
CASES: Final = {
    **{f"{name}: {key}": case for name in DECISIONS for key, case in ASKED.items()},
    **{f"partner_session: {key}": case for key, case in PARTNERED.items()},
    # Only a device that says so is Apple's.
    **{
        f"partner_profile: {key}": case
        for key, case in PARTNERED.items()
        if key != "no X-Device-Info"
    },
    "partner_profile: no SAMLResponse": Change(
        code="invalid_parameter_saml_response", body=form_of({})
    ),
    "partner_profile: no Content-Type, strictly": Change(
        code="invalid_parameter_saml_response",
        headers={"Content-Type": "text/plain"},
        settings=_TYPED,
    ),
    "partner_profile: no AP-Partner-Framework-Status": Change(
        code="invalid_header_pfs_permission_access_not_present",
        headers={"AP-Partner-Framework-Status": None},
    ),
}


def _document() -> dict[str, Any]:
    """A login on the TV, and Apple's framework in use for the box."""
    document = changed(("LABSP", "LabCable"), **_SUPPORTED)
    document["profiles"] = [profile("login", client="app-1")]
    document["clients"].append({"id": "of-second", "application": "second-app"})
    return document


async def _ready(lab: Lab, operation: str, case: Change) -> tuple[App, dict[str, Any]]:
    """The app that sends the request, and the request's body."""
    app = await seeded(lab, _document())
    await lab.admin("PATCH", "settings", {**case.settings})
    decides = operation in DECISIONS
    app = await lab.app(TV if decides else BOX, client=case.client, expires_in=86_400)
    app = app.at(case.provider).sending(X_Device_Info=ROKU if decides else TVOS)
    if decides:
        return app, RESOURCES
    app = app.sending(AP_Partner_Framework_Status=APPLE, Content_Type=FORM)
    if operation == "partner_session":
        return app, form_of(RETURN)
    made = await lab.admin("POST", "saml-responses", {"mvpd": "LabCable", "name_id": "u"})
    return app, form_of({"SAMLResponse": made["saml_response"]})


async def _send(app: App, operation: str, case: Change, body: Any, method: str = "POST") -> Reply:  # noqa: ANN401
    headers = {**app.headers, **case.headers}
    sent = {name: value for name, value in headers.items() if value is not None}
    path = PATHS[operation].format(mvpd=case.mvpd, partner=case.partner)
    if case.body is not None:
        body = case.body
    elif "Content-Type" in case.headers and "json" in body:
        body = {"data": b'{"resources": ["LAB-LIVE"]}'}
    return await app.lab.call(method, f"/api/v2/{app.service_provider}/{path}", sent, **body)


def _is_as_without(operation: str, reply: Reply) -> None:
    """The answer to the request that lacks nothing."""
    body = reply.data(201 if operation == "partner_profile" else 200)
    if operation in DECISIONS:
        (item,) = body["decisions"]
        assert (item["resource"], item["authorized"], item["source"]) == ("LAB-LIVE", True, "mvpd")
    elif operation == "partner_profile":
        assert body["profiles"]["LabCable"]["type"] == "appleSSO"
    else:
        assert body["mvpd"] == "LabCable"


@pytest.mark.parametrize("name", CASES)
async def test_what_a_request_needs(lab: Lab, name: str) -> None:
    operation, case = name.partition(":")[0], CASES[name]
    app, body = await _ready(lab, operation, case)
    reply = await _send(app, operation, case, body)
    if case.code is None:
        _is_as_without(operation, reply)
    else:
        assert_enhanced(reply, case.code)


@pytest.mark.parametrize("operation", PATHS)
async def test_only_post_is_allowed(lab: Lab, operation: str) -> None:
    app, body = await _ready(lab, operation, Change())
    for method in ("PUT", "DELETE"):
        reply = await _send(app, operation, Change(), body, method)
        assert reply.status == 405
        assert "POST" in reply.headers["Allow"]


@pytest.mark.parametrize("operation", PATHS)
async def test_a_failing_backend_answers_500(lab: Lab, operation: str) -> None:
    app, body = await _ready(lab, operation, Change())
    await lab.admin(
        "POST", "faults", {"match": {"operation": operation}, "action": "internal_server_error"}
    )
    assert_enhanced(await _send(app, operation, Change(), body), "internal_server_error")


@pytest.mark.parametrize("lacking", ["domainName", "redirectUrl"])
async def test_a_partner_session_lacks_a_parameter(lab: Lab, lacking: str) -> None:
    app, _ = await _ready(lab, "partner_session", Change())
    given = {name: value for name, value in RETURN.items() if name != lacking}
    reply = await _send(app, "partner_session", Change(), form_of(given))
    body = reply.data()
    assert (body["actionName"], body["actionType"]) == ("resume", "direct")
    assert (body["reasonType"], body["missingParameters"]) == (
        "missing_parameters_fallback",
        [lacking],
    )


@pytest.mark.parametrize("status", ["absent", "denied", "of nobody", "expired"])
async def test_a_partner_session_falls_back_with_the_mvpd_of_the_form(
    lab: Lab, status: str
) -> None:
    """Whatever is wrong with the status, nobody has to choose a provider again."""
    headers: dict[str, str | None] = {
        "AP-Partner-Framework-Status": {
            "absent": None,
            "denied": partner_status("", "denied"),
            "of nobody": partner_status("nobody"),
            "expired": partner_status("labcable_apple", expirationDate="1"),
        }[status]
    }
    app, _ = await _ready(lab, "partner_session", Change())
    given = form_of({**RETURN, "mvpd": "LabCable"})
    body = (await _send(app, "partner_session", Change(headers=headers), given)).data()
    assert (body["actionName"], body["actionType"]) == ("authenticate", "interactive")
    assert (body["reasonType"], body["mvpd"]) == ("pfs_fallback", "LabCable")
    assert body["url"] == f"/api/v2/authenticate/LABSP/{body['code']}"
    assert "authenticationRequest" not in body


async def test_a_partner_session_without_status_asks_for_what_the_form_lacks(lab: Lab) -> None:
    app, _ = await _ready(lab, "partner_session", Change())
    bare = Change(headers={"AP-Partner-Framework-Status": None})
    given = form_of({"domainName": "lab.example", "mvpd": "LabCable"})
    body = (await _send(app, "partner_session", bare, given)).data()
    assert (body["actionName"], body["reasonType"]) == ("resume", "missing_parameters_fallback")
    assert (body["mvpd"], body["missingParameters"]) == ("LabCable", ["redirectUrl"])
    body = (await _send(app, "partner_session", bare, form_of(RETURN))).data()
    assert (body["actionName"], body["missingParameters"]) == ("resume", ["mvpd"])


@pytest.mark.parametrize("mvpd", ["NOPE", "LabOff"])
async def test_a_partner_session_takes_no_mvpd_that_is_none(lab: Lab, mvpd: str) -> None:
    app, _ = await _ready(lab, "partner_session", Change())
    bare = Change(headers={"AP-Partner-Framework-Status": None})
    reply = await _send(app, "partner_session", bare, form_of({**RETURN, "mvpd": mvpd}))
    assert_enhanced(reply, {"NOPE": "invalid_parameter_mvpd"}.get(mvpd, "invalid_integration"))


async def test_the_status_names_the_mvpd_before_the_form_does(lab: Lab) -> None:
    app, _ = await _ready(lab, "partner_session", Change())
    given = form_of({**RETURN, "mvpd": "LabDish"})
    body = (await _send(app, "partner_session", Change(), given)).data()
    assert (body["actionName"], body["mvpd"]) == ("partner_profile", "LabCable")


OFF: Final[Mapping[str, dict[str, Any]]] = {
    "everywhere": {"single_sign_on": False},
    "on its platform": {"overrides": {"tvOS": {"single_sign_on": False}}},
    "on its category": {"overrides": {"TV connected": {"single_sign_on": False}}},
}


@pytest.mark.parametrize("where", OFF)
async def test_without_single_sign_on_there_is_none_through_apple(lab: Lab, where: str) -> None:
    app, form = await _ready(lab, "partner_session", Change())
    assert (await _send(app, "partner_session", Change(), form)).data()["actionName"] == (
        "partner_profile"
    )
    await lab.admin("PATCH", "integrations/LABSP:LabCable", OFF[where])
    body = (await _send(app, "partner_session", Change(), form)).data()
    assert (body["actionName"], body["reasonType"]) == ("authenticate", "configuration_fallback")
    listed = (await app.get("configuration")).data()["requestor"]["mvpds"]
    flags = {each["id"]: each.get("enablePlatformServices") for each in listed}
    assert (flags["LabCable"], flags["LabDish"]) == (False, None)


async def test_without_single_sign_on_no_profile_comes_of_apple_s_response(lab: Lab) -> None:
    app, form = await _ready(lab, "partner_profile", Change())
    await lab.admin("PATCH", "integrations/LABSP:LabCable", {"single_sign_on": False})
    reply = await _send(app, "partner_profile", Change(), form)
    assert reply.data(200) == {"profiles": {}}
    await lab.admin("PATCH", "integrations/LABSP:LabCable", {"single_sign_on": True})
    reply = await _send(app, "partner_profile", Change(), form)
    assert reply.data(201)["profiles"].keys() == {"LabCable"}


async def test_on_another_platform_apple_s_framework_goes_on(lab: Lab) -> None:
    app, form = await _ready(lab, "partner_session", Change())
    await lab.admin(
        "PATCH", "integrations/LABSP:LabCable", {"overrides": {"iOS": {"single_sign_on": False}}}
    )
    assert (await _send(app, "partner_session", Change(), form)).data()["actionName"] == (
        "partner_profile"
    )
    phone = app.sending(X_Device_Info=info(osName="iOS", model="iPhone"))
    assert (await _send(phone, "partner_session", Change(), form)).data()["reasonType"] == (
        "configuration_fallback"
    )
