"""State that the first release wrote: every later version opens it, and finds all that was in it."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from tests.conftest import MakeLab
from tests.support.clock import START
from tests.support.lab import Lab

WRITTEN: Final = Path(__file__).resolve().parent / "data" / "first_release"
EXPORTED: Final = datetime(2026, 11, 28, 23, 5, 36, tzinfo=UTC)
SANDBOXES: Final = ("ci-42", "default", "leased")


def exported(sandbox: str) -> str:
    return (WRITTEN / f"state-{sandbox}.json").read_text()


def _as_it_is_said_today(export: str) -> str:
    """The first release stored zip codes as plain, which documents have to say since they are not."""
    state = json.loads(export)
    for profile in state["profiles"]:
        if "zip" in profile.get("attributes", {}):
            value = profile["attributes"]["zip"]
            profile["attributes"]["zip"] = {"value": value, "state": "plain"}
    return json.dumps(state, ensure_ascii=False, separators=(",", ":"))


@pytest.fixture
async def old_lab(make_lab: MakeLab, tmp_path: Path) -> Lab:
    """A simulator on the first release's database, at the instant when it was exported."""
    database = tmp_path / "state.db"
    database.write_bytes(gzip.decompress((WRITTEN / "state.db.gz").read_bytes()))
    lab = await make_lab(db=str(database))
    lab.clock.advance(seconds=(EXPORTED - START) / timedelta(seconds=1))
    return lab


async def test_its_database_holds_every_sandbox_as_it_was(old_lab: Lab) -> None:
    found = await old_lab.admin("GET", "sandboxes")
    assert [each["id"] for each in found["items"]] == [*SANDBOXES]
    for name in SANDBOXES:
        reply = await old_lab.call("GET", f"/s/{name}/admin/v1/state")
        assert reply.text == _as_it_is_said_today(exported(name))


async def test_its_journal_is_read(old_lab: Lab) -> None:
    found = await old_lab.admin("GET", "requests")
    assert [each["operation"] for each in found["items"]] == [
        "logout",
        "create_session",
        "profiles",
        "authorize",
        "create_session",
    ]
    assert found["items"][0]["rule"] == "L5"
    assert found["items"][0]["changes"]["deleted"] == [
        {"kind": "profiles", "id": "sample-cablevision"}
    ]


async def test_its_entries_bring_their_exchange_along(old_lab: Lab) -> None:
    listed = (await old_lab.admin("GET", "requests"))["items"]
    archive = (await old_lab.ask("GET", "requests.har")).json["log"]["entries"]
    for entry, archived in zip(listed, archive, strict=True):
        told = await old_lab.admin("GET", f"requests/{entry['id']}")
        request, response = told.pop("request"), told.pop("response")
        assert told == entry
        assert request["url"].endswith(entry["path"])
        assert (request["method"], response["status"]) == (entry["method"], entry["status"])
        assert "AP-Device-Identifier" in {each["name"] for each in request["headers"]}
        assert archived["request"]["headers"] == request["headers"]
        assert archived["response"]["content"]["text"] == response["body"]
    assert listed[3]["decisions"][0]["authorized"] is True


async def test_its_snapshot_is_restored_and_its_open_code_approved(old_lab: Lab) -> None:
    [code] = (await old_lab.admin("GET", "codes?device=kitchen-tv"))["items"]
    done = await old_lab.admin("POST", f"codes/{code['code']}/approve")
    assert done["status"] == "completed"
    restored = await old_lab.admin("POST", "snapshots/clean/restore")
    assert restored["generation"] == 2
    assert restored["cleared"]["profiles"] == 1
    assert (await old_lab.admin("GET", "faults"))["items"] == []


async def test_its_device_claim_still_leads_home(old_lab: Lab) -> None:
    app = await old_lab.app("lab-tv", service_provider="REF30")
    assert (await app.get("profiles")).headers["X-Sim-Sandbox"] == "default"
    reply = await old_lab.call("DELETE", "/s/ci-42/admin/v1/devices/lab-tv/claim")
    assert reply.status == 204


@pytest.mark.parametrize("sandbox", SANDBOXES)
async def test_its_exports_are_imported_without_a_loss(lab: Lab, sandbox: str) -> None:
    reply = await lab.call(
        "PUT",
        "/admin/v1/state",
        {"Content-Type": "application/json"},
        data=exported(sandbox).encode(),
    )
    assert reply.status == 200, reply.text
    assert await lab.state() == exported(sandbox)
