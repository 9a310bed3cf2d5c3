"""`GET /admin/v1/conduct`: apps get the report that they deserve."""

from xml.etree import ElementTree as ET

import pytest

from simulator.domain.conduct.report import RULES
from tests.conftest import MakeLab
from tests.support.dcr import request_token
from tests.support.lab import Lab
from tests.support.logins import ANN, Browser
from tests.support.replies import Json
from tests.support.television import Television
from tests.support.worlds import BOX, TV, world


@pytest.fixture
async def tv(lab: Lab) -> Television:
    """An app that has just been installed on a TV; the viewer is called ann."""
    await lab.seed(world(subscribers=[ANN]))
    return Television(lab=lab, device=TV)


async def _report(lab: Lab, query: str = "") -> Json:
    return await lab.admin("GET", f"conduct{query}")


async def _of(tv: Television) -> Json:
    """The one app in the report on `tv`."""
    (found,) = (await _report(tv.lab))["items"]
    return found


def _rules(found: Json, verdict: str) -> list[str]:
    return [each["rule"] for each in found["findings"] if each["verdict"] == verdict]


async def _behave(tv: Television) -> None:
    await tv.register()
    await tv.get_token()
    await tv.get("profiles")
    await tv.get("configuration")
    await tv.wait(20)
    code = await tv.start()
    await tv.wait(2)
    await tv.get(f"profiles/code/{code}")
    await tv.wait(4)
    await tv.get(f"profiles/code/{code}")
    await tv.viewer_logs_in(code)
    await tv.wait(4)
    assert (await tv.get(f"profiles/code/{code}")).data()["profiles"]
    await tv.decide("preauthorize", "NEWS", "SPORT")
    await tv.wait(30)
    (decision,) = await tv.decide("authorize", "NEWS")
    token = decision["token"]["serializedToken"]
    await tv.lab.admin("POST", "media-tokens/verify", {"token": token, "resource": "NEWS"})
    await tv.wait(6 * 3600 - 100)
    await tv.get_token()
    await tv.get("profiles/LabCable")
    await tv.wait(600)
    await Browser(lab=tv.lab).open(await tv.logout())


async def test_a_well_behaved_client(tv: Television) -> None:
    await _behave(tv)
    found = await _of(tv)
    assert (found["application"], found["device"]) == ("lab-app", TV)
    assert found["client"] == tv.credentials["client_id"]
    # The login page in the user agent is the app's doing, too.
    assert found["requests"] == len(tv.sent) + 1
    assert _rules(found, "broken") == []
    assert _rules(found, "not seen") == [
        "tokens-renewed-first",
        "provider-remembered",
        "polling-stops-on-expiry",
        "polling-stops-on-new-code",
        "session-restarted",
        "code-validated",
        "partner-response-used",
        "session-path",
        "back-off-after-429",
        "retries-limited",
        "actions-heeded",
    ]
    assert found["totals"] == {"kept": len(RULES) - 11, "broken": 0, "not_seen": 11}
    evidence = {each["rule"]: each["evidence"] for each in found["findings"]}
    assert evidence["polling-interval"] == [
        {"says": "polled after 4 s", "requests": tv.sent[5:7]},
        {"says": "polled after 4 s", "requests": tv.sent[6:8]},
    ]


