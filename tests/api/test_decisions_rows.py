"""The rows of the decision table over HTTP, in their order (Adobe: authorization, D1 to D17)."""

from typing import Any, Final

import pytest

from tests.support.decisions import (
    AUTHORIZE,
    DAY,
    HOUR,
    MINUTE,
    PREAUTHORIZE,
    ask,
    decision,
    decisions,
    denied,
    identity,
    outcome,
    permit,
    seeded,
    viewer,
)
from tests.support.lab import Lab, partner_status
from tests.support.shapes import assert_enhanced
from tests.support.worlds import BOX, TV, changed, profile, rule, world

BOTH: Final = (AUTHORIZE, PREAUTHORIZE)
DURATION: Final = "temporary_access_duration_limit_exceeded"
QUOTA: Final = "temporary_access_resources_limit_exceeded"
NO_IDENTITY: Final = "invalid_header_identity_for_temporary_access"
DENIED: Final = "authorization_denied_by_mvpd"
DENIED_BEFOREHAND: Final = "preauthorization_denied_by_mvpd"
PARENTAL: Final = "authorization_denied_by_parental_controls"
RULED_OUT: Final = ("authorization_denied_by_degradation_rule", "Back at eight.")
TURNED_AWAY: Final = (
    "authorization_denied_by_hba_policies", "authorization_denied_by_session_invalidated",
    "identity_not_recognized_by_mvpd",
)  # fmt: skip
FAILED: Final = (
    "network_connection_timeout", "network_received_error", "maximum_execution_time_exceeded",
    "internal_server_error",
)  # fmt: skip

ANN: Final = {"AP_TempPass_Identity": identity("ann")}
R_RATED: Final = (
    '<rss xmlns:media="http://search.yahoo.com/mrss/"><channel><title>LAB-FILM</title><item>'
    '<media:rating scheme="urn:mpaa">R</media:rating></item></channel></rss>'
)


def trial(mvpd: str, since: str = "-PT1M", *used: str, device: str = TV) -> dict[str, Any]:
    """A trial at LABSP that began some time ago."""
    return {
        "id": "trial",
        "service_provider": "LABSP",
        "mvpd": mvpd,
        "device": device,
        "first_authorized": since,
        "used_resources": [*used],
    }


async def test_z1_a_temp_pass_permits_until_its_trial_ends(lab: Lab) -> None:
    app = await seeded(lab, world(temp_passes=[trial("TempBasic")]))
    now = lab.clock.now()
    item = await decision(app, mvpd="TempBasic")
    assert (item["source"], item["authorized"]) == ("temppass", True)
    assert (item["notBefore"], item["notAfter"]) == (now - MINUTE, now + 2 * MINUTE)
    assert (item["token"]["notBefore"], item["token"]["notAfter"]) == (now, now + 7 * MINUTE)
    assert await outcome(app, mvpd="TempBasic", operation=PREAUTHORIZE) == permit("temppass")


@pytest.mark.parametrize("mvpd", ["TempBasic", "TempPromo"])
@pytest.mark.parametrize("operation", BOTH)
async def test_z2_a_temp_pass_whose_time_is_over_denies(
    lab: Lab, mvpd: str, operation: str
) -> None:
    app = await seeded(lab, world(temp_passes=[trial(mvpd, "-PT10M")]), **ANN)
    item = await decision(app, mvpd=mvpd, operation=operation)
    assert item == denied(DURATION, "temppass")


@pytest.mark.parametrize("operation", BOTH)
async def test_z3_a_promotional_temp_pass_denies_a_new_resource_at_its_quota(
    lab: Lab, operation: str
) -> None:
    app = await seeded(lab, world(temp_passes=[trial("TempPromo", "-PT1M", "one", "two")]), **ANN)
    item = await decision(app, "three", "TempPromo", operation)
    assert item == denied(QUOTA, "temppass")
    assert await outcome(app, "two", "TempPromo", operation) == ("temppass", QUOTA)


@pytest.mark.parametrize("header", [None, "", "!!!", identity(" "), identity("\0")])
async def test_z4_a_promotional_temp_pass_asks_for_an_identity(
    lab: Lab, header: str | None
) -> None:
    app = await seeded(lab, world())
    if header is not None:
        app = app.sending(AP_TempPass_Identity=header)
    before = await lab.state()
    item = await decision(app, mvpd="TempPromo")
    assert item == denied(NO_IDENTITY, "temppass")
    assert await outcome(app, mvpd="TempPromo", operation=PREAUTHORIZE) == permit("temppass")
    assert await lab.state() == before


