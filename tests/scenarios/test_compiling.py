"""What the entries of a document become: defaults, derived ids, times, digests and counts."""

import pytest

from simulator.domain.access.registration import Application, Client
from simulator.domain.configuration import DAY, BoardingStatus, Integration, Mvpd, ServiceProvider
from simulator.domain.decisions.degradation import DegradationRule
from simulator.domain.decisions.temp_pass import TempPassTrial
from simulator.domain.households import Device, Subscriber
from simulator.domain.sessions.profiles import Profile
from simulator.domain.sso.identities import SsoLink
from simulator.domain.switches import Setting
from simulator.scenarios import models
from simulator.scenarios.compiling import check, count_hint, digest, records
from simulator.scenarios.context import Record
from simulator.scenarios.loading import parse, validate, validate_as
from simulator.validation.problems import ScenarioError

from .documents import BASE, compiled, one, profile, with_members

HOUR = 3_600_000


class SandboxSession:
    """A context of the admin API's kind: a world in which it is some moment already."""

    now = 1_000_000

    def new_id(self, kind: str, /) -> str:
        return f"new-{kind}"

    def subscriber(self, subscriber: str, /) -> Subscriber | None:
        known = {"demo": "u-77", "nameless": None}
        if subscriber not in known:
            return None
        return Subscriber(id=subscriber, username="", password="", user_id=known[subscriber])

    def integration(self, service_provider: str, mvpd: str, /) -> Integration | None:
        return None


def made(**members: object) -> Profile:
    found: Profile = one(compiled(with_members(profiles=[profile(**members)])), Profile)
    return found


def window(**members: object) -> tuple[int, int]:
    found = made(**members)
    return found.not_before, found.not_after


def test_a_profile_lasts_as_long_as_its_integration_says() -> None:
    assert window() == (0, 30 * DAY)
    assert window(mvpd="Dish") == (0, 6 * HOUR)
    assert window(mvpd="Trial", type="temporary") == (0, 300_000)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"expires_in": "PT1H"}, (0, HOUR)),
        ({"expires_in": "PT0S"}, (-DAY, 0)),
        ({"expires_in": "-PT1H"}, (-DAY - HOUR, -HOUR)),
        ({"not_before": "-P1D"}, (-DAY, 30 * DAY)),
        ({"not_before": "PT1H", "expires_in": "PT2H"}, (HOUR, 2 * HOUR)),
        ({"not_before": "-P2D", "expires_in": "-P1D"}, (-2 * DAY, -DAY)),
    ],
)
def test_the_window_of_a_profile(members: dict[str, str], expected: tuple[int, int]) -> None:
    assert window(**members) == expected


def test_attributes_become_values_with_a_state() -> None:
    attributes = {
        "userID": "given",
        "zip": {"value": ["MTAwMzY="], "state": "enc"},
        "maxRating": {"MPAA": "PG"},
        "bare": {"value": 1},
        "odd": {"value": 1, "unit": "m"},
        "none": None,
    }
    assert made(attributes=attributes).attributes == {
        "userID": {"value": "given", "state": "plain"},
        "zip": {"value": ["MTAwMzY="], "state": "enc"},
        "maxRating": {"value": {"MPAA": "PG"}, "state": "plain"},
        "bare": {"value": 1, "state": "plain"},
        "odd": {"value": {"value": 1, "unit": "m"}, "state": "plain"},
        "none": {"value": None, "state": "plain"},
    }


def test_there_is_always_a_user_id() -> None:
    assert made(subscriber="demo").attributes == {"userID": {"value": "u-77", "state": "plain"}}
    digests = {made(device="a").attributes["userID"]["value"] for _ in range(3)}
    assert len(digests) == 1
    (digest_of_device,) = digests
    assert isinstance(digest_of_device, str)
    assert len(digest_of_device) == 40
    assert int(digest_of_device, 16)
    assert made(device="b").attributes["userID"]["value"] != digest_of_device
    assert made(device="a", mvpd="Dish").attributes["userID"]["value"] != digest_of_device


def test_viewers_without_a_user_id_share_it_across_devices() -> None:
    data = with_members(
        subscribers=[{"id": "anna"}],
        profiles=[profile(device=device, subscriber="anna") for device in "ab"],
    )
    found = [each.attributes for each in compiled(data) if isinstance(each, Profile)]
    assert found[0] == found[1]


def test_a_profile_of_a_generated_viewer_carries_the_user_id() -> None:
    order = {"service_provider": "REF30", "mvpds": ["Dish"], "subscribers": 2, "profiles": False}
    data = with_members(generate=order, profiles=[profile(subscriber="household-00002")])
    found = compiled(data)
    viewer = next(
        each for each in found if isinstance(each, Subscriber) and each.id == "household-00002"
    )
    assert one(found, Profile).attributes["userID"]["value"] == viewer.user_id


def test_ids_follow_from_the_position() -> None:
    link = {"kind": "service_token", "subject": "s"}
    trial = {"service_provider": "REF30", "mvpd": "Trial", "device": "tv"}
    rule = {"service_provider": "REF30", "mvpd": "Cable", "rule": "AuthZNone"}
    data = with_members(
        profiles=[
            profile(device="a", links=[link, {**link, "id": "mine"}]),
            profile(device="b", id="named", links=[link]),
            profile(device="c", links=[link]),
        ],
        temp_passes=[trial, {**trial, "id": "t"}, trial],
        degradations=[{**rule, "id": "d"}, rule],
    )
    found = [
        each.id
        for each in compiled(data)
        if isinstance(each, Profile | SsoLink | TempPassTrial | DegradationRule)
    ]
    assert found == [
        *("profile-1", "profile-1.1", "mine", "named", "named.1", "profile-3", "profile-3.1"),
        *("temp-pass-1", "t", "temp-pass-3", "d", "degradation-2"),
    ]


