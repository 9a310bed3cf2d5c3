"""Management calls over HTTP: who may reset TempPass trials and degrade an integration.

(Adobe: TempPass, MGT1; degradation, MGT2)
"""

from typing import Final

import pytest

from tests.support.dcr import app_with, registered
from tests.support.decisions import (
    AUTHORIZE,
    PREAUTHORIZE,
    decision,
    decisions,
    denied,
    identity,
    viewer,
)
from tests.support.lab import Lab
from tests.support.replies import Json, Reply
from tests.support.worlds import TV, rule, world

V2: Final = "api:client:v2"
PASSES: Final = "temporary:passes:owner"
DECISIONS: Final = "decisions:owner"

RESETS: Final = (
    "/reset-tempass/v3/reset?requestor_id=LABSP&mvpd_id=TempBasic",
    "/reset-tempass/v3/reset/generic?requestor_id=LABSP&mvpd_id=TempPromo",
)
MEASURE: Final = "/control/v3/degradation/lab/{}?programmer=LABSP"
LAB_CABLE: Final = "integrations/LABSP:LabCable"
ONE: Final = MEASURE.format("authnAll") + "&mvpd=LabCable"


@pytest.fixture
async def lab(lab: Lab) -> Lab:
    await lab.seed(world())
    return lab


async def _ask(lab: Lab, method: str, path: str, **token: object) -> Reply:
    bearer = {"Authorization": f"Bearer {await lab.token(**token)}"}
    return await lab.call(method, path, bearer)


@pytest.mark.parametrize("path", RESETS)
async def test_a_temp_pass_is_reset_with_its_scope_alone(lab: Lab, path: str) -> None:
    assert (await _ask(lab, "DELETE", path, scopes=[PASSES])).status == 204
    for scopes in ([V2], [DECISIONS], []):
        refused = (await _ask(lab, "DELETE", path, scopes=scopes)).data(403)
        assert refused == {
            "status": 403,
            "message": "The access token lacks the scope temporary:passes:owner.",
        }


@pytest.mark.parametrize("path", RESETS)
async def test_a_temp_pass_is_reset_by_an_application_of_the_requestor_alone(
    lab: Lab, path: str
) -> None:
    foreign = await _ask(lab, "DELETE", path, application="second-app", scopes=[PASSES])
    assert "second-app" in foreign.data(403)["message"]
    unknown = path.replace("LABSP", "NOBODY")
    assert (await _ask(lab, "DELETE", unknown, scopes=[PASSES])).status == 400


@pytest.mark.parametrize("path", RESETS)
async def test_a_switch_lets_any_application_reset_a_temp_pass(lab: Lab, path: str) -> None:
    await lab.settings(management__access="any_application")
    assert (await _ask(lab, "DELETE", path, scopes=[V2])).status == 204
    assert (await _ask(lab, "DELETE", path, application="second-app")).status == 204
    assert (await lab.call("DELETE", path)).status == 401


async def test_a_refused_reset_leaves_the_trial(lab: Lab) -> None:
    app = (await lab.app(TV, client="app-1")).sending(AP_TempPass_Identity=identity("ann"))
    await decision(app, mvpd="TempBasic")
    for path, left in (("LABSP2", 1), ("LABSP", 0)):
        query = RESETS[0].replace("=LABSP&", f"={path}&")
        await _ask(lab, "DELETE", query, scopes=[PASSES])
        assert len((await lab.admin("GET", "temp-passes"))["items"]) == left


@pytest.mark.parametrize("scope", [DECISIONS, "entitlement:degradation"])
@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("POST", 201), ("DELETE", 204)])
async def test_degradation_opens_to_its_scope_and_to_what_it_was_called(
    lab: Lab, scope: str, method: str, status: int
) -> None:
    assert (await _ask(lab, method, ONE, scopes=[scope])).status == status


@pytest.mark.parametrize("scopes", [[V2], [PASSES], ["decisions:client"], []])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_degradation_is_closed_to_any_other_scope(
    lab: Lab, scopes: list[str], method: str
) -> None:
    refused = (await _ask(lab, method, ONE, scopes=scopes)).data(403)
    assert refused["message"] == "The access token lacks the scope decisions:owner."


@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("POST", 201), ("DELETE", 204)])
async def test_degradation_is_for_an_application_of_the_programmer(
    lab: Lab, method: str, status: int
) -> None:
    foreign = {"application": "second-app", "scopes": [DECISIONS]}
    assert "second-app" in (await _ask(lab, method, ONE, **foreign)).data(403)["message"]
    await lab.settings(management__access="any_application")
    assert (await _ask(lab, method, ONE, **foreign)).status == status


