"""Pages, which merge the layers of a stack in the order of the ids."""

from itertools import pairwise

import pytest

from simulator.storage.worlds import repository
from simulator.storage.worlds.entity_mapping import PROFILES
from tests.storage.entities import names, profile
from tests.storage.worlds import Sandbox

# Whether SQLite has a file makes no difference here.
pytestmark = pytest.mark.parametrize("db", ["memory", "postgres"], indirect=True)


async def pages(sandbox: Sandbox, limit: int) -> list[list[str]]:
    """The ids of every page, the last and empty one left out."""
    found: list[list[str]] = []
    after = ""
    while page := names(await sandbox.page(PROFILES, after=after, limit=limit)):
        assert page[-1] > after
        found.append(page)
        after = page[-1]
    return found


async def spread(sandbox: Sandbox) -> list[str]:
    """Twelve profiles over three layers, two of them deleted, one of them overridden; those left."""
    for layer in range(3):
        await sandbox.put(PROFILES, *(profile(f"{3 * n + layer:02}") for n in range(4)))
        await sandbox.lay()
    await sandbox.put(PROFILES, profile("05", device="other"))
    await sandbox.delete(PROFILES, "00", "04")
    return ["01", "02", "03", "05", "06", "07", "08", "09", "10", "11"]


@pytest.mark.parametrize("limit", range(1, 12))
async def test_pages_of_any_size_give_everything_once_and_in_order(
    sandbox: Sandbox, limit: int
) -> None:
    expected = await spread(sandbox)
    found = await pages(sandbox, limit)
    assert [each for page in found for each in page] == expected
    assert [len(page) for page in found[:-1]] == [limit] * (len(found) - 1)


async def test_a_page_begins_after_an_id_that_need_not_exist(sandbox: Sandbox) -> None:
    await spread(sandbox)
    assert names(await sandbox.page(PROFILES, after="04", limit=2)) == ["05", "06"]
    assert names(await sandbox.page(PROFILES, after="055", limit=2)) == ["06", "07"]
    assert await sandbox.page(PROFILES, after="11", limit=2) == []


async def test_a_page_of_nothing_is_empty(sandbox: Sandbox) -> None:
    await spread(sandbox)
    assert await sandbox.page(PROFILES, limit=0) == []


async def test_a_page_is_filled_although_rows_in_front_are_hidden(sandbox: Sandbox) -> None:
    await sandbox.put(PROFILES, *(profile(f"{n:02}") for n in range(20)))
    await sandbox.lay()
    await sandbox.delete(PROFILES, *(f"{n:02}" for n in range(15)))
    assert names(await sandbox.page(PROFILES, limit=5)) == ["15", "16", "17", "18", "19"]


async def test_a_page_can_be_narrowed_to_a_device(sandbox: Sandbox) -> None:
    await spread(sandbox)
    assert names(await sandbox.page(PROFILES, limit=5, device="other")) == ["05"]
    found = await sandbox.page(PROFILES, after="02", limit=2, device="device")
    assert names(found) == ["03", "06"]


async def test_all_reads_beyond_the_first_page(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "_PAGE", 3)
    assert names(await sandbox.all(PROFILES)) == []
    expected = await spread(sandbox)
    assert names(await sandbox.all(PROFILES)) == expected
    assert names(await sandbox.all(PROFILES, device="other")) == ["05"]


async def test_every_database_sorts_ids_as_python_does(sandbox: Sandbox) -> None:
    ids = ["a", "B", "b", "A", "ä", "z", "Z", "10", "9", "_", "-", " ", "a b", "日本", "\U0001f4fa"]
    for each in ids:
        await sandbox.put(PROFILES, profile(each))
        await sandbox.lay()
    assert names(await sandbox.all(PROFILES)) == sorted(ids)
    assert names(await sandbox.find(PROFILES, device="device")) == sorted(ids)
    for before, after in pairwise(sorted(ids)):
        assert names(await sandbox.page(PROFILES, after=before, limit=1)) == [after]