async def test_a_badly_behaved_client(tv: Television) -> None:
    lab = tv.lab
    await tv.register()
    await tv.get_token()
    await tv.get("configuration", AP_SDK_Identifier="1.9")
    # A token for each call, no device info, and an impatient poll.
    await tv.get_token()
    await tv.get("configuration", X_Device_Info=None)
    code = await tv.start()
    await tv.get(f"profiles/code/{code}")
    await tv.wait(1)
    await tv.get(f"profiles/code/{code}", X_Device_Info="Roku")
    other = await tv.start()
    await tv.get(f"profiles/code/{code}")
    await tv.get(f"profiles/code/{code}")
    await tv.call("POST", f"LABSP/sessions/{code}")
    await tv.viewer_logs_in(other)
    await tv.get(f"profiles/code/{other}")
    await tv.get(f"profiles/code/{other}", AP_Device_Identifier=None)
    await tv.get("profiles")
    await tv.get("profiles")
    await tv.get("configuration")
    # Beforehand is taken for the decision, a media token for a season ticket.
    await tv.decide("preauthorize", "NEWS")
    await tv.decide("preauthorize", "NEWS")
    (decision,) = await tv.decide("authorize", "SPORT")
    token = decision["token"]["serializedToken"]
    await lab.admin("POST", "media-tokens/verify", {"token": token})
    await tv.wait(600)
    await lab.admin("POST", "media-tokens/verify", {"token": token})
    # What is refused is tried again, and the viewer is thrown out.
    await lab.admin(
        "POST",
        "faults",
        {
            "match": {"operation": "authorize"},
            "times": 5,
            "action": {"kind": "error", "code": "network_connection_timeout"},
        },
    )
    for _ in range(5):
        await tv.call("POST", "LABSP/decisions/authorize/LabCable", json={"resources": ["SPORT"]})
    await tv.get("profiles/NOPE")
    await tv.get("profiles/NOPE")
    await lab.admin("POST", "faults", {"times": 1, "action": {"kind": "throttle"}})
    await tv.get("profiles", Authorization=None)
    await tv.get("authn")
    await tv.call("POST", "LABSP/decisions/authorize/NOPE", json={"resources": ["SPORT"]})
    await tv.call("GET", "logout/LABSP/LabCable?redirectUrl=https%3A%2F%2Fapp.example")
    # It forgets the viewer's provider, and who it is itself.
    last = await tv.start()
    await tv.viewer_logs_in(last)
    await tv.get(f"profiles/code/{last}")
    await tv.wait(400 * 24 * 3600)
    await tv.get("profiles")
    await tv.get("profiles")
    await tv.get_token()
    await tv.get("configuration")
    found = await _of(tv)
    assert _rules(found, "kept") == [
        "scope",
        "credentials-reused",
        "device-identifier-stable",
        "legacy-not-called",
        "no-hybrid",
    ]
    assert _rules(found, "not seen") == ["code-validated", "partner-response-used", "session-path"]
    told = {
        each["rule"]: [
            (sign["says"], *map(tv.sent.index, sign["requests"])) for sign in each["evidence"]
        ]
        for each in found["findings"]
        if each["verdict"] == "broken"
    }
    assert told == {
        "tokens-reused": [
            (
                "a new token was asked for after 0 s, when the one before was good for 21600 s",
                *(1, 3),
            )
        ],
        "expired-tokens-not-sent": [
            ("a token was sent that had expired", 33),
            ("a token was sent that had expired", 34),
        ],
        "tokens-renewed-first": [("called again with the token that had been refused", 33, 34)],
        "configuration-only-to-choose": [("the viewer was logged in at LabCable", 15, 16)],
        "provider-remembered": [
            ("the viewer had chosen LabCable and could have confirmed it", 32, 36)
        ],
        "configuration-cached": [
            ("fetched again after 0 s", 2, 4),
            ("fetched again after 1 s", 4, 16),
        ],
        "polling-interval": [
            ("polled after 1 s", 6, 7),
            ("polled after 0 s", 7, 9),
            ("polled after 0 s", 9, 10),
        ],
        "polling-stops-on-success": [("polled on, though the login was there", 12, 13)],
        "polling-stops-on-expiry": [(f"polled on, though {code} was no longer good", 9, 10)],
        "polling-stops-on-new-code": [(f"{code} was polled on after {other}", 8, 9)],
        "session-restarted": [(f"{code} was used again, though it had expired", 9, 11)],
        "profiles-cached": [("asked again after 0 s, though nothing had changed", 14, 15)],
        "preauthorize-not-for-playback": [
            ("NEWS alone was asked for beforehand, time and again, and never authorized", 17, 18)
        ],
        "permits-cached": [("NEWS was asked for again 0 s after its permit", 17, 18)],
        "decision-within-window": [("its media token was used 180 s after it had run out", 19)],
        "media-token-once": [("one media token was used 2 times", 19)],
        "logout-url-opened": [("the logout page of LabCable was never opened", 30)],
        "logout-path": [("the path has logout before the service provider", 30)],
        "logout-only-on-request": [("logged out 0 s after a denial", 29, 30)],
        "authorization-sent": [("profiles came without Authorization", 27)],
        "device-identifier-sent": [("profile_by_code came without AP-Device-Identifier", 13)],
        "device-info-sent": [("configuration came without X-Device-Info", 4)],
        "device-headers-well-formed": [("The X-Device-Info header is not Base64.", 7)],
        "expected-parameters": [("configuration does not know ap-sdk-identifier", 2)],
        "known-paths": [("REST API V2 has no GET /api/v2/LABSP/authn", 28)],
        "back-off-after-429": [("the next call came 0 s after a 429", 27, 28)],
        "retries-limited": [("tried again more than 3 times", 20, 24)],
        "actions-heeded": [("the same again 0 s after invalid_parameter_mvpd", 25, 26)],
    }
    assert found["totals"] == {"kept": 5, "broken": 28, "not_seen": 3}