@pytest.mark.parametrize(
    ("application", "scope"),
    [("sample-app", V2), ("temp-pass-desk", PASSES), ("degradation-desk", DECISIONS)],
)
async def test_the_demo_has_an_application_for_each_scope(
    lab: Lab, application: str, scope: str
) -> None:
    await lab.seed("demo")
    app = await app_with(lab, await registered(lab, application), TV)
    bearer = {"Authorization": f"Bearer {app.token}"}
    calls = {
        V2: ("GET", "/api/v2/REF30/configuration", 401),
        PASSES: (
            "DELETE",
            "/reset-tempass/v3/reset?requestor_id=REF30&mvpd_id=TempPass_5mins",
            403,
        ),
        DECISIONS: (
            "GET",
            "/control/v3/degradation/demo/authnAll?programmer=REF30&mvpd=Cablevision",
            403,
        ),
    }
    for needed, (method, path, refused) in calls.items():
        status = (await lab.call(method, path, {**app.headers, **bearer})).status
        assert (status < 300) if needed == scope else (status == refused)


async def test_a_token_without_a_choice_is_for_rest_v2(lab: Lab) -> None:
    await lab.seed(world(applications=[{"id": "a-desk", "scopes": [PASSES]}]))
    assert (await (await lab.app(TV)).get("configuration")).status == 200


async def _measures(lab: Lab, method: str, measure: str, status: int, more: str = "") -> Json:
    reply = await _ask(lab, method, MEASURE.format(measure) + more, scopes=[DECISIONS])
    assert reply.status == status, reply.text
    return reply.json if reply.text else None


def _shown(kind: str, mvpd: str, **more: object) -> Json:
    applied = bool(more)
    return {
        "id": kind,
        "programmer": {"id": "LABSP"},
        "mvpd": {"id": mvpd},
        "degradation-measure-enable": applied,
        "degradation-measure-status": "APPLIED" if applied else "NOT_APPLIED",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }


@pytest.mark.parametrize(
    ("measure", "kind"),
    [("authnAll", "authn-all"), ("authzAll", "authz-all"), ("authzNone", "authz-none")],
)
async def test_a_measure_without_an_mvpd_is_told_of_all_of_the_programmer(
    lab: Lab, measure: str, kind: str
) -> None:
    await _measures(lab, "POST", measure, 201, "&mvpd=LabDish")
    found = await _measures(lab, "GET", measure, 200)
    rule = _shown(kind, "LabDish", ttl=21_600, activation_time=lab.clock.seconds)
    others = [_shown(kind, name) for name in ("LabCable", "LabOff", "LabProxied")]
    told = sorted(found["degradation-measure"], key=lambda each: str(each["mvpd"]["id"]))
    assert told == sorted([rule, *others], key=lambda each: str(each["mvpd"]["id"]))
    assert found["degradation-measures"] == found["degradation-measure"]


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_what_changes_a_measure_names_the_mvpd(lab: Lab, method: str) -> None:
    assert (await _measures(lab, method, "authnAll", 400))["message"] == "mvpd is missing."


async def test_a_member_that_is_given_twice_is_refused(lab: Lab) -> None:
    headers = {
        "Authorization": f"Bearer {await lab.token(scopes=[DECISIONS])}",
        "Content-Type": "application/json",
    }
    twice = '{"programmer": "LABSP", "mvpd": "LabCable", "mvpd": "LabDish"}'
    reply = await lab.call(
        "POST", MEASURE.format("authnAll").partition("?")[0], headers, data=twice
    )
    assert (reply.status, reply.json["message"]) == (400, "The body names a member more than once.")
    assert await _rules(lab) == []


async def test_an_unknown_programmer_has_no_mvpds(lab: Lab) -> None:
    path = MEASURE.format("all").replace("LABSP", "NOBODY")
    assert (await _ask(lab, "GET", path, scopes=[DECISIONS])).status == 400


async def test_all_measures_come_in_a_list_for_each_kind(lab: Lab) -> None:
    assert await _measures(lab, "GET", "all", 204) is None
    assert await _measures(lab, "GET", "all", 204, "&mvpd=LabCable") is None
    await _measures(lab, "POST", "authnAll", 201, "&mvpd=LabDish&ttl=60")
    await _measures(lab, "POST", "authzAll", 201, "&mvpd=LabCable&ttl=60&resource=NEWS")
    await _measures(lab, "POST", "authzNone", 201, "&mvpd=LabCable&ttl=60&channel=A&msg=Wait")
    times = {"ttl": 60, "activation_time": lab.clock.seconds}
    lists = {
        "authnRules": [_shown("authn-all", "LabDish", **times)],
        "authzRules": [_shown("authz-all", "LabCable", resource=[{"id": "NEWS"}], **times)],
        "authzNoneRules": [
            _shown("authz-none", "LabCable", channel=[{"id": "A"}], err_msg="Wait", **times)
        ],
    }
    every = [each for found in lists.values() for each in found]
    # As a tool of Adobe's support asks.
    more = "&format=json&media-company=lab&resource=&channel=&includeHistory=false"
    found = await _measures(lab, "GET", "all", 200, more)
    assert found == {**lists, "degradation-measures": every}
    one = await _measures(lab, "GET", "all", 200, "&mvpd=LabDish")
    assert one == {
        "authnRules": lists["authnRules"],
        "authzRules": [],
        "authzNoneRules": [],
        "degradation-measures": lists["authnRules"],
    }
    lab.clock.advance(minutes=1)
    assert await _measures(lab, "GET", "all", 204) is None


