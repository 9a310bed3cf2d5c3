"""The profile that a login with a code led to: whose, which, and for how long.

(Adobe: profile by code, API8)
"""

from typing import Final

from tests.support.lab import App, partner_status
from tests.support.logins import FULL, by_code, code_for, create, log_in, post
from tests.support.shapes import JSON_TYPE, assert_enhanced
from tests.support.worlds import TV, profile, rule

THIRTY_DAYS: Final = 30 * 86_400_000


async def _settled(app: App, mvpd: str) -> str:
    """The code of a session that was resumed to an end without a login."""
    code: str = (await create(app))["code"]
    answer = (await post(app, f"sessions/{code}", {"mvpd": mvpd})).data()
    assert answer["actionName"] == "authorize"
    return code


async def test_a_login_as_the_app_finds_it(app: App) -> None:
    code = await log_in(app)
    reply = await app.get(f"profiles/code/{code}")
    assert reply.headers["Content-Type"] == JSON_TYPE
    now = app.lab.clock.now()
    assert reply.data() == {
        "profiles": {
            "LabCable": {
                "notBefore": now,
                "notAfter": now + THIRTY_DAYS,
                "issuer": "LabCable",
                "type": "regular",
                "attributes": {
                    "userID": {"value": "viewer-ann", "state": "plain"},
                    "upstreamUserID": {"value": "viewer-ann", "state": "plain"},
                    "householdID": {"value": "home-1", "state": "plain"},
                    "language": {"value": "en", "state": "plain"},
                    "zip": {"value": ["10036"], "state": "plain"},
                },
            }
        }
    }


async def test_it_is_what_the_app_sees_elsewhere(app: App) -> None:
    found = await by_code(app, await log_in(app))
    assert await app.profiles() == found
    assert (await app.get("profiles/LabCable")).data()["profiles"] == found


async def test_before_the_login_there_is_none(app: App) -> None:
    assert await by_code(app, await code_for(app)) == {}
    assert await by_code(app, (await create(app))["code"]) == {}


async def test_a_pending_code_does_not_show_what_the_app_has_already(app: App) -> None:
    code = await code_for(app)
    await app.lab.admin("POST", "profiles", profile("meanwhile"))
    assert await by_code(app, code) == {}


async def test_anybody_of_the_channel_may_ask(app: App) -> None:
    code = await log_in(app)
    phone = await app.lab.app("a-phone", client="app-2")
    assert [*await by_code(phone, code)] == ["LabCable"]
    assert await phone.profiles() == {}


async def test_asking_by_code_makes_nobody_else_the_owner(app: App) -> None:
    code = await log_in(app)
    await app.logged_out("LabCable")
    # A login without an owner is the session's creator's, not the asking phone's.
    await app.lab.admin("POST", "profiles", profile("free"))
    phone = await app.lab.app("a-phone", client="app-2")
    assert [*await by_code(phone, code)] == ["LabCable"]
    assert (await app.lab.admin("GET", "profiles/free"))["client"] == "app-1"


async def test_the_profile_lives_longer_than_its_code(app: App) -> None:
    code = await log_in(app)
    app.lab.clock.advance(minutes=30)
    assert_enhanced(await app.get(f"profiles/code/{code}"), "invalid_authentication_session")
    assert [*await app.profiles()] == ["LabCable"]


async def test_what_ended_is_not_shown(app: App) -> None:
    code = await log_in(app)
    (stored,) = await app.lab.profile_ids()
    await app.lab.admin("POST", f"profiles/{stored}/invalidate")
    assert await by_code(app, code) == {}


async def test_a_short_login_ends_before_its_code(app: App) -> None:
    await app.lab.admin("PATCH", "integrations/LABSP:LabCable", {"authentication_ttl": "PT1M"})
    code = await log_in(app)
    app.lab.clock.advance(seconds=59)
    assert [*await by_code(app, code)] == ["LabCable"]
    app.lab.clock.advance(seconds=1)
    assert await by_code(app, code) == {}


async def test_only_the_mvpd_of_the_session_is_shown(app: App) -> None:
    first = await log_in(app)
    second = await log_in(app, mvpd="LabDish")
    assert [*await by_code(app, first)] == ["LabCable"]
    assert [*await by_code(app, second)] == ["LabDish"]
    assert {*await app.profiles()} == {"LabCable", "LabDish"}