def test_names_default_to_ids() -> None:
    found = compiled(with_members(subscribers=[{"id": "anna"}]))
    assert one(found, ServiceProvider).name == "REF30"
    assert one(found, Application).name == "app"
    assert [each.display_name for each in found if isinstance(each, Mvpd)] == [
        "Cable",
        "Dish",
        "Trial",
    ]
    viewer = one(found, Subscriber)
    assert (viewer.username, viewer.password) == ("anna", "password")


def test_a_client_without_a_secret_always_gets_the_same() -> None:
    first, second = (each for each in compiled(BASE) if isinstance(each, Client))
    again, _ = (each for each in compiled(BASE) if isinstance(each, Client))
    assert first.secret == again.secret != second.secret
    assert first.registered_at == 0


def test_times_are_offsets() -> None:
    rule = {"service_provider": "REF30", "mvpd": "Cable", "rule": "AuthNAll"}
    trial = {"service_provider": "REF30", "mvpd": "Trial", "device": "tv"}
    data = with_members(
        degradations=[rule | {"from": "-PT5M", "until": "PT1H", "message": "m"}],
        temp_passes=[trial | {"first_authorized": "-PT4M", "used_resources": ["a"]}],
        clients=[{"id": "one", "application": "app", "registered": "-P1D"}],
    )
    found = compiled(data)
    rule_made = one(found, DegradationRule)
    assert (rule_made.not_before, rule_made.until) == (-300_000, HOUR)
    assert one(found, TempPassTrial).first_authorized == -240_000
    assert one(found, Client).registered_at == -DAY


def test_overrides_hold_only_what_is_given() -> None:
    pair = {
        "service_provider": "REF30",
        "mvpd": "Cable",
        "authentication_ttl": "P1D",
        "overrides": {
            "Roku": {"authentication_ttl": "P30D", "boarding_status": "PICKER"},
            "desktop": {"enable_platform_services": None},
        },
    }
    integration = one(compiled(with_members(integrations=[pair])), Integration)
    assert integration.id == "REF30:Cable"
    assert integration.overrides == {
        "Roku": {"authentication_ttl": 30 * DAY, "boarding_status": BoardingStatus.PICKER},
        "desktop": {"enable_platform_services": None},
    }


def test_settings_become_records() -> None:
    settings = {"logout.url": "absolute", "access_token.lifetime": 60, "simulator_headers": False}
    found = [
        each for each in compiled(with_members(settings=settings)) if isinstance(each, Setting)
    ]
    assert {each.id: each.value for each in found} == settings


def test_the_admin_api_makes_records_for_a_living_world() -> None:
    model = validate_as(models.ProfileModel, profile(expires_in="PT1H", subscriber="demo"))
    assert list(model.records(SandboxSession())) == [
        Profile(
            id="new-profile",
            service_provider="REF30",
            mvpd="Cable",
            device="tv",
            subscriber="demo",
            not_before=1_000_000,
            not_after=1_000_000 + HOUR,
            attributes={"userID": {"value": "u-77", "state": "plain"}},
        )
    ]
    unknown = validate_as(models.ProfileModel, profile())
    found = one(unknown.records(SandboxSession()), Profile)
    assert found.not_after == SandboxSession.now + 30 * DAY


def test_one_entity_is_refused_with_paths_from_itself() -> None:
    body = profile(attributes={"a": float("nan")}, links=[{"kind": "x"}], colour="red")
    with pytest.raises(ScenarioError) as error:
        validate_as(models.ProfileModel, body)
    paths = {problem.path for problem in error.value.problems}
    assert paths == {"attributes.a.value", "links[0].kind", "colour"}


def test_records_come_after_those_they_refer_to() -> None:
    order = {"service_provider": "REF30", "mvpds": ["Cable"], "subscribers": 2}
    data = with_members(
        settings={"logout.url": "absolute"},
        generate=order,
        profiles=[profile(links=[{"kind": "service_token", "subject": "s"}])],
    )
    kinds = [type(record) for record in compiled(data)]
    order_of_kinds: list[type[Record]] = [
        Setting, ServiceProvider, Mvpd, Integration, Application, Client, Subscriber,
        Device, Profile, SsoLink,
    ]  # fmt: skip
    firsts = [kinds.index(kind) for kind in order_of_kinds]
    assert firsts == sorted(firsts)


def test_the_count_is_known_beforehand() -> None:
    order = {"service_provider": "REF30", "mvpds": ["Cable"], "subscribers": 7, "devices_each": 3}
    bare = {**order, "seed": 1, "profiles": False}
    data = with_members(
        settings={"logout.url": "absolute"},
        generate=[order, bare],
        profiles=[profile(links=[{"kind": "service_token", "subject": "s"}])],
    )
    document = validate(data)
    assert count_hint(document) == len(list(records(document)))


def test_the_digest_depends_on_the_content_alone() -> None:
    yaml = "title: T\nname: x\nmvpds:\n  - {logout_endpoint: true, id: A}  # a comment"
    json = '{"name": "x", "title": "T", "mvpds": [{"id": "A"}]}'
    assert digest(parse(yaml)) == digest(parse(json))
    assert len(digest(parse(yaml))) == 64


def test_the_digest_notices_what_an_override_says() -> None:
    def of(**settings: object) -> str:
        pair = {"service_provider": "REF30", "mvpd": "Cable", "overrides": {"Roku": settings}}
        document = validate(with_members(integrations=[pair]))
        check(document)
        return digest(document)

    assert len({of(), of(authentication_ttl="P30D"), of(authentication_ttl="P1D")}) == 3