@pytest.mark.parametrize("name", ["msg", "message"])
async def test_the_message_of_authz_none_is_in_the_details_of_denials(lab: Lab, name: str) -> None:
    app = await lab.app(TV, client="app-1")
    made = await _measures(lab, "POST", "authzNone", 201, f"&mvpd=LabCable&{name}=Back%20at%20nine")
    assert made["degradation-measure"]["err-msg"] == "Back at nine"
    (rule,) = (await lab.admin("GET", "degradations"))["items"]
    assert (rule["message"], rule["resources"]) == ("Back at nine", None)
    for operation in (AUTHORIZE, PREAUTHORIZE):
        item = await decision(app, operation=operation)
        denial = ("authorization_denied_by_degradation_rule", "Back at nine")
        assert item == denied(denial, "degradation")


@pytest.mark.parametrize("name", ["resource", "channel"])
async def test_authz_all_permits_the_resource_that_it_names_and_no_other(
    lab: Lab, name: str
) -> None:
    await lab.admin("PATCH", LAB_CABLE, {"authorize_limit": 5})
    app = await lab.app(TV, client="app-1")
    await _measures(lab, "POST", "authzAll", 201, f"&mvpd=LabCable&{name}=NEWS")
    for operation in (AUTHORIZE, PREAUTHORIZE):
        found = await decisions(app, "SPORTS", "NEWS", "FILM", operation=operation)
        assert [each["authorized"] for each in found] == [False, True, False]
        assert [each["source"] for each in found] == ["mvpd", "degradation", "mvpd"]
        assert found[0]["error"] == "authenticated_profile_missing"


async def test_authz_none_denies_the_channel_that_it_names_and_no_other(lab: Lab) -> None:
    await lab.seed(viewer())
    await lab.admin("PATCH", LAB_CABLE, {"authorize_limit": 5})
    app = await lab.app(TV, client="app-1")
    await _measures(lab, "POST", "authzNone", 201, "&mvpd=LabCable&channel=NEWS&msg=Storm")
    mrss = (
        '<rss version="2.0"><channel><title>NEWS</title><item><title>Tonight</title></item>'
        "</channel></rss>"
    )
    found = await decisions(app, "NEWS", "SPORTS", mrss)
    assert [each["authorized"] for each in found] == [False, True, False]
    assert found[2]["error"] == ("authorization_denied_by_degradation_rule", "Storm")
    assert found[1]["source"] == "mvpd"


async def test_rules_about_resources_are_replaced_and_removed_each_for_itself(lab: Lab) -> None:
    for resource in ("A", "B", "A"):
        await _measures(lab, "POST", "authzAll", 201, f"&mvpd=LabCable&resource={resource}")
    await _measures(lab, "POST", "authzAll", 201, "&mvpd=LabCable")
    assert await _rules(lab) == [None, ["A"], ["B"]]
    await _measures(lab, "DELETE", "authzAll", 204, "&mvpd=LabCable&resource=A")
    assert await _rules(lab) == [None, ["B"]]
    await _measures(lab, "DELETE", "authzAll", 204, "&mvpd=LabCable")
    assert await _rules(lab) == []


async def _rules(lab: Lab) -> list[Json]:
    found = (await lab.admin("GET", "degradations"))["items"]
    return sorted((each["resources"] for each in found), key=str, reverse=False)


async def test_authn_all_is_about_every_resource(lab: Lab) -> None:
    app = await lab.app(TV, client="app-1")
    await _measures(lab, "POST", "authnAll", 201, "&mvpd=LabCable&resource=NEWS")
    found = await decisions(app, "NEWS", "SPORTS")
    assert [each["source"] for each in found] == ["degradation", "degradation"]


async def test_a_scenario_names_the_resources_of_a_rule(lab: Lab) -> None:
    await lab.seed(world(degradations=[rule("AuthZNone", resources=["NEWS"], message="Storm")]))
    app = await lab.app(TV, client="app-1")
    found = await decisions(app, "NEWS", "SPORTS")
    assert [each["source"] for each in found] == ["degradation", "mvpd"]
    state = await lab.admin("GET", "state")
    assert state["degradations"][0]["resources"] == ["NEWS"]