async def test_an_app_that_forgets_who_it_is(tv: Television) -> None:
    await tv.register()
    await tv.get_token()
    await tv.get("profiles")
    first = tv.credentials["client_id"]
    await tv.register()
    await tv.get_token()
    await tv.get("profiles")
    second = tv.credentials["client_id"]
    old, tv.device = tv.device, BOX
    await tv.get_token()
    await tv.get("profiles")
    found = {(each["client"], each["device"]): each for each in (await _report(tv.lab))["items"]}
    assert {*found} == {(first, old), (second, old), (second, BOX), (second, None)}
    assert _rules(found[first, old], "broken") == []
    assert _rules(found[second, BOX], "broken") == ["device-identifier-stable"]
    (anew,) = [each for each in found[second, None]["findings"] if each["rule"] == "tokens-reused"]
    assert anew["verdict"] == "broken"


async def test_an_app_that_registers_anew(tv: Television) -> None:
    await tv.register()
    await tv.get_token()
    await tv.get("profiles")
    first = tv.credentials["client_id"]
    await tv.register()
    await tv.get_token()
    await tv.get("profiles")
    (told,) = (await _report(tv.lab, f"?client={tv.credentials['client_id']}"))["items"]
    (found,) = [each for each in told["findings"] if each["rule"] == "credentials-reused"]
    assert found["verdict"] == "broken"
    says = f"registered anew, though it held the credentials of {first}"
    assert found["evidence"] == [{"says": says, "requests": [tv.sent[2], tv.sent[3]]}]


async def test_a_second_screen_is_not_blamed_on_the_tv(tv: Television) -> None:
    await tv.register()
    await tv.get_token()
    code = await tv.start()
    phone = await tv.lab.token(client="app-2")
    await tv.lab.call("GET", f"/api/v2/LABSP/sessions/{code}", {"Authorization": f"Bearer {phone}"})
    await tv.lab.call("GET", "/api/v2/LABSP/configuration", {"Authorization": f"Bearer {phone}"})
    await tv.viewer_logs_in(code)
    found = {each["client"]: each for each in (await _report(tv.lab))["items"]}
    assert _rules(found[tv.credentials["client_id"]], "broken") == []
    assert "code-validated" in _rules(found[tv.credentials["client_id"]], "kept")
    assert "code-validated" not in _rules(found["app-2"], "kept")
    assert _rules(found["app-2"], "broken") == ["device-identifier-sent", "device-info-sent"]


# Whose conduct, when, and in which form


async def test_the_report_is_on_the_current_generation_unless_another_is_named(
    tv: Television,
) -> None:
    await tv.register()
    generation = (await _report(tv.lab))["generation"]
    await tv.lab.admin("POST", "reset")
    report = await _report(tv.lab)
    assert (report["generation"], report["items"]) == (generation + 1, [])
    assert len((await _report(tv.lab, f"?generation={generation}"))["items"]) == 1
    assert len((await _report(tv.lab, "?generation=any"))["items"]) == 1


