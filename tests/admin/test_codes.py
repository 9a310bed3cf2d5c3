"""One code, three hands: a viewer on the page, a test through the admin API, and the clock."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import pytest

from tests.support.lab import App, Lab
from tests.support.logins import ANN, DONE, FULL, Browser, by_code, code_for, create, log_in, post
from tests.support.replies import Json
from tests.support.shapes import assert_enhanced
from tests.support.tokens import sso_token
from tests.support.worlds import BOX, TV, Entry, profile, world

BOB: Final[Entry] = {"id": "bob", "user_id": "viewer-bob", "mvpd": "LabDish"}
POOR: Final[Entry] = {"id": "a-poor-one", "entitlements": []}

Finish = Callable[[App, str], Awaitable[None]]


@pytest.fixture
def lab(default_lab: Lab) -> Lab:
    """A code leads to its sandbox only where the request names none."""
    return default_lab


@pytest.fixture
async def app(lab: Lab) -> App:
    await lab.seed(world(subscribers=[POOR, ANN, BOB]))
    return await lab.app(TV, client="app-1")


async def _do(app: App, action: str, code: str, **body: str) -> Json:
    return await app.lab.admin("POST", f"codes/{code}/{action}", body)


async def _refused(app: App, action: str, code: str, body: object = None) -> Json:
    """The error of an action that must be refused and change nothing."""
    before = await _everything(app.lab)
    error = await app.lab.refused("POST", f"codes/{code}/{action}", body)
    assert await _everything(app.lab) == before
    return error


async def _everything(lab: Lab) -> tuple[Json, str]:
    return await lab.admin("GET", "sessions"), await lab.state()


async def _session(app: App, code: str) -> Json:
    return await app.lab.admin("GET", f"sessions/{code}")


# Three hands


async def _on_the_page(app: App, code: str) -> None:
    browser = Browser(lab=app.lab)
    page = await browser.open(f"/api/v2/authenticate/LABSP/{code}")
    assert (await browser.submit(page, username="ann", password="secret")).url == DONE


async def _by_the_test(app: App, code: str) -> None:
    approved = await _do(app, "approve", code, subscriber="ann")
    assert approved["status"] == "completed"


async def _given_up_on_the_page(app: App, code: str) -> None:
    browser = Browser(lab=app.lab)
    page = await browser.open(f"/api/v2/authenticate/LABSP/{code}")
    assert (await browser.submit(page, action="cancel")).url == DONE


async def _given_up_by_the_test(app: App, code: str) -> None:
    assert (await _do(app, "deny", code))["status"] == "failed"


async def _by_the_clock(app: App, code: str) -> None:
    app.lab.clock.advance(minutes=30)


async def _by_the_sandboxs_clock(app: App, code: str) -> None:
    moved = await app.lab.admin("POST", "clock/advance", {"by": "PT30M"})
    assert [(each["event"], each["id"]) for each in moved["due"]] == [("code_expired", code)]


async def _ended_by_the_test(app: App, code: str) -> None:
    assert (await _do(app, "expire", code))["status"] == "expired"


@pytest.mark.parametrize("finish", [_on_the_page, _by_the_test], ids=["page", "test"])
async def test_a_login_is_the_same_whoever_completes_it(app: App, finish: Finish) -> None:
    app = app.sending(AD_Service_Token=sso_token("ann"))
    code = await code_for(app)
    await finish(app, code)
    now = app.lab.clock.now()
    found = (await by_code(app, code))["LabCable"]
    assert found == {
        "notBefore": now,
        "notAfter": now + 30 * 86_400_000,
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
    (stored,) = (await app.lab.admin("GET", "profiles"))["items"]
    assert (stored["client"], stored["device"], stored["subscriber"]) == ("app-1", TV, "ann")
    assert [(each["kind"], each["subject"]) for each in stored["links"]] == [
        ("service_token", "ann")
    ]
    assert (await _session(app, code))["status"] == "completed"
    assert (await post(app, f"sessions/{code}")).data()["reasonType"] == "authenticated"


@pytest.mark.parametrize(
    "finish", [_given_up_on_the_page, _given_up_by_the_test], ids=["page", "test"]
)
async def test_giving_up_is_the_same_whoever_does_it(app: App, finish: Finish) -> None:
    code = await code_for(app)
    await finish(app, code)
    assert await by_code(app, code) == {}
    assert (await _session(app, code))["status"] == "failed"
    assert await app.lab.profile_ids() == set()
    # And it is not the end.
    await _on_the_page(app, code)
    assert [*await by_code(app, code)] == ["LabCable"]


@pytest.mark.parametrize(
    "finish",
    [_by_the_clock, _by_the_sandboxs_clock, _ended_by_the_test],
    ids=["time", "clock", "test"],
)
@pytest.mark.parametrize("logged_in", [False, True], ids=["waiting", "logged in"])
async def test_the_end_of_a_code_is_the_same_whatever_brings_it(
    app: App, finish: Finish, logged_in: bool
) -> None:
    code = await code_for(app)
    if logged_in:
        await _by_the_test(app, code)
    await finish(app, code)
    unknown = "invalid_authentication_session"
    assert_enhanced(await app.get(f"profiles/code/{code}"), unknown)
    assert_enhanced(await app.get(f"sessions/{code}"), unknown)
    assert_enhanced(await post(app, f"sessions/{code}", FULL), unknown)
    opened = await app.lab.call("GET", f"/api/v2/authenticate/LABSP/{code}")
    assert opened.status == 400
    assert "has expired" in opened.text
    assert (await _session(app, code))["status"] == "expired"
    assert (await app.lab.admin("GET", "codes"))["items"] == []
    # A login that there was stays.
    assert [*await app.profiles()] == (["LabCable"] if logged_in else [])


async def test_what_one_hand_did_the_others_cannot_do_again(app: App) -> None:
    code = await code_for(app)
    await _on_the_page(app, code)
    for action in ("approve", "deny"):
        error = await _refused(app, action, code)
        assert (error["status"], error["code"]) == (409, "code_not_open")
        assert "completed" in error["message"]
        assert "new code" in error["hint"]


async def test_of_many_hands_at_once_one_completes_the_login(app: App) -> None:
    lab, code = app.lab, await code_for(app)
    answers = {"RelayState": code, "username": "ann", "password": "secret"}
    replies = await asyncio.gather(
        *(lab.ask("POST", f"codes/{code}/approve") for _ in range(10)),
        *(lab.call("POST", "/sp/saml/SAMLAssertionConsumer", data=answers) for _ in range(10)),
    )
    done = [reply.status for reply in replies if reply.status in {200, 302}]
    assert len(done) == 1
    assert {reply.status for reply in replies} <= {*done, 400, 409}
    assert len(await lab.profile_ids()) == 1


# Approving


async def test_without_a_subscriber_the_first_one_that_fits_logs_in(app: App) -> None:
    for mvpd, viewer in (("LabCable", "ann"), ("LabDish", "ann"), ("LabProxied", "ann")):
        code = await code_for(app, mvpd=mvpd)
        await _do(app, "approve", code)
        (stored,) = (await app.lab.admin("GET", f"profiles?mvpd={mvpd}"))["items"]
        assert stored["subscriber"] == viewer


async def test_an_account_of_another_mvpd_or_without_a_package_does_not_fit(lab: Lab) -> None:
    await lab.seed(world(subscribers=[POOR, BOB]))
    app = await lab.app(TV, client="app-1")
    await _do(app, "approve", await code_for(app, mvpd="LabDish"))
    await _do(app, "approve", await code_for(app, mvpd="LabCable"))
    stored = (await lab.admin("GET", "profiles"))["items"]
    assert {each["mvpd"]: each["subscriber"] for each in stored} == {
        "LabDish": "bob",
        "LabCable": None,
    }


async def test_where_nobody_has_an_account_somebody_is_made_up(lab: Lab) -> None:
    await lab.seed(world())
    viewers = []
    for device, mvpd in ((TV, "LabCable"), (TV, "LabCable"), (TV, "LabDish"), (BOX, "LabCable")):
        app = await lab.app(device, client="app-1")
        code = await code_for(app, mvpd=mvpd)
        await _do(app, "approve", code)
        attributes = (await by_code(app, code))[mvpd]["attributes"]
        assert {*attributes} == {"userID", "upstreamUserID"}
        viewers.append(attributes["userID"]["value"])
        await app.logged_out(mvpd)
    assert viewers[0] == viewers[1]
    assert len({*viewers}) == 3


async def test_a_made_up_viewer_is_that_of_a_profile_made_by_hand(lab: Lab) -> None:
    await lab.seed(world(profiles=[profile("own", client="app-1")]))
    app = await lab.app(TV, client="app-1")
    by_hand = (await app.profiles())["LabCable"]["attributes"]
    await app.logged_out("LabCable")
    code = await code_for(app)
    await _do(app, "approve", code)
    assert (await by_code(app, code))["LabCable"]["attributes"] == by_hand


async def test_a_world_with_a_made_up_viewer_can_be_exported_and_imported(lab: Lab) -> None:
    await lab.seed(world())
    app = await lab.app(TV, client="app-1")
    await _do(app, "approve", await code_for(app))
    exported = await lab.admin("GET", "state")
    await lab.admin("PUT", "state", exported)
    assert await lab.admin("GET", "state") == exported
    assert [*await app.profiles()] == ["LabCable"]


async def test_a_session_without_an_mvpd_takes_the_one_that_is_given(app: App) -> None:
    code = (await create(app))["code"]
    approved = await _do(app, "approve", code, mvpd="LabDish")
    assert (approved["mvpd"], approved["status"]) == ("LabDish", "completed")
    # Nobody had to be led back anywhere.
    assert approved["missing"] == ["domainName", "redirectUrl"]
    assert [*await by_code(app, code)] == ["LabDish"]


async def test_a_session_without_an_mvpd_takes_that_of_the_subscriber(app: App) -> None:
    code = (await create(app))["code"]
    assert (await _do(app, "approve", code, subscriber="bob"))["mvpd"] == "LabDish"


async def test_the_mvpd_of_the_session_may_be_repeated(app: App) -> None:
    code = await code_for(app)
    assert (await _do(app, "approve", code, mvpd="LabCable"))["status"] == "completed"


@pytest.mark.parametrize(
    ("sent", "body", "member", "problem"),
    [
        ({}, {}, "mvpd", "is required"),
        ({}, {"subscriber": "ann"}, "mvpd", "is required"),
        ({}, {"mvpd": "Nope"}, "mvpd", "'Nope' is not in mvpds"),
        ({}, {"mvpd": "LabOff"}, "mvpd", "no active integration with 'LABSP'"),
        ({}, {"mvpd": "TempBasic"}, "mvpd", "nobody logs in"),
        (FULL, {"mvpd": "LabDish"}, "mvpd", "the app asked for 'LabCable'"),
        (FULL, {"subscriber": "nobody"}, "subscriber", "'nobody' is not in subscribers"),
        (FULL, {"subscriber": "bob"}, "subscriber", "an account of LabDish"),
        (FULL, {"subscriber": "a-poor-one"}, "subscriber", "has no TV package"),
    ],
)
async def test_an_approval_that_cannot_be(
    app: App, sent: dict[str, str], body: dict[str, str], member: str, problem: str
) -> None:
    code = (await create(app, sent))["code"]
    error = await _refused(app, "approve", code, body)
    assert (error["status"], error["code"]) == (422, "invalid_document")
    assert [each["path"] for each in error["fields"]] == [member]
    assert problem in error["fields"][0]["problem"]


@pytest.mark.parametrize("body", [{"subscribers": "ann"}, {"mvpd": 1}, {"mvpd": ""}, []], ids=str)
async def test_an_approval_that_cannot_be_read(app: App, body: object) -> None:
    error = await _refused(app, "approve", await code_for(app), body)
    assert error["status"] in {400, 422}


async def test_the_last_login_wins_the_slot(app: App) -> None:
    code = await log_in(app)
    await app.logged_out("LabCable")
    again = await code_for(app)
    await app.lab.admin("POST", "profiles", profile("meanwhile", client="app-1"))
    await _do(app, "approve", again)
    assert "meanwhile" not in await app.lab.profile_ids()
    assert [*await by_code(app, code)] == ["LabCable"]


# Denying and expiring


async def test_a_denied_code_can_be_denied_approved_or_expired(app: App) -> None:
    code = await code_for(app)
    for _ in range(2):
        assert (await _do(app, "deny", code))["status"] == "failed"
    assert (await _do(app, "approve", code))["status"] == "completed"
    assert (await _do(app, "expire", code))["status"] == "expired"


async def test_expiring_twice_is_expiring_once(app: App) -> None:
    code = await code_for(app)
    first = await _do(app, "expire", code)
    app.lab.clock.advance(minutes=1)
    assert await _do(app, "expire", code) == first
    assert first["not_after"] == "2026-01-01T00:00:00.000Z"


async def test_an_incomplete_code_can_be_denied(app: App) -> None:
    code = (await create(app))["code"]
    assert (await _do(app, "deny", code))["status"] == "failed"


@pytest.mark.parametrize("action", ["approve", "deny"])
@pytest.mark.parametrize("end", ["expire", "supersede"])
async def test_a_code_that_is_over_stays_over(app: App, action: str, end: str) -> None:
    code = await code_for(app)
    if end == "expire":
        await _do(app, "expire", code)
    else:
        await code_for(app)
    error = await _refused(app, action, code)
    assert (error["status"], error["code"]) == (409, "code_not_open")


@pytest.mark.parametrize("action", ["approve", "deny", "expire"])
@pytest.mark.parametrize("code", ["AAAAAAA", "nonsense!"])
async def test_a_code_that_nobody_was_given(app: App, action: str, code: str) -> None:
    error = await _refused(app, action, code)
    assert (error["status"], error["code"]) == (404, "code_not_found")
    assert "GET /admin/v1/codes" in error["hint"]


@pytest.mark.parametrize("action", ["approve", "deny", "expire"])
async def test_a_code_may_be_given_in_lower_case(app: App, action: str) -> None:
    code = await code_for(app)
    assert (await _do(app, action, code.lower()))["code"] == code


@pytest.mark.parametrize("action", ["approve", "deny", "expire"])
async def test_a_code_brings_the_call_home_to_its_sandbox(app: App, action: str) -> None:
    lab = app.lab
    await lab.admin("POST", "sandboxes", {"id": "ci-42", "from_sandbox": "default"})
    there = {**app.headers, "X-Sim-Sandbox": "ci-42"}
    token = await lab.call("POST", "/s/ci-42/admin/v1/tokens", json={})
    there["Authorization"] = f"Bearer {token.data()['access_token']}"
    created = await lab.call("POST", "/api/v2/LABSP/sessions", there, data=FULL)
    code = created.data()["code"]
    reply = await lab.ask("POST", f"codes/{code}/{action}")
    assert (reply.status, reply.headers["X-Sim-Sandbox"]) == (200, "ci-42")
