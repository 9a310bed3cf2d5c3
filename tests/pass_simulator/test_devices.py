"""Playing a device through the client, in both modes."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest

from pass_simulator import (
    PLATFORMS,
    AdminError,
    DeviceError,
    LoginFailed,
    Profile,
    Sandbox,
    SimulatorError,
    UnexpectedResponse,
)

from .modes import Spoken, done, refused


def told_alike(one: Mapping[str, Profile | None], other: Mapping[str, Profile | None]) -> bool:
    """Whether profiles are the same, but for what is encrypted anew in every answer."""

    def plain(profile: Profile | None) -> Profile | None:
        if profile is None:
            return None
        kept = {name: each for name, each in profile.attributes.items() if each["state"] == "plain"}
        return replace(profile, attributes=kept)

    return {name: plain(each) for name, each in one.items()} == {
        name: plain(each) for name, each in other.items()
    }


async def test_a_device_logs_in_is_authorized_and_logs_out(sandbox: Spoken) -> None:
    device = sandbox.device("living-room-tv", platform="Roku")
    profile = await done(device.login("Cablevision", "demo"))
    assert (profile.mvpd, profile.type, profile.user_id) == (
        "Cablevision",
        "regular",
        "demo-viewer",
    )
    assert profile.not_before < profile.not_after
    assert told_alike(await done(device.profiles()), {"Cablevision": profile})
    assert told_alike(
        {"Cablevision": await done(device.profile("Cablevision"))}, {"Cablevision": profile}
    )
    [decision] = await done(device.authorize("Cablevision", "NEWS"))
    assert (decision.authorized, decision.resource, decision.source) == (True, "NEWS", "mvpd")
    assert decision.media_token
    logout = await done(device.logout("Cablevision"))
    assert (logout.mvpd, logout.action, logout.kind) == ("Cablevision", "logout", "interactive")
    assert logout.landing is None
    assert await done(device.profiles()) == {}
    assert await done(device.profile("Cablevision")) is None
    assert (await done(device.logout("Cablevision"))).action == "invalid"


async def test_who_logs_in_decides_what_may_be_watched(device: Spoken) -> None:
    await done(device.login("Cablevision", "demo-basic"))
    news, movies = await done(device.preauthorize("Cablevision", "NEWS", "MOVIES"))
    assert (news.authorized, news.media_token, news.error_code) == (True, None, None)
    assert (movies.authorized, movies.error_code) == (False, "preauthorization_denied_by_mvpd")


async def test_without_a_login_a_decision_says_so(sandbox: Spoken) -> None:
    [decision] = await done(sandbox.device("tv").authorize("Dish", "NEWS"))
    assert (decision.authorized, decision.error_code) == (False, "authenticated_profile_missing")


async def test_who_is_logged_in_does_not_log_in_again(device: Spoken) -> None:
    profile = await done(device.login("Dish"))
    assert (await done(device.start_login("Dish"))).action == "authorize"
    assert told_alike({"Dish": await done(device.login("Dish"))}, {"Dish": profile})


async def test_a_login_that_comes_to_nothing_fails(device: Spoken) -> None:
    unknown = await refused(AdminError, device.login, "Dish", "nobody")
    assert [path for path, _ in unknown.fields] == ["subscriber"]
    error = await refused(DeviceError, device.login, "Nowhere")
    assert error.code == "invalid_parameter_mvpd"


async def test_a_second_screen_says_what_the_device_left_open(sandbox: Spoken) -> None:
    device = sandbox.device("tv", platform="tvOS")
    phone = sandbox.device("phone", platform="iOS")
    shown = await done(device.start_login())
    assert (shown.action, shown.mvpd) == ("resume", None)
    assert set(shown.missing) == {"mvpd", "domainName", "redirectUrl"}
    details = await done(phone.login_details(shown.code))
    assert details.device["operatingSystem"]["name"] == "tvOS"
    assert set(details.missing) == {"mvpd", "domainName", "redirectUrl"}
    step = await done(phone.resume_login(shown.code, "Dish", redirect_url="https://adobe.com/x"))
    assert (step.action, step.code, step.mvpd) == ("authenticate", shown.code, "Dish")
    assert step.url.startswith("http://")
    assert (await done(phone.login_details(shown.code))).existing["mvpd"] == "Dish"
    page = await done(phone.open(step.url))
    assert (page.status, len(page.urls)) == (200, 3)
    assert "<form" in page.text
    assert await done(device.profile_by_code(shown.code)) is None
    await done(sandbox.codes.approve(shown.code, subscriber="demo"))
    assert (await done(device.wait_for_login(shown.code))).user_id == "demo-viewer"


async def test_waiting_for_a_login_has_an_end(device: Spoken) -> None:
    step = await done(device.start_login("Dish"))
    with pytest.raises(LoginFailed, match=step.code):
        await done(device.wait_for_login(step.code, timeout=0.02, every=0.01))


async def test_waiting_sees_a_login_that_comes_later(simulator: Spoken) -> None:
    device = simulator.asynchronous.device("tv")
    step = await device.start_login("Dish")
    waiting = asyncio.create_task(device.wait_for_login(step.code, every=0.01))
    await asyncio.sleep(0)
    await simulator.asynchronous.codes.approve(step.code)
    assert (await waiting).mvpd == "Dish"


async def test_the_url_of_a_logout_is_opened_to_its_end(device: Spoken) -> None:
    await done(device.login("Cablevision"))
    logout = await done(device.logout("Cablevision", "https://adobe.com/bye?a=b&c", follow=True))
    assert logout.landing.url == "https://adobe.com/bye?a=b&c"
    assert logout.landing.urls[0] == logout.url
    assert "/provider/logout" in logout.landing.urls[1]


async def test_where_there_is_no_url_nothing_is_opened(device: Spoken) -> None:
    await done(device.login("Dish"))
    logout = await done(device.logout("Dish", follow=True))
    assert (logout.action, logout.url, logout.landing) == ("complete", None, None)


async def test_the_picker_is_that_of_the_platform(sandbox: Spoken) -> None:
    picker = await done(sandbox.device("tv", platform="Roku").configuration())
    assert picker.service_provider == "REF30"
    assert "Dish" in picker
    assert "SunsetTV" not in picker
    assert {each.id for each in picker.providers if each.temporary} == {
        "TempPass_5mins",
        "TempPass_promo",
    }


@pytest.mark.parametrize("binding", ["path", "header"])
async def test_what_it_sends_keeps_every_rule_of_the_checklist(
    server: Spoken, simulator: Sandbox, binding: str
) -> None:
    sandbox = server.sandbox(simulator.name, binding=binding)
    device = sandbox.device("living-room-tv", platform="Roku")
    await done(device.configuration())
    await done(device.profiles())
    await done(device.login("Cablevision", "demo"))
    await done(device.preauthorize("Cablevision", "NEWS", "SPORTS"))
    await done(device.authorize("Cablevision", "NEWS"))
    await done(device.logout("Cablevision", follow=True))
    conduct = await done(sandbox.conduct(device="living-room-tv", generation="current"))
    [app] = conduct.apps
    assert (app.application, app.device) == ("sample-app", "living-room-tv")
    assert conduct.totals["kept"] > 5
    assert [(each.rule, each.evidence) for each in conduct.broken] == []


async def test_what_an_app_does_wrong_is_told(sandbox: Spoken, device: Spoken) -> None:
    for _ in range(3):
        await done(device.register())
        await done(device.profiles())
    broken = (await done(sandbox.conduct())).broken
    assert broken
    assert all(each.says and each.page and each.evidence for each in broken)


# Who the app is


async def test_an_app_works_for_the_channel_that_it_is_told(sandbox: Spoken) -> None:
    kids = sandbox.device("tv", service_provider="DEMOKIDS")
    assert (await done(kids.configuration())).service_provider == "DEMOKIDS"
    app = sandbox.device("tv", application="kids-app")
    assert (await done(app.configuration())).service_provider == "DEMOKIDS"
    stranger = sandbox.device("tv", application="kids-app", service_provider="REF30")
    error = await refused(DeviceError, stranger.profiles)
    assert error.code == "invalid_access_token_service_provider"
    assert error.action == "application-registration"


async def test_an_app_of_any_channel_takes_the_first(sandbox: Spoken) -> None:
    document = {"name": "any", "service_providers": [{"id": "ONE"}], "applications": [{"id": "a"}]}
    await done(sandbox.seed(document))
    assert (await done(sandbox.device("tv").configuration())).service_provider == "ONE"


@pytest.mark.parametrize("document", [
    {"name": "none", "mvpds": [{"id": "M"}]},
    {"name": "channels", "applications": [{"id": "a"}]},
    {"name": "revoked", "service_providers": [{"id": "ONE"}],
     "applications": [{"id": "a", "revoked": True}]},
])  # fmt: skip
async def test_a_world_without_an_app_or_a_channel_is_named(
    sandbox: Spoken, document: Spoken
) -> None:
    await done(sandbox.seed(document))
    with pytest.raises(SimulatorError, match="seed one"):
        await done(sandbox.device("tv").profiles())


async def test_a_revoked_app_is_refused_at_registration(sandbox: Spoken) -> None:
    await done(sandbox.applications.change("sample-app", revoked=True))
    device = sandbox.device("tv", application="sample-app")
    error = await refused(DeviceError, device.register)
    assert (error.status, error.code) == (400, "unapproved_software_statement")
    assert error.message


# Access tokens


async def test_an_app_registers_once_and_for_all_its_calls(sandbox: Spoken, device: Spoken) -> None:
    await done(device.profiles())
    token = await done(device.access_token())
    await done(device.sending(service_token="x").configuration())
    assert await done(device.access_token()) == token
    assert len(await done(sandbox.clients.list())) == 1


async def test_calls_at_the_same_time_are_those_of_one_app(simulator: Spoken) -> None:
    device = simulator.asynchronous.device("tv")
    await asyncio.gather(*(device.profiles() for _ in range(4)))
    step = await device.start_login("Dish")
    await simulator.asynchronous.codes.approve(step.code)
    assert [*await device.profiles()] == ["Dish"]


async def test_registering_again_loses_the_login(device: Spoken) -> None:
    await done(device.login("Dish"))
    await done(device.register())
    assert await done(device.profiles()) == {}


async def test_an_expired_token_is_renewed_and_the_login_stays(
    sandbox: Spoken, device: Spoken
) -> None:
    profile = await done(device.login("Dish"))
    await done(sandbox.clock.advance(days=1))
    assert told_alike(await done(device.profiles()), {"Dish": profile})
    assert len(await done(sandbox.clients.list())) == 1


async def test_an_app_that_was_forgotten_registers_again(sandbox: Spoken) -> None:
    device = sandbox.device("demo-roku")
    assert [*await done(device.profiles())] == ["Cablevision", "OpenFiber"]
    await done(device.logout("Cablevision"))
    await done(sandbox.reset())
    assert [*await done(device.profiles())] == ["Cablevision", "OpenFiber"]


async def test_an_app_that_cannot_register_again_is_told_the_first_error(
    sandbox: Spoken, device: Spoken
) -> None:
    await done(device.profiles())
    await done(sandbox.applications.change("sample-app", revoked=True))
    error = await refused(DeviceError, device.profiles)
    assert error.code == "invalid_access_token_client_application"


async def test_an_app_can_be_played_that_does_not_renew(sandbox: Spoken) -> None:
    device = sandbox.device("tv", renews=False)
    await done(device.profiles())
    await done(sandbox.clock.advance(days=1))
    for _ in range(2):
        error = await refused(DeviceError, device.profiles)
        assert (error.status, error.action) == (401, "application-registration")


async def test_a_minted_token_leaves_no_client_and_lasts(sandbox: Spoken) -> None:
    device = sandbox.device("tv", minted=True)
    await done(device.login("Dish"))
    await done(sandbox.clock.advance(days=20))
    assert [*await done(device.profiles())] == ["Dish"]
    assert await done(sandbox.clients.list()) == []


# What it sends


@pytest.mark.parametrize(
    ("platform", "expected"),
    [("Roku", "Roku OS"), ("tvOS", "tvOS"), ("FireTV", "Android"), ("webOS", "webOS")],
)
async def test_a_platform_becomes_the_device_info(
    sandbox: Spoken, platform: str, expected: str
) -> None:
    await done(sandbox.settings.change({"device_info": "strict"}))
    device = sandbox.device("tv", platform=platform, info={"model": "mine"})
    step = await done(device.start_login("Dish"))
    session = await done(sandbox.sessions.get(step.code))
    assert (session["device_info"]["osName"], session["device_info"]["model"]) == (expected, "mine")


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_the_device_info_of_every_platform_is_complete(
    simulator: Spoken, platform: str
) -> None:
    simulator.settings.change({"device_info": "strict"})
    assert simulator.device("tv", platform=platform).profiles() == {}


def test_an_unknown_platform_is_named(simulator: Spoken) -> None:
    with pytest.raises(ValueError, match="'Fridge' is not one of the platforms Roku, tvOS"):
        simulator.device("tv", platform="Fridge")


async def test_one_viewer_on_two_devices_by_service_token(sandbox: Spoken) -> None:
    token = await done(sandbox.tokens.service("viewer"))
    first = sandbox.device("first").sending(service_token=token)
    second = sandbox.device("second").sending(service_token=token)
    await done(first.login("Spectrum", "demo"))
    assert (await done(second.profiles()))["Spectrum"].type == "serviceTokenSSO"
    assert (await done(second.logout("Spectrum"))).action == "logout"
    assert await done(first.profiles()) == {}


async def test_partner_single_sign_on(sandbox: Spoken) -> None:
    status = await done(sandbox.tokens.partner_status(mvpd="Cablevision"))
    device = sandbox.device("apple-tv", platform="tvOS").sending(partner_status=status)
    wanted = await done(device.partner_session())
    assert wanted["actionName"] == "partner_profile"
    response = await done(sandbox.tokens.saml_response("Cablevision", subscriber="demo"))
    profiles = await done(device.partner_profile(response))
    assert profiles["Cablevision"].type == "appleSSO"
    assert (await done(device.logout("Cablevision"))).action == "partner_logout"


async def test_any_request_can_be_sent_as_the_app(sandbox: Spoken) -> None:
    device = sandbox.device("tv").sending({"X-Mine": "ü"})
    answer = await done(device.request("GET", "/api/v2/NOPE/profiles", headers={"Accept": "*/*"}))
    assert (answer.status, answer.ok) == (400, False)
    assert answer.json()["code"] == "invalid_parameter_service_provider"
    assert answer.headers["content-type"].startswith("application/json")
    nothing = await done(device.request("GET", "/nothing"))
    assert nothing.status == 404


@pytest.mark.parametrize("body", ["<h1>busy</h1>", "[]", '"busy"'])
async def test_an_error_of_a_proxy_is_one_as_well(sandbox: Spoken, body: str) -> None:
    action = {"kind": "status", "status": 503, "body": body}
    await done(sandbox.faults.add(action, operation="profiles"))
    error = await refused(DeviceError, sandbox.device("tv").profiles)
    assert (error.status, error.code) == (503, "http_503")
    assert error.message == body


@pytest.mark.parametrize("body", ["<h1>welcome</h1>", "[]"])
async def test_an_answer_that_is_no_object_is_named(sandbox: Spoken, body: str) -> None:
    action = {"kind": "status", "status": 200, "body": body}
    await done(sandbox.faults.add(action, operation="profiles"))
    with pytest.raises(UnexpectedResponse, match="answered 200 with something else") as caught:
        await done(sandbox.device("tv").profiles())
    assert (caught.value.status, caught.value.text) == (200, body)


async def test_a_throttled_device_sees_the_page_of_the_proxy(sandbox: Spoken) -> None:
    await done(sandbox.faults.add({"kind": "throttle"}, operation="profiles"))
    error = await refused(DeviceError, sandbox.device("tv").profiles)
    assert (error.status, error.code) == (429, "http_429")
    assert error.headers["server"] == "openresty"
