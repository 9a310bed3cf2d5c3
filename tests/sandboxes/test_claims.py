"""Claims: a device that can say nothing of a sandbox is sent to one, for a while or for good."""

from urllib.parse import quote

import pytest

from tests.sandboxes.places import Place, marked, open_place
from tests.support.lab import Lab, device_header
from tests.support.worlds import BOX, TV


async def _where(lab: Lab, device: str = TV) -> str:
    """The sandbox in which a request of `device` ends up that shows nothing else."""
    headers = {"AP-Device-Identifier": device_header(device)}
    return (await lab.call("GET", "/api/v2/LABSP/profiles", headers)).headers["X-Sim-Sandbox"]


async def test_a_claim_sends_the_device_to_the_sandbox_of_the_request(
    lab: Lab, place: Place
) -> None:
    claim = await place.admin("PUT", f"devices/{TV}/claim", {})
    assert claim == {"device": TV, "sandbox": "ci-42", "until": None}
    assert (await _where(lab), await _where(lab, BOX)) == ("ci-42", "default")
    assert (await place.about())["devices"] == [TV]


async def test_a_claim_can_name_the_sandbox(lab: Lab, place: Place) -> None:
    claim = await lab.admin("PUT", f"devices/{TV}/claim", {"sandbox": "ci-42", "for": "PT1H"})
    assert claim == {"device": TV, "sandbox": "ci-42", "until": "2026-01-01T01:00:00.000Z"}
    assert await _where(lab) == "ci-42"


async def test_the_body_of_a_claim_may_be_left_out(lab: Lab, place: Place) -> None:
    assert (await place.call("PUT", f"/admin/v1/devices/{TV}/claim")).status == 200
    assert await _where(lab) == "ci-42"


async def test_a_claim_takes_a_device_from_another_sandbox_only_where_it_says_so(
    lab: Lab, place: Place
) -> None:
    other = await open_place(lab, "other")
    await place.admin("PUT", f"devices/{TV}/claim", {})
    refused = await other.refuses(409, "claimed", "PUT", f"devices/{TV}/claim", {"for": "PT1H"})
    assert "'ci-42' has claimed the device" in refused["message"]
    assert await _where(lab) == "ci-42"
    await other.admin("PUT", f"devices/{TV}/claim", {"for": "PT1H", "take": True})
    assert await _where(lab) == "other"
    assert (await place.about())["devices"] == []
    lab.clock.advance(hours=1)
    # What was replaced does not come back.
    assert await _where(lab) == "default"


async def test_a_claim_ends_with_its_time(lab: Lab, place: Place) -> None:
    await place.admin("PUT", f"devices/{TV}/claim", {"for": "PT1H"})
    lab.clock.advance(minutes=59, seconds=59, milliseconds=999)
    assert await _where(lab) == "ci-42"
    assert (await place.about())["devices"] == [TV]
    lab.clock.advance(milliseconds=1)
    assert await _where(lab) == "default"
    assert (await place.about())["devices"] == []


async def test_the_time_of_a_claim_is_real_whatever_the_clock_of_the_sandbox_shows(
    lab: Lab, place: Place
) -> None:
    await place.admin("PUT", f"devices/{TV}/claim", {"for": "PT1H"})
    await place.admin("POST", "clock/advance", {"by": "P365D"})
    assert await _where(lab) == "ci-42"
    await place.admin("PUT", "clock", {"mode": "frozen"})
    lab.clock.advance(hours=1)
    assert await _where(lab) == "default"


async def test_a_claim_can_be_ended(lab: Lab, place: Place) -> None:
    await place.admin("PUT", f"devices/{TV}/claim", {})
    await place.admin("PUT", f"devices/{BOX}/claim", {})
    await lab.admin("DELETE", f"devices/{TV}/claim")
    assert (await _where(lab), await _where(lab, BOX)) == ("default", "ci-42")
    await lab.refuses(404, "claim_not_found", "DELETE", f"devices/{TV}/claim")


async def test_a_claim_outlives_resets_and_snapshots_and_a_restart_of_time(
    lab: Lab, place: Place
) -> None:
    await place.admin("PUT", f"devices/{TV}/claim", {})
    await place.admin("POST", "snapshots", {"name": "s"})
    for path in ("reset", "snapshots/s/restore", "clock/reset"):
        await place.admin("POST", path)
        assert await _where(lab) == "ci-42"
    await place.seed(marked("ci-42"))
    assert await _where(lab) == "ci-42"


async def test_the_claims_of_a_sandbox_go_with_it(lab: Lab, place: Place) -> None:
    await place.admin("PUT", f"devices/{TV}/claim", {})
    await lab.admin("DELETE", "sandboxes/ci-42")
    assert await _where(lab) == "default"
    # Nor does a sandbox of the same name inherit them.
    await open_place(lab, "ci-42")
    assert await _where(lab) == "default"


async def test_a_clone_does_not_take_the_devices_along(lab: Lab, place: Place) -> None:
    await place.admin("PUT", f"devices/{TV}/claim", {})
    clone = await open_place(lab, "clone", from_sandbox="ci-42")
    assert (await clone.about())["devices"] == []
    assert await _where(lab) == "ci-42"


@pytest.mark.parametrize("device", ["a/b", "ünï", "50 %", "a?b#c", "{}", "x" * 2000])
async def test_a_device_may_be_called_anything(lab: Lab, place: Place, device: str) -> None:
    path = f"devices/{quote(device, safe='')}/claim"
    assert (await place.admin("PUT", path, {}))["device"] == device
    assert await _where(lab, device) == "ci-42"
    await lab.admin("DELETE", path)
    assert await _where(lab, device) == "default"


@pytest.mark.parametrize(
    ("body", "status", "code", "path"),
    [
        ({"sandbox": "nowhere"}, 404, "sandbox_not_found", None),
        ({"sandbox": ""}, 422, "invalid_document", "sandbox"),
        ({"sandbox": 42}, 422, "invalid_document", "sandbox"),
        ({"for": "PT0S"}, 422, "invalid_document", "for"),
        ({"for": "-PT1H"}, 422, "invalid_document", "for"),
        ({"for": "an hour"}, 422, "invalid_document", "for"),
        ({"for": 3600}, 422, "invalid_document", "for"),
        ({"until": "PT1H"}, 422, "invalid_document", "until"),
        ([], 400, "invalid_body", None),
    ],
)
async def test_a_claim_that_makes_no_sense_is_refused_and_changes_nothing(
    lab: Lab, place: Place, body: object, status: int, code: str, path: str | None
) -> None:
    await place.admin("PUT", f"devices/{TV}/claim", {})
    error = await lab.refuses(status, code, "PUT", f"devices/{TV}/claim", body)
    assert [each["path"] for each in error["fields"]] == ([path] if path else [])
    assert await _where(lab) == "ci-42"
