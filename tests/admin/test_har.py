"""`GET /admin/v1/requests.har`: the journal in the form that viewers of network traffic open."""

import asyncio
import json
from pathlib import Path
from typing import Final

import pytest
from aiohttp import ClientError
from jsonschema import Draft202012Validator

from tests.support.lab import App, Lab
from tests.support.logins import ANN, log_in
from tests.support.replies import Json
from tests.support.worlds import TV, profile, world

SCHEMA: Final = json.loads(
    (Path(__file__).parents[1] / "data" / "har.schema.json").read_text("utf-8")
)


@pytest.fixture
async def tv(lab: Lab) -> App:
    """A TV that is logged in at LabCable."""
    await lab.seed(world(profiles=[profile("login", mvpd="LabDish")], subscribers=[ANN]))
    return await lab.app(TV, client="app-1")


async def _archive(lab: Lab, query: str = "") -> Json:
    found = await lab.admin("GET", f"requests.har{query}")
    problems = [
        f"{each.json_path}: {each.message}"
        for each in Draft202012Validator(SCHEMA).iter_errors(found)
    ]
    assert problems == []
    return found["log"]["entries"]


async def test_an_empty_journal_is_an_archive_too(lab: Lab) -> None:
    assert await _archive(lab) == []


async def test_a_whole_login_is_an_archive(lab: Lab, tv: App) -> None:
    await log_in(tv)
    await tv.logout("LabCable")
    await tv.get("profiles/NOPE")
    await lab.call("PUT", "/api/v2/LABSP/profiles", tv.headers)
    entries = await _archive(lab)
    listed = (await lab.admin("GET", "requests"))["items"]
    assert [each["_sim"]["id"] for each in entries] == [each["id"] for each in listed]
    assert {each["request"]["method"] for each in entries} == {"GET", "POST", "PUT"}


async def test_an_entry_has_what_went_over_the_wire(lab: Lab, tv: App) -> None:
    reply = await tv.logout("LabDish")
    (entry,) = await _archive(lab)
    asked, sent = entry["request"], entry["response"]
    assert asked["url"].startswith(f"{lab.origin}/api/v2/LABSP/logout/LabDish?redirectUrl=")
    assert asked["queryString"] == [
        {"name": "redirectUrl", "value": "https://app.example/signed-out"}
    ]
    assert (sent["status"], sent["statusText"]) == (200, "OK")
    assert sent["content"] == {
        "size": len(reply.text),
        "mimeType": "application/json;charset=UTF-8",
        "text": reply.text,
    }
    assert entry["timings"]["wait"] == entry["time"]
    assert entry["_sim"]["rule"] == "L6"
    assert entry["comment"].startswith("L6 L6: ")


async def test_bodies_and_redirects_are_told(lab: Lab, tv: App) -> None:
    code = await log_in(tv)
    entries = {each["_sim"]["operation"]: each for each in await _archive(lab)}
    posted = entries["create_session"]["request"]["postData"]
    assert posted["mimeType"] == "application/x-www-form-urlencoded"
    assert posted["text"].startswith("mvpd=LabCable&")
    assert entries["create_session"]["_sim"]["code"] == code
    assert entries["authenticate"]["response"]["redirectURL"].startswith(f"{lab.origin}/adobe-s")


async def test_it_is_filtered_like_the_list(lab: Lab, tv: App) -> None:
    await tv.get("profiles")
    await tv.logout("LabDish")
    (entry,) = await _archive(lab, "?operation=logout&status=2xx")
    assert entry["_sim"]["operation"] == "logout"
    assert await _archive(lab, "?generation=1") == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("colour=red", "unknown_filter"),
        # The whole archive comes at once, and in the order in which it happened.
        ("limit=1", "unknown_filter"),
        ("order=newest", "unknown_filter"),
        ("status=abc", "invalid_document"),
    ],
)
async def test_a_wrong_filter_is_refused(lab: Lab, query: str, code: str) -> None:
    assert (await lab.refused("GET", f"requests.har?{query}"))["code"] == code


async def test_an_answer_that_nobody_got_has_the_status_zero(lab: Lab, tv: App) -> None:
    await lab.admin("POST", "faults", {"action": {"kind": "reset"}})
    with pytest.raises(ClientError):
        await tv.get("profiles")
    (entry,) = await _archive(lab)
    assert (entry["response"]["status"], entry["response"]["statusText"]) == (0, "")


async def test_many_entries_come_in_pieces_and_none_is_lost(lab: Lab, tv: App) -> None:
    sent = [(await tv.get("profiles")).headers["X-Sim-Request-Id"] for _ in range(3)]
    for _ in range(24):
        replies = await asyncio.gather(*(tv.get("profiles") for _ in range(10)))
        sent += [each.headers["X-Sim-Request-Id"] for each in replies]
    entries = await _archive(lab)
    assert sorted(each["_sim"]["id"] for each in entries) == sorted(sent)
    assert len(sent) == 243
