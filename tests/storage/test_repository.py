"""Reading and writing through a stack of layers."""

from dataclasses import replace

import pytest

from simulator.domain.sso.identities import LinkKind, SsoLink
from simulator.storage.engine.base import Engine
from simulator.storage.worlds.entity_mapping import (
    PROFILES,
    SERVICE_PROVIDERS,
    SSO_LINKS,
    SUBSCRIBERS,
)
from tests.storage.conftest import NewSandbox
from tests.storage.entities import HOUR, names, profile, provider
from tests.storage.worlds import NOW, HandClock, Sandbox, rows

# Whether SQLite has a file makes no difference here.
pytestmark = pytest.mark.parametrize("db", ["memory", "postgres"], indirect=True)
DEPTHS = pytest.mark.parametrize("depth", [1, 2, 3, 4])


async def deepen(sandbox: Sandbox, depth: int) -> None:
    """Lay empty layers on top until the stack has `depth` of them."""
    while len(await sandbox.stack()) < depth:
        await sandbox.lay()


@DEPTHS
async def test_a_row_is_seen_through_all_layers_above_it(sandbox: Sandbox, depth: int) -> None:
    await sandbox.put(PROFILES, profile("p"))
    await deepen(sandbox, depth)
    assert await sandbox.get(PROFILES, "p") == profile("p")
    assert await sandbox.find(PROFILES, device="device") == [profile("p")]
    assert await sandbox.page(PROFILES, limit=5) == [profile("p")]
    assert await sandbox.all(PROFILES) == [profile("p")]


@DEPTHS
async def test_the_topmost_of_several_rows_counts(sandbox: Sandbox, depth: int) -> None:
    for layer in range(1, depth + 1):
        await deepen(sandbox, layer)
        await sandbox.put(PROFILES, profile("p", subscriber=f"of layer {layer}"))
    expected = profile("p", subscriber=f"of layer {depth}")
    assert await sandbox.get(PROFILES, "p") == expected
    assert await sandbox.find(PROFILES, device="device") == [expected]
    assert await sandbox.page(PROFILES, limit=5) == [expected]


@DEPTHS
async def test_a_deleted_entity_is_gone_for_every_way_of_reading(
    sandbox: Sandbox, depth: int
) -> None:
    await sandbox.put(PROFILES, profile("p"), profile("q"))
    await deepen(sandbox, depth)
    await sandbox.delete(PROFILES, "p")
    assert await sandbox.get(PROFILES, "p") is None
    assert names(await sandbox.find(PROFILES, device="device")) == ["q"]
    assert names(await sandbox.page(PROFILES, limit=5)) == ["q"]
    assert names(await sandbox.all(PROFILES)) == ["q"]


@DEPTHS
async def test_a_preview_shows_what_is_there_and_says_whether_it_is_all(
    sandbox: Sandbox, depth: int
) -> None:
    await sandbox.put(PROFILES, profile("p"), profile("q"))
    await deepen(sandbox, depth)
    await sandbox.put(PROFILES, profile("q", subscriber="changed"))
    await sandbox.delete(PROFILES, "p")
    assert await sandbox.preview(PROFILES, 5) == ([profile("q", subscriber="changed")], True)


async def test_a_preview_goes_no_further_than_it_may(sandbox: Sandbox) -> None:
    """However many rows say that something was deleted, they are not read one after another."""
    await sandbox.put(PROFILES, *(profile(f"p{number}") for number in range(5)))
    await sandbox.lay()
    await sandbox.delete(PROFILES, *(f"p{number}" for number in range(4)))
    assert await sandbox.preview(PROFILES, 4) == ([], False)
    found, whole = await sandbox.preview(PROFILES, 5)
    assert (names(found), whole) == (["p4"], False)
    assert await sandbox.preview(PROFILES, 6) == (found, True)


@DEPTHS
async def test_a_tombstone_hides_the_rows_of_all_layers_below(sandbox: Sandbox, depth: int) -> None:
    for layer in range(1, depth + 1):
        await deepen(sandbox, layer)
        await sandbox.put(PROFILES, profile("p"))
    await sandbox.lay()
    await sandbox.delete(PROFILES, "p")
    assert await sandbox.get(PROFILES, "p") is None
    await sandbox.lay()
    assert await sandbox.get(PROFILES, "p") is None
    assert await sandbox.all(PROFILES) == []


@DEPTHS
async def test_what_is_made_again_after_a_tombstone_is_the_new_one(
    sandbox: Sandbox, depth: int
) -> None:
    await sandbox.put(PROFILES, profile("p", subscriber="the first"))
    await deepen(sandbox, depth)
    await sandbox.delete(PROFILES, "p")
    await sandbox.put(PROFILES, profile("p", subscriber="the second"))
    assert await sandbox.all(PROFILES) == [profile("p", subscriber="the second")]
    await sandbox.delete(PROFILES, "p")
    assert await sandbox.all(PROFILES) == []


async def test_what_is_made_again_a_layer_above_the_tombstone_is_seen(sandbox: Sandbox) -> None:
    await sandbox.put(PROFILES, profile("p", subscriber="the first"))
    await sandbox.lay()
    await sandbox.delete(PROFILES, "p")
    await sandbox.lay()
    await sandbox.put(PROFILES, profile("p", subscriber="the second"))
    assert await sandbox.all(PROFILES) == [profile("p", subscriber="the second")]
    await sandbox.reset()
    assert await sandbox.all(PROFILES) == []