async def test_one_app_is_asked_for(tv: Television) -> None:
    await tv.register()
    await tv.get_token()
    await tv.get("profiles")
    for wanted, number in (
        (f"device={TV}", 1),
        (f"client={tv.credentials['client_id']}", 1),
        ("application=lab-app", 1),
        (f"device={BOX}", 0),
        (f"client=app-1&device={TV}", 0),
    ):
        assert len((await _report(tv.lab, f"?{wanted}"))["items"]) == number


async def test_a_pipeline_can_fail_on_it(tv: Television) -> None:
    await tv.register()
    await tv.get_token()
    await tv.get("profiles", X_Device_Info=None)
    found = await _of(tv)
    for query, accept in (("?format=junit", "*/*"), ("", "application/xml")):
        reply = await tv.lab.call("GET", f"/admin/v1/conduct{query}", {"Accept": accept})
        assert reply.headers["Content-Type"] == "application/xml; charset=utf-8"
        root = ET.fromstring(reply.text)  # noqa: S314 - it is ours
        totals = found["totals"]
        assert root.attrib == {
            "name": "conduct",
            "tests": str(len(RULES)),
            "failures": str(totals["broken"]),
            "errors": "0",
            "skipped": str(totals["not_seen"]),
        }
        cases = {each.attrib["name"]: each for each in root.iter("testcase")}
        assert [*cases] == [rule.id for rule in RULES]
        (failure,) = cases["device-info-sent"]
        assert failure.attrib["type"] == "mandatory"
        assert f"profiles came without X-Device-Info ({tv.sent[-1]})" in (failure.text or "")
        assert [each.tag for each in cases["logout-path"]] == ["skipped"]
        assert [*cases["authorization-sent"]] == []


async def test_what_xml_cannot_say_does_not_break_it(tv: Television) -> None:
    await request_token(tv.lab, {"client_id": 'a <"TV"> & \x01', "client_secret": "none"})
    reply = await tv.lab.call("GET", "/admin/v1/conduct?format=junit")
    (suite,) = ET.fromstring(reply.text)  # noqa: S314 - it is ours
    assert suite.attrib["name"] == (
        'unknown application, client a <"TV"> & ?, on an unknown device'
    )


async def test_people_get_a_table(tv: Television) -> None:
    assert (await tv.lab.call("GET", "/admin/v1/conduct?format=text")).text == (
        "No app has called yet.\n"
    )
    await tv.register()
    await tv.get_token()
    await tv.get("profiles", X_Device_Info=None)
    reply = await tv.lab.call("GET", "/admin/v1/conduct", {"Accept": "text/plain"})
    head, *lines = reply.text.splitlines()
    assert head == f"lab-app, client {tv.credentials['client_id']}, on {TV}"
    (line,) = [each for each in lines if "device-info-sent" in each]
    assert line.split(maxsplit=2) == [
        "broken",
        "device-info-sent",
        f"profiles came without X-Device-Info ({tv.sent[-1]})",
    ]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("colour=red", "unknown_filter"),
        ("format=pdf", "invalid_format"),
        ("generation=0", "invalid_generation"),
        ("generation=now", "invalid_generation"),
    ],
)
async def test_a_wrong_question_is_refused(lab: Lab, query: str, code: str) -> None:
    assert (await lab.refused("GET", f"conduct?{query}"))["code"] == code


async def test_it_is_incomplete_when_entries_were_dropped(lab_with: MakeLab) -> None:
    lab = await lab_with(journal_entries=10)
    await lab.seed(world(subscribers=[ANN]))
    app = await lab.app(TV)
    for _ in range(14):
        await app.get("profiles")
        assert (await _report(lab))["items"]
    assert (await _report(lab))["incomplete"]
    text = await lab.call("GET", "/admin/v1/conduct?format=text")
    assert text.text.endswith("Incomplete: the oldest requests were dropped from the journal.\n")
