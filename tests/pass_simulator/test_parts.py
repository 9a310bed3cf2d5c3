"""The parts of a sandbox through the client, in both modes."""

from datetime import UTC, datetime, timedelta

import pytest

from pass_simulator import AdminError, DeviceError, NoResponse

from .modes import Spoken, done, refused

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


# Entities


async def test_an_entity_is_created_read_changed_and_deleted(sandbox: Spoken) -> None:
    made = await done(sandbox.mvpds.create(id="Newcomer", display_name="New", logo_url=None))
    assert (made.id, made["display_name"]) == ("Newcomer", "New")
    changed = await done(sandbox.mvpds.change("Newcomer", display_name="Newer"))
    assert changed["display_name"] == "Newer"
    assert (await done(sandbox.mvpds.change("Newcomer", display_name=None)))["display_name"] == (
        "Newcomer"
    )
    await done(sandbox.mvpds.delete("Newcomer"))
    error = await refused(AdminError, sandbox.mvpds.get, "Newcomer")
    assert error.code == "mvpd_not_found"


@pytest.mark.parametrize(
    ("collection", "some"),
    [
        ("service_providers", "REF30"),
        ("mvpds", "Dish"),
        ("integrations", "REF30:Dish"),
        ("applications", "sample-app"),
        ("subscribers", "demo"),
        ("devices", "demo-roku"),
        ("profiles", "demo-roku-cablevision"),
        ("temp_passes", "demo-browser-five-minutes"),
        ("degradations", "attott-authn-all"),
        ("clients", None),
        ("issuers", None),
        ("sso_links", None),
        ("faults", None),
    ],
)
async def test_every_kind_of_entity_has_a_collection(
    sandbox: Spoken, collection: str, some: str | None
) -> None:
    found = await done(getattr(sandbox, collection).list())
    assert some is None or some in [each.id for each in found]


async def test_a_list_is_filtered(sandbox: Spoken) -> None:
    found = await done(sandbox.profiles.list(device="demo-roku", mvpd="Cablevision"))
    assert [each.id for each in found] == ["demo-roku-cablevision"]


async def test_a_list_of_many_pages_is_whole(sandbox: Spoken) -> None:
    names = [f"viewer-{number:04}" for number in range(1_001)]
    document = {"name": "crowd", "subscribers": [{"id": name} for name in names]}
    await done(sandbox.seed(document))
    assert [each.id for each in await done(sandbox.subscribers.list())] == names


async def test_an_id_of_any_characters_finds_its_way(sandbox: Spoken) -> None:
    name = "a/b c?d#e%ü"
    await done(sandbox.devices.create(id=name))
    assert (await done(sandbox.devices.get(name))).id == name
    await done(sandbox.devices.delete(name))


async def test_a_profile_is_invalidated_and_expired(sandbox: Spoken) -> None:
    invalid = await done(sandbox.profiles.invalidate("demo-roku-cablevision"))
    assert (invalid["invalidated"], invalid["valid"]) == (True, False)
    expired = await done(sandbox.profiles.expire("demo-roku-openfiber"))
    assert expired["valid"] is False


async def test_a_claimed_device_comes_home(sandbox: Spoken) -> None:
    name = f"claimed-in-{sandbox.name}"
    claim = await done(sandbox.devices.claim(name, lasting=timedelta(hours=1)))
    assert claim["sandbox"] == sandbox.name
    assert (await done(sandbox.show()))["devices"] == [name]
    await done(sandbox.devices.unclaim(name))
    assert (await done(sandbox.show()))["devices"] == []


# Clock


async def test_the_clock_is_stopped_moved_and_let_go(sandbox: Spoken) -> None:
    clock = sandbox.clock
    assert not (await done(clock.read())).frozen
    frozen = await done(clock.freeze(NEW_YEAR))
    assert (frozen.now, frozen.frozen) == (NEW_YEAR, True)
    assert await done(clock.now()) == NEW_YEAR
    assert (await done(clock.set("2026-01-02T00:00:00Z"))).frozen
    running = await done(clock.run())
    assert not running.frozen
    assert timedelta() <= running.now - NEW_YEAR - timedelta(days=1) < timedelta(minutes=1)
    assert not (await done(clock.set(NEW_YEAR))).frozen
    reset = await done(clock.reset())
    assert reset.now > NEW_YEAR + timedelta(days=30)


@pytest.mark.parametrize(
    ("by", "lengths", "expected"),
    [
        ("P1DT6H", {}, timedelta(days=1, hours=6)),
        (timedelta(hours=6, milliseconds=250), {}, timedelta(hours=6, milliseconds=250)),
        (None, {"days": 1, "hours": 2, "minutes": 3, "seconds": 4.5},
         timedelta(days=1, hours=2, minutes=3, seconds=4.5)),
    ],
)  # fmt: skip
async def test_the_clock_is_advanced_by_any_notation(
    sandbox: Spoken, by: Spoken, lengths: dict[str, float], expected: timedelta
) -> None:
    await done(sandbox.clock.freeze(NEW_YEAR))
    assert (await done(sandbox.clock.advance(by, **lengths))).now == NEW_YEAR + expected


