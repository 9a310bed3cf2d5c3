"""A snapshot can become what a sandbox goes back to."""

import pytest

from tests.support.lab import Lab


@pytest.fixture
async def changed_lab(lab: Lab) -> Lab:
    """A sandbox with the snapshot `later`, in which one profile less is left than in its scenario."""
    await lab.admin("DELETE", "profiles/sample-dish")
    await lab.admin("POST", "snapshots", {"name": "later"})
    return lab


async def test_a_reset_goes_back_to_the_snapshot_that_became_the_baseline(changed_lab: Lab) -> None:
    lab = changed_lab
    shown = await lab.admin("PATCH", "sandboxes/default", {"baseline": "snapshot:later"})
    assert shown["baseline"] == "later"
    await lab.admin("DELETE", "profiles/sample-cablevision")
    assert (await lab.admin("POST", "reset"))["baseline"] == "later"
    ids = await lab.profile_ids()
    assert "sample-cablevision" in ids
    assert "sample-dish" not in ids


async def test_the_snapshot_may_be_deleted_afterwards(changed_lab: Lab) -> None:
    lab = changed_lab
    await lab.admin("PATCH", "sandboxes/default", {"baseline": "snapshot:later"})
    await lab.admin("DELETE", "snapshots/later")
    before = await lab.state()
    await lab.admin("POST", "reset")
    assert await lab.state() == before


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"baseline": "snapshot:none"}, "snapshot_not_found"),
        ({"baseline": "later"}, "invalid_document"),
        ({}, "invalid_document"),
        ({"baseline": "snapshot:later", "colour": "red"}, "invalid_document"),
    ],
)
async def test_anything_else_is_refused(changed_lab: Lab, body: dict[str, str], code: str) -> None:
    error = await changed_lab.refused("PATCH", "sandboxes/default", body)
    assert error["code"] == code