@pytest.mark.parametrize("operation", BOTH)
@pytest.mark.parametrize(
    ("mvpd", "members"),
    [
        ("TempBasic", {"temp_pass_ttl": "PT0S"}),
        ("TempBasic", {"temp_pass_ttl": None}),
        ("TempPromo", {"temp_pass_resources": 0}),
        ("TempPromo", {"temp_pass_resources": None}),
        ("TempPromo", {"temp_pass_key": None}),
    ],
)
async def test_z5_a_misconfigured_temp_pass_denies(
    lab: Lab, mvpd: str, members: dict[str, Any], operation: str
) -> None:
    app = await seeded(lab, changed(("LABSP", mvpd), **members), **ANN)
    item = await decision(app, mvpd=mvpd, operation=operation)
    assert item == denied("invalid_configuration_temporary_access", "temppass")


@pytest.mark.parametrize("operation", BOTH)
@pytest.mark.parametrize("logins", [[], [profile("login", client="app-1")]])
async def test_z6_authz_none_denies_with_its_message(
    lab: Lab, operation: str, logins: list[Any]
) -> None:
    rules = [
        rule("AuthZNone", message="Back at eight."),
        # It comes before the rules that permit.
        rule("AuthNAll"),
        rule("AuthZAll"),
    ]
    app = await seeded(lab, world(profiles=logins, degradations=rules))
    item = await decision(app, operation=operation)
    assert item == denied(RULED_OUT, "degradation")


async def test_what_a_fault_denies_is_not_explained_by_a_rule(lab: Lab) -> None:
    app = await seeded(lab, world(degradations=[rule("AuthZNone", message="Back at eight.")]))
    await lab.admin(
        "POST", "faults", {"match": {"resource": "one"}, "action": "network_connection_timeout"}
    )
    faulty, other = await decisions(app, "one", "two")
    assert faulty["error"] == "network_connection_timeout"
    assert other["error"] == RULED_OUT


@pytest.mark.parametrize("logins", [[], [profile("login", client="app-1")]])
@pytest.mark.parametrize(("until", "lasts"), [(None, DAY), ("PT20S", 20_000), ("PT1H", HOUR)])
async def test_z7_authn_all_permits_within_its_window(
    lab: Lab, logins: list[Any], until: str | None, lasts: int
) -> None:
    rules = [rule("AuthNAll", **({"until": until} if until else {})), rule("AuthZAll")]
    app = await seeded(lab, world(profiles=logins, degradations=rules))
    now = lab.clock.now()
    # Two at once: the limit does not count.
    for item in await decisions(app, "one", "two"):
        assert (item["source"], item["authorized"]) == ("degradation", True)
        assert (item["notBefore"], item["notAfter"]) == (now, now + lasts)
        assert item["token"]["notAfter"] == now + min(lasts, 7 * MINUTE)
    assert await outcome(app, operation=PREAUTHORIZE) == permit("degradation")


async def test_z7_a_stored_degraded_profile_goes_on(lab: Lab) -> None:
    stored = profile("login", client="app-1", type="degraded", expires_in="PT10S")
    app = await seeded(lab, world(profiles=[stored]))
    item = await decision(app)
    assert (item["source"], item["notAfter"]) == ("degradation", lab.clock.now() + 10_000)
    lab.clock.advance(seconds=10)
    assert await outcome(app) == ("mvpd", "authenticated_profile_expired")


@pytest.mark.parametrize("logins", [[], [profile("login", client="app-1")]])
async def test_z8_authz_all_permits_without_a_window(lab: Lab, logins: list[Any]) -> None:
    app = await seeded(lab, world(profiles=logins, degradations=[rule("AuthZAll")]))
    for item in await decisions(app, "one", "two"):
        assert item.keys() == {"source", "authorized", "token"}
        assert (item["source"], item["authorized"]) == ("degradation", True)
    assert await outcome(app, operation=PREAUTHORIZE) == permit("degradation")


@pytest.mark.parametrize(("operation", "limit"), [(AUTHORIZE, 1), (PREAUTHORIZE, 5)])
async def test_z9_too_many_resources_are_told_on_each(lab: Lab, operation: str, limit: int) -> None:
    app = await seeded(lab, viewer())
    names = [f"resource-{number}" for number in range(limit + 1)]
    fitting = await decisions(app, *names[:limit], operation=operation)
    assert all(item["authorized"] for item in fitting)
    told = [denied("too_many_resources")] * (limit + 1)
    assert await decisions(app, *names, operation=operation) == told