async def test_an_apple_login_has_no_code(app: App) -> None:
    code = await log_in(app)
    await app.lab.admin("POST", "profiles", profile("apple", type="appleSSO", client="app-1"))
    status = partner_status("labcable_apple")
    partner = app.sending(AP_Partner_Framework_Status=status)
    assert (await partner.profiles())["LabCable"]["type"] == "appleSSO"
    assert await by_code(partner, code) == {}


async def test_temporary_access_by_code(app: App) -> None:
    code = await _settled(app, "TempBasic")
    found = (await by_code(app, code))["TempBasic"]
    assert (found["type"], found["issuer"]) == ("temporary", "Adobe")
    # The television's trial, whoever asks.
    phone = await app.lab.app("a-phone")
    assert await by_code(phone, code) == {"TempBasic": found}
    own = (await phone.get("profiles/TempBasic")).data()["profiles"]["TempBasic"]
    assert own["attributes"]["userID"] != found["attributes"]["userID"]


async def test_temporary_access_by_code_tells_why_there_is_none(app: App) -> None:
    code = await _settled(app, "TempBasic")
    trial = {"service_provider": "LABSP", "mvpd": "TempBasic", "device": TV}
    await app.lab.admin("POST", "temp-passes", {**trial, "first_authorized": "-P1D"})
    reply = await app.get(f"profiles/code/{code}")
    assert_enhanced(reply, "temporary_access_duration_limit_exceeded")


async def test_promotional_access_by_code_needs_an_identity(app: App) -> None:
    code = await _settled(app, "TempPromo")
    wrong = "invalid_header_identity_for_temporary_access"
    assert_enhanced(await app.get(f"profiles/code/{code}"), wrong)
    known = app.sending(AP_TempPass_Identity="YW5u")
    assert (await by_code(known, code))["TempPromo"]["attributes"]["remaining_resources"] == {
        "value": 2,
        "state": "plain",
    }


async def test_misconfigured_access_by_code(app: App) -> None:
    code = await _settled(app, "TempBasic")
    await app.lab.admin("PATCH", "integrations/LABSP:TempBasic", {"temp_pass_ttl": "PT0S"})
    reply = await app.get(f"profiles/code/{code}")
    assert_enhanced(reply, "invalid_configuration_temporary_access")


async def test_degraded_access_by_code(app: App) -> None:
    await app.lab.admin("POST", "degradations", {"id": "d", **rule("AuthNAll")})
    code = await _settled(app, "LabCable")
    found = await by_code(app, code)
    assert found["LabCable"]["type"] == "degraded"
    assert (await app.get("profiles/LabCable")).data()["profiles"] == found


async def test_a_rule_comes_before_the_login(app: App) -> None:
    code = await log_in(app)
    await app.lab.admin("POST", "degradations", {"id": "d", **rule("AuthNAll")})
    assert (await by_code(app, code))["LabCable"]["type"] == "degraded"
    await app.lab.admin("DELETE", "degradations/d")
    assert (await by_code(app, code))["LabCable"]["type"] == "regular"


async def test_a_pending_code_is_not_degraded(app: App) -> None:
    code = await code_for(app)
    await app.lab.admin("POST", "degradations", {"id": "d", **rule("AuthNAll")})
    assert await by_code(app, code) == {}


async def test_an_integration_that_was_switched_off(app: App) -> None:
    code = await log_in(app)
    await app.lab.admin("PATCH", "integrations/LABSP:LabCable", {"active": False})
    assert_enhanced(await app.get(f"profiles/code/{code}"), "invalid_integration")


async def test_asking_changes_nothing(app: App) -> None:
    code = await log_in(app)
    waiting = await code_for(app, mvpd="LabDish")
    before = await app.lab.state()
    sessions = await app.lab.admin("GET", "sessions")
    for each in (code, waiting, code):
        await by_code(app, each)
    assert await app.lab.state() == before
    assert await app.lab.admin("GET", "sessions") == sessions


async def test_a_poll_that_is_under_way_when_the_login_completes(app: App) -> None:
    code = (await create(app, FULL))["code"]
    found = [await by_code(app, code)]
    await app.lab.admin("POST", f"codes/{code}/approve")
    found.append(await by_code(app, code))
    assert [[*each] for each in found] == [[], ["LabCable"]]