async def test_advancing_tells_what_fell_due(sandbox: Spoken) -> None:
    await done(sandbox.clock.freeze())
    moved = await done(sandbox.clock.advance(days=30))
    assert "demo-roku-cablevision" in [each["id"] for each in moved.due]


async def test_a_clock_is_not_set_to_a_time_of_no_zone(sandbox: Spoken) -> None:
    with pytest.raises(ValueError, match="time zone"):
        await done(sandbox.clock.freeze(NEW_YEAR.replace(tzinfo=None)))


@pytest.mark.parametrize("by", [timedelta(), timedelta(seconds=-1), None, "soon"])
async def test_a_clock_is_not_advanced_by_nothing_or_nonsense(sandbox: Spoken, by: Spoken) -> None:
    error = await refused(AdminError, sandbox.clock.advance, by)
    assert [path for path, _ in error.fields] == ["by"]


# Codes and sessions


async def test_a_code_is_listed_and_approved(sandbox: Spoken) -> None:
    assert await done(sandbox.codes.next("K4T9WQ7")) == "K4T9WQ7"
    step = await done(sandbox.device("tv").start_login("Dish"))
    assert step.code == "K4T9WQ7"
    [waiting] = await done(sandbox.codes.list(device="tv"))
    assert (waiting.code, waiting.mvpd, waiting.missing) == (step.code, "Dish", ())
    assert waiting.not_after is not None
    approved = await done(sandbox.codes.approve(step.code, subscriber="demo"))
    assert approved.status == "completed"
    assert await done(sandbox.codes.list(device="tv")) == []
    [session] = await done(sandbox.sessions.list(device="tv"))
    assert session == await done(sandbox.sessions.get(step.code))


async def test_a_login_is_refused(sandbox: Spoken, device: Spoken) -> None:
    step = await done(device.start_login("Dish"))
    assert (await done(sandbox.codes.deny(step.code))).status == "failed"
    assert await done(device.profile_by_code(step.code)) is None


async def test_a_code_runs_out(sandbox: Spoken) -> None:
    step = await done(sandbox.device("tv").start_login("Dish"))
    assert (await done(sandbox.codes.expire(step.code))).status == "expired"
    error = await refused(AdminError, sandbox.codes.approve, step.code)
    assert (error.status, error.code) == (409, "code_not_open")


# Faults


async def test_a_fault_strikes_whom_it_is_meant_for(sandbox: Spoken) -> None:
    fault = await done(
        sandbox.faults.add("internal_server_error", operation="profiles", device="tv", skip=1)
    )
    assert fault["match"] == {"operation": "profiles", "device": "tv"}
    device, other = sandbox.device("tv"), sandbox.device("other")
    await done(device.profiles())
    error = await refused(DeviceError, device.profiles)
    assert (error.status, error.code) == (500, "internal_server_error")
    await done(other.profiles())
    assert (await done(sandbox.faults.get(fault.id)))["struck"] == 1
    assert await done(sandbox.faults.clear()) == 1
    await done(device.profiles())


@pytest.mark.parametrize("action", [{"kind": "reset"}, {"kind": "truncate", "after": 5}])
async def test_a_cut_connection_is_told_and_not_tried_again(
    sandbox: Spoken, device: Spoken, action: Spoken
) -> None:
    # By now the blocking client has a connection that is kept.
    await done(device.profiles())
    await done(sandbox.faults.add(action, operation="profiles", id="cut", times=1))
    with pytest.raises(NoResponse, match="no whole answer"):
        await done(device.profiles())
    assert (await done(sandbox.faults.get("cut")))["matched"] == 1
    await done(device.profiles())


# Settings, tokens


async def test_switches_are_shown_and_set(sandbox: Spoken) -> None:
    await done(sandbox.settings.change({"logout.url": "absolute"}))
    assert (await done(sandbox.settings.show()))["logout.url"]["value"] == "absolute"
    await done(sandbox.settings.change({"logout.url": None}))
    assert (await done(sandbox.settings.show()))["logout.url"]["value"] == "documented"


async def test_tokens_of_single_sign_on_are_made(sandbox: Spoken) -> None:
    tokens = sandbox.tokens
    assert (await done(tokens.service("viewer", issuer="idp", expires_in=60))).count(".") == 2
    assert (await done(tokens.subject("viewer"))).count(".") == 2
    assert await done(tokens.partner_status(mvpd="Cablevision", access_status="denied"))
    assert await done(tokens.saml_response("Cablevision", subscriber="demo"))