@pytest.mark.parametrize("operation", BOTH)
async def test_z10_without_a_usable_profile_nothing_is_permitted(lab: Lab, operation: str) -> None:
    app = await seeded(lab, world())
    missing = denied("authenticated_profile_missing")
    assert await decision(app, operation=operation) == missing

    unusable: dict[str, dict[str, Any]] = {
        "authenticated_profile_expired": {"expires_in": "-PT1S"},
        "authenticated_profile_invalidated": {"invalidated": True},
        # It is not here yet.
        "authenticated_profile_missing": {"not_before": "PT1H", "expires_in": "PT2H"},
    }
    for code, members in unusable.items():
        await lab.seed(world(profiles=[profile("login", client="app-1", **members)]))
        assert await decision(app, operation=operation) == denied(code)


@pytest.mark.parametrize("operation", BOTH)
@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "permission_access_not_present"),
        ("nonsense", "permission_access_not_present"),
        (partner_status("labcable_apple", "notDetermined"), "permission_access_not_determined"),
        (partner_status("labcable_apple", "denied"), "permission_access_not_granted"),
        (partner_status("nobody"), "provider_id_not_determined"),
        (partner_status("labcable_apple", expirationDate="1"), "provider_info_expired"),
    ],
)
async def test_z11_an_apple_profile_without_permission_is_refused_as_a_whole(
    lab: Lab, operation: str, header: str | None, code: str
) -> None:
    app = await seeded(lab, world(profiles=[profile("login", client="app-1", type="appleSSO")]))
    if header is not None:
        app = app.sending(AP_Partner_Framework_Status=header)
    reply = await ask(app, "LAB-LIVE", operation=operation)
    assert_enhanced(reply, f"invalid_header_pfs_{code}")


async def test_z11_a_status_of_another_mvpd_does_not_count(lab: Lab) -> None:
    document = world(profiles=[profile("login", client="app-1", type="appleSSO")])
    document["mvpds"][1] = {**document["mvpds"][1], "platform_mappings": {"apple": "dish_apple"}}
    app = await seeded(lab, document)
    reply = await ask(app.sending(AP_Partner_Framework_Status=partner_status("dish_apple")), "x")
    assert_enhanced(reply, "invalid_header_pfs_provider_id_mismatch")
    granted = app.sending(AP_Partner_Framework_Status=partner_status("labcable_apple"))
    assert await outcome(granted) == permit()


async def test_z12_the_mvpd_permits_for_the_authorization_ttl(lab: Lab) -> None:
    app = await seeded(lab, viewer(entitlements=["LAB-LIVE"]))
    now = lab.clock.now()
    item = await decision(app)
    assert (item["source"], item["authorized"]) == ("mvpd", True)
    assert (item["notBefore"], item["notAfter"]) == (now, now + DAY)
    assert (item["token"]["notBefore"], item["token"]["notAfter"]) == (now, now + 7 * MINUTE)
    preflight = await decision(app, operation=PREAUTHORIZE)
    assert preflight == {"source": "mvpd", "authorized": True}


async def test_z12_a_decision_ends_with_the_profile_at_the_latest(lab: Lab) -> None:
    app = await seeded(lab, world(profiles=[profile("login", client="app-1", expires_in="PT1H")]))
    assert (await decision(app))["notAfter"] == lab.clock.now() + HOUR


async def test_z12_an_override_for_the_platform_counts(lab: Lab) -> None:
    overrides = {
        "Roku": {"authorization_ttl": "PT1H", "media_token_ttl": "PT1M", "authorize_limit": 2}
    }
    document = {
        **changed(("LABSP", "LabCable"), overrides=overrides),
        "profiles": [profile("login", client="app-1")],
    }
    app = await seeded(lab, document, X_Device_Info="eyJvc05hbWUiOiJSb2t1IE9TIn0=")
    for item in await decisions(app, "one", "two"):
        assert item["notAfter"] == lab.clock.now() + HOUR
        assert item["token"]["notAfter"] == lab.clock.now() + MINUTE


