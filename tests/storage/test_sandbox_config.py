"""The configuration that is held in memory: shared where it is the same, never stale."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from simulator.domain.access.registration import Application
from simulator.domain.configuration import Integration, Mvpd, integration_id
from simulator.domain.decisions.degradation import Degradation, DegradationRule
from simulator.domain.sso.identities import Issuer
from simulator.domain.switches import SWITCHES, Setting
from simulator.storage.engine.base import Engine
from simulator.storage.worlds import layers, sandbox_config
from simulator.storage.worlds.entity_mapping import (
    APPLICATIONS,
    BY_ENTITY,
    DEGRADATIONS,
    INTEGRATIONS,
    ISSUERS,
    MVPDS,
    PROFILES,
    SERVICE_PROVIDERS,
    SETTINGS,
)
from simulator.storage.worlds.sandbox_config import SandboxConfig
from simulator.storage.worlds.sandboxes import Baseline
from simulator.storage.worlds.session import SandboxSession
from tests.storage.conftest import NewSandbox
from tests.storage.entities import HOUR, profile, provider
from tests.storage.worlds import NOW, HandClock, Sandbox, new_sandbox

RULE = DegradationRule(
    id="rule",
    service_provider="REF30",
    mvpd="Dish",
    rule=Degradation.AUTHN_ALL,
    not_before=NOW,
    until=NOW + HOUR,
    message="kept",
)


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the sandboxes through which a catalogue has been read from the database."""
    seen: list[str] = []
    load = SandboxConfig.load

    def counted(world: SandboxSession) -> SandboxConfig:
        seen.append(world.name)
        return load(world)

    monkeypatch.setattr(SandboxConfig, "load", counted)
    return seen


@pytest.fixture
async def baseline(engine: Engine, clock: HandClock) -> Baseline:
    """A frozen layer with one service provider, one MVPD and one degradation rule."""

    def work(connection: Connection) -> int:
        layer = layers.new_layer(connection, parent=None, now=NOW)
        entities = (provider("REF30"), Mvpd(id="Dish", display_name="Dish"), RULE)
        rows = {}
        for entity in entities:
            kind = BY_ENTITY[type(entity)]
            rows[kind.name] = [kind.row(entity, layer=layer, epoch=NOW)]
        layers.insert_rows(connection, rows)
        return layers.freeze_as(connection, layer, "sha")

    return Baseline(layer=await engine.transact(work), name="baseline")


@pytest.fixture
async def two(engine: Engine, clock: HandClock, baseline: Baseline) -> tuple[Sandbox, Sandbox]:
    """Two sandboxes on the same baseline, the second an hour younger."""
    one = await new_sandbox(engine, clock, "one", baseline)
    clock.instant += HOUR
    return one, await new_sandbox(engine, clock, "two", baseline)


def providers(world: SandboxSession) -> dict[str, str]:
    return {each.id: each.name for each in world.config.service_providers.values()}


async def test_it_holds_everything_that_is_configured(sandbox: Sandbox) -> None:
    mvpd = Mvpd(id="Dish", display_name="Dish", logout_endpoint=False)
    pair = integration_id("REF30", "Dish")
    integration = Integration(id=pair, service_provider="REF30", mvpd="Dish", active=False)
    application = Application(id="app", name="App")
    issuer = Issuer(id="https://issuer", public_key="PEM")
    await sandbox.put(SERVICE_PROVIDERS, provider("REF30"))
    await sandbox.put(MVPDS, mvpd)
    await sandbox.put(INTEGRATIONS, integration)
    await sandbox.put(APPLICATIONS, application)
    await sandbox.put(ISSUERS, issuer)
    await sandbox.put(SETTINGS, Setting(id="logout.url", value="relative"))
    found = await sandbox.config()
    assert found.service_providers == {"REF30": provider("REF30")}
    assert found.mvpds == {"Dish": mvpd}
    assert found.integrations == {pair: integration}
    assert found.integration("REF30", "Dish") == integration
    assert found.integration("Dish", "REF30") is None
    assert found.applications == {"app": application}
    assert found.issuers == {"https://issuer": issuer}
    assert found.settings == {"logout.url": "relative"}


async def test_a_switch_that_is_not_set_has_its_default(sandbox: Sandbox) -> None:
    found = await sandbox.config()
    assert {name: found.setting(name) for name in SWITCHES} == {
        name: switch.default for name, switch in SWITCHES.items()
    }
    await sandbox.put(SETTINGS, Setting(id="logout.url", value="relative"))
    assert (await sandbox.config()).setting("logout.url") == "relative"


async def test_it_is_read_once(sandbox: Sandbox, loaded: list[str]) -> None:
    for _ in range(3):
        await sandbox.config()
        await sandbox.write(lambda world: world.config)
    assert loaded == ["default"]


async def test_sandboxes_on_one_baseline_share_it(
    two: tuple[Sandbox, Sandbox], loaded: list[str]
) -> None:
    first, second = [await each.config() for each in two]
    assert first is second
    assert loaded == ["one"]