@DEPTHS
async def test_a_profile_that_moved_is_not_found_on_its_old_device(
    sandbox: Sandbox, depth: int
) -> None:
    await sandbox.put(PROFILES, profile("p", device="old"))
    await deepen(sandbox, depth)
    await sandbox.put(PROFILES, profile("p", device="new"))
    await sandbox.lay()
    assert await sandbox.find(PROFILES, device="old") == []
    assert await sandbox.page(PROFILES, limit=5, device="old") == []
    assert await sandbox.all(PROFILES, device="old") == []
    assert names(await sandbox.find(PROFILES, device="new")) == ["p"]
    assert names(await sandbox.page(PROFILES, limit=5, device="new")) == ["p"]


async def test_a_link_is_found_by_the_key_that_follows_from_it(sandbox: Sandbox) -> None:
    link = SsoLink(id="l", profile="p", kind=LinkKind.SERVICE_TOKEN, subject="someone")
    await sandbox.put(SSO_LINKS, link)
    await sandbox.lay()
    changed = replace(link, subject="someone else")
    await sandbox.put(SSO_LINKS, changed)
    assert await sandbox.find(SSO_LINKS, key=link.key) == []
    assert await sandbox.find(SSO_LINKS, key=changed.key) == [changed]


async def test_finding_by_several_columns_wants_all_of_them(sandbox: Sandbox) -> None:
    await sandbox.put(PROFILES, profile("a", mvpd="one"), profile("b", mvpd="two"))
    await sandbox.put(PROFILES, profile("c", device="other", mvpd="two"))
    assert names(await sandbox.find(PROFILES, device="device", mvpd="two")) == ["b"]
    assert await sandbox.find(PROFILES, device="other", mvpd="one") == []


async def test_finding_with_none_finds_the_entities_without_a_value(sandbox: Sandbox) -> None:
    await sandbox.put(PROFILES, profile("owned", client="c"), profile("free"))
    assert names(await sandbox.find(PROFILES, client=None)) == ["free"]
    assert names(await sandbox.all(PROFILES, client=None)) == ["free"]


async def test_writing_leaves_the_layers_below_alone(sandbox: Sandbox, engine: Engine) -> None:
    await sandbox.put(PROFILES, profile("a"), profile("b"), profile("c"))
    below = await sandbox.lay()
    await sandbox.put(PROFILES, profile("a", device="other"), profile("d"))
    await sandbox.delete(PROFILES, "b", "d", "never was")
    top = (await sandbox.stack())[0]
    in_below = await engine.query(lambda connection: rows(connection, PROFILES, below))
    in_top = await engine.query(lambda connection: rows(connection, PROFILES, top))
    assert in_below == [("a", False), ("b", False), ("c", False)]
    assert in_top == [("a", False), ("b", True)]


async def test_deleting_twice_or_what_never_was_changes_nothing(sandbox: Sandbox) -> None:
    await sandbox.put(PROFILES, profile("a"), profile("b"))
    await sandbox.lay()
    await sandbox.delete(PROFILES, "a")
    await sandbox.delete(PROFILES, "a", "never was")
    assert names(await sandbox.all(PROFILES)) == ["b"]


async def test_kinds_with_the_same_id_do_not_meet(sandbox: Sandbox) -> None:
    await sandbox.put(PROFILES, profile("x"))
    await sandbox.put(SERVICE_PROVIDERS, provider("x"))
    await sandbox.delete(PROFILES, "x")
    assert await sandbox.get(SERVICE_PROVIDERS, "x") == provider("x")
    assert await sandbox.all(SUBSCRIBERS) == []


@DEPTHS
async def test_several_values_are_looked_up_at_once(sandbox: Sandbox, depth: int) -> None:
    await sandbox.put(PROFILES, *(profile(name, device=f"tv-{name}") for name in "abcd"))
    await deepen(sandbox, depth)
    await sandbox.put(PROFILES, profile("b", device="moved"), profile("e", device="tv-a"))
    await sandbox.delete(PROFILES, "c")
    wanted = ["tv-a", "tv-b", "tv-c", "tv-d", "unheard of"]
    found = await sandbox.read(lambda world: world.profiles.among("device", wanted))
    assert [each.id for each in found] == ["a", "d", "e"]
    assert await sandbox.read(lambda world: world.profiles.among("device", [])) == []


async def test_sandboxes_do_not_see_each_other(make_sandbox: NewSandbox) -> None:
    one, two = await make_sandbox("one"), await make_sandbox("two")
    await one.put(PROFILES, profile("p", device="of one"))
    await two.put(PROFILES, profile("p", device="of two"))
    await one.delete(PROFILES, "p")
    assert await one.all(PROFILES) == []
    assert await two.all(PROFILES) == [profile("p", device="of two")]


async def test_times_are_kept_relative_to_the_beginning_of_the_world(
    sandbox: Sandbox, clock: HandClock
) -> None:
    await sandbox.put(PROFILES, profile("p", not_before=NOW - HOUR, not_after=NOW + HOUR))
    layer = await sandbox.lay()
    clock.instant += 10 * HOUR
    await sandbox.restart(layer)
    found = await sandbox.get(PROFILES, "p")
    assert found == profile("p", not_before=NOW + 9 * HOUR, not_after=NOW + 11 * HOUR)


async def test_times_are_stored_as_distances(sandbox: Sandbox, engine: Engine) -> None:
    await sandbox.put(PROFILES, profile("p", not_before=NOW - 5, not_after=NOW + 7))
    statement = PROFILES.table.select()
    row = await engine.query(lambda connection: connection.execute(statement).mappings().one())
    assert (row["not_before"], row["not_after"]) == (-5, 7)