@pytest.mark.parametrize("detailed", [True, False])
async def test_z13_the_mvpd_denies_with_its_own_words(lab: Lab, detailed: bool) -> None:
    denial = {"code": DENIED, "details": "Your package lacks gold."} if detailed else DENIED
    app = await seeded(lab, viewer(denials={"LAB-GOLD": denial}))
    now = lab.clock.now()
    wanted: Any = (DENIED, "Your package lacks gold.") if detailed else DENIED
    item = await decision(app, "LAB-GOLD")
    assert item == denied(wanted, notBefore=now, notAfter=now + DAY)
    wanted = (DENIED_BEFOREHAND, wanted[1]) if detailed else DENIED_BEFOREHAND
    preflight = await decision(app, "LAB-GOLD", operation=PREAUTHORIZE)
    assert preflight == denied(wanted)
    assert await outcome(app, "LAB-LIVE") == permit()


async def test_z13_what_the_entitlements_lack_is_denied(lab: Lab) -> None:
    app = await seeded(lab, viewer(entitlements=["LAB-LIVE", "LAB-NEWS"]))
    items = await decisions(app, "LAB-LIVE", "LAB-GOLD", "LAB-NEWS", operation=PREAUTHORIZE)
    assert [item.get("error") for item in items] == [None, DENIED_BEFOREHAND, None]
    assert await outcome(app, "LAB-GOLD") == ("mvpd", DENIED)


async def test_z13_a_denial_of_preflight_alone_leaves_the_authorization(lab: Lab) -> None:
    app = await seeded(lab, viewer(denials={"*": DENIED_BEFOREHAND}))
    assert await outcome(app, operation=PREAUTHORIZE) == ("mvpd", DENIED_BEFOREHAND)
    assert await outcome(app) == permit()


@pytest.mark.parametrize("where", ["subscriber", "profile"])
async def test_z14_a_resource_above_the_limit_is_denied(lab: Lab, where: str) -> None:
    limit: dict[str, Any] = {"attributes": {"maxRating": {"MPAA": "PG", "VCHIP": "TV-PG"}}}
    document = viewer(**limit)
    if where == "profile":
        document = world(profiles=[profile("login", client="app-1", **limit)])
    app = await seeded(lab, document)
    assert await decision(app, R_RATED) == denied(PARENTAL)
    preflight = await decision(app, R_RATED, operation=PREAUTHORIZE)
    assert preflight == denied(DENIED_BEFOREHAND)
    for harmless in (R_RATED.replace(">R<", ">PG<"), "LAB-FILM"):
        assert await outcome(app, harmless) == permit()


@pytest.mark.parametrize("operation", BOTH)
@pytest.mark.parametrize("code", [*TURNED_AWAY, *FAILED])
async def test_z15_and_z16_the_mvpd_or_the_exchange_with_it_fails_until_it_is_mended(
    lab: Lab, operation: str, code: str
) -> None:
    for resource in ("*", "LAB-LIVE"):
        app = await seeded(lab, viewer(denials={resource: code}))
        assert await decision(app, operation=operation) == denied(code)
        await lab.admin("PATCH", "subscribers/ann", {"denials": None})
        assert await outcome(app, operation=operation) == permit()


@pytest.mark.parametrize(
    ("members", "sources"),
    [
        ({"authorization_endpoint": False}, ("dummy", "dummy")),
        ({"preauthorization_endpoint": False}, ("mvpd", "dummy")),
    ],
)
async def test_z17_an_mvpd_without_an_endpoint_is_not_asked(
    lab: Lab, members: dict[str, Any], sources: tuple[str, str]
) -> None:
    document = world(
        mvpds=[{"id": "LabNoAuthz", **members}],
        integrations=[{"service_provider": "LABSP", "mvpd": "LabNoAuthz"}],
        subscribers=[{"id": "ann"}],
        profiles=[profile("login", mvpd="LabNoAuthz", client="app-1", subscriber="ann")],
    )
    app = await seeded(lab, document)
    item = await decision(app, mvpd="LabNoAuthz")
    assert item["source"] == sources[0]
    assert ("notAfter" in item) is (sources[0] == "mvpd")
    if sources[0] == "dummy":
        # Not even entitlements matter, as nobody looks at them; a login does.
        await lab.admin("PATCH", "subscribers/ann", {"entitlements": ["another"]})
        assert await outcome(app, mvpd="LabNoAuthz") == permit("dummy")
    preflight = await outcome(app, mvpd="LabNoAuthz", operation=PREAUTHORIZE)
    assert preflight == permit(sources[1])
    stranger = await lab.app(BOX)
    assert (await decision(stranger, mvpd="LabNoAuthz"))["error"] == "authenticated_profile_missing"