async def test_other_changes_than_those_of_the_configuration_leave_it_alone(
    two: tuple[Sandbox, Sandbox], loaded: list[str]
) -> None:
    for each in two:
        await each.put(PROFILES, profile("p"))
        await each.lay()
        await each.delete(PROFILES, "p")
        await each.config()
    assert loaded == ["one"]


async def test_a_change_in_one_sandbox_is_seen_there_alone(
    two: tuple[Sandbox, Sandbox], loaded: list[str]
) -> None:
    one, other = two
    await one.config()
    await one.put(SERVICE_PROVIDERS, provider("REF30", "changed"))
    assert await one.read(providers) == {"REF30": "changed"}
    assert await other.read(providers) == {"REF30": "A channel"}
    assert loaded == ["one", "one"]
    await one.delete(SERVICE_PROVIDERS, "REF30")
    assert await one.read(providers) == {}
    assert await other.read(providers) == {"REF30": "A channel"}


async def test_after_a_reset_the_shared_one_is_used_again(
    two: tuple[Sandbox, Sandbox], baseline: Baseline, loaded: list[str]
) -> None:
    one, other = two
    shared = await other.config()
    await one.put(SERVICE_PROVIDERS, provider("REF30", "changed"))
    await one.restart(baseline.layer)
    assert await one.config() is shared
    assert loaded == ["two"]


async def test_a_unit_sees_its_own_changes_at_once(sandbox: Sandbox) -> None:
    def unit(world: SandboxSession) -> list[dict[str, str]]:
        seen = [providers(world)]
        world.repository(SERVICE_PROVIDERS).put(provider("REF30", "first"))
        seen.append(providers(world))
        world.repository(SERVICE_PROVIDERS).put(provider("REF30", "second"))
        seen.append(providers(world))
        world.repository(SERVICE_PROVIDERS).delete("REF30")
        return [*seen, providers(world)]

    assert await sandbox.write(unit) == [{}, {"REF30": "first"}, {"REF30": "second"}, {}]


async def test_a_unit_that_fails_leaves_it_as_it_was(
    two: tuple[Sandbox, Sandbox], loaded: list[str]
) -> None:
    one, other = two
    before = await one.config()

    def unit(world: SandboxSession) -> None:
        world.repository(SERVICE_PROVIDERS).put(provider("REF30", "lost"))
        assert providers(world) == {"REF30": "lost"}
        raise LookupError

    for each in two:
        with pytest.raises(LookupError):
            await each.write(unit)
    assert await one.config() is before
    assert await other.config() is before
    # The next change is given the number that the failed one had.
    await one.put(SERVICE_PROVIDERS, provider("REF30", "kept"))
    assert await one.read(providers) == {"REF30": "kept"}


async def test_times_of_degradations_follow_the_beginning_of_the_world(
    two: tuple[Sandbox, Sandbox], loaded: list[str]
) -> None:
    found = [
        await each.read(lambda world: world.config.rules("REF30", "Dish", world.epoch))
        for each in two
    ]
    later = replace(RULE, not_before=NOW + HOUR, until=NOW + 2 * HOUR)
    assert found == [(RULE,), (later,)]
    assert loaded == ["one"]


async def test_open_ended_degradations_stay_open(sandbox: Sandbox) -> None:
    rule = replace(RULE, not_before=None, until=None)
    await sandbox.put(DEGRADATIONS, rule)
    assert (await sandbox.config()).rules("REF30", "Dish", 10**12) == (rule,)


async def test_a_proxied_mvpd_inherits_the_degradations_of_its_proxy(sandbox: Sandbox) -> None:
    await sandbox.put(
        MVPDS,
        Mvpd(id="Dish", display_name="Dish"),
        Mvpd(id="Proxied", display_name="Proxied", proxy="Dish"),
    )
    own = replace(RULE, id="own", mvpd="Proxied", rule=Degradation.AUTHZ_ALL)
    elsewhere = replace(RULE, id="elsewhere", service_provider="REF31")
    await sandbox.put(DEGRADATIONS, RULE, own, elsewhere)

    def rules(world: SandboxSession) -> list[list[str]]:
        asked = [("REF30", "Proxied"), ("REF30", "Dish"), ("REF31", "Proxied"), ("REF30", "None")]
        return [[each.id for each in world.config.rules(*pair, world.epoch)] for pair in asked]

    assert await sandbox.read(rules) == [["own", "rule"], ["rule"], ["elsewhere"], []]


async def test_no_more_are_kept_than_there_is_room_for(
    make_sandbox: NewSandbox, loaded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox_config, "_KEPT", 2)
    made = [await make_sandbox(f"ci-{number}") for number in range(4)]
    for each in made:
        await each.put(SERVICE_PROVIDERS, provider(each.ref.name))
    for _ in range(2):
        for each in made:
            assert await each.read(providers) == {each.ref.name: "A channel"}
    # The one that was kept longest went first, so going round never meets one that is kept.
    assert loaded == [each.ref.name for each in made] * 2
    await made[-1].config()
    assert len(loaded) == 8
