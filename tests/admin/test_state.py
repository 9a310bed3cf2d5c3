"""The state as a document: the same byte for byte after a reset, and after an import."""

import json
from collections.abc import Awaitable, Callable
from typing import Final

import pytest

from tests.support.dcr import app_with, registered
from tests.support.lab import Lab
from tests.support.replies import Json
from tests.support.tokens import sso_token
from tests.support.worlds import BOX, TV, Entry, profile, rule, service_token, world

ANN: Final = [service_token("ann")]


def _document() -> Json:
    return world(
        profiles=[
            profile("own", links=ANN),
            profile("linked", BOX, links=ANN),
            profile("past", "third", expires_in="-PT1H"),
            profile("future", "fourth", not_before="PT1H", expires_in="PT2H"),
        ],
        temp_passes=[
            {"service_provider": "LABSP", "mvpd": "TempBasic", "device": TV, "id": "trial"}
        ],
        degradations=[rule("AuthZAll", id="rule", until="PT1H", message="off")],
        devices=[{"id": TV, "info": {"model": "x", "numbers": [1, 2.5, None, True]}}],
        subscribers=[{"id": "ann", "attributes": {"zip": "10036"}}],
        settings={"logout.url": "relative"},
    )


async def _log_out(lab: Lab) -> None:
    app = (await lab.app(TV)).sending(AD_Service_Token=sso_token("ann"))
    await app.logged_out("LabCable")


async def _claim(lab: Lab) -> None:
    assert await (await lab.app(TV, client="app-1")).profiles()


async def _register(lab: Lab) -> None:
    lab.clock.advance(minutes=5)
    await (await app_with(lab, await registered(lab), TV)).profiles()


async def _log_in(lab: Lab) -> None:
    lab.clock.advance(seconds=7)
    await lab.admin("POST", "profiles", profile("new", "fifth", links=ANN))


async def _expire(lab: Lab) -> None:
    lab.clock.advance(milliseconds=1)
    await lab.admin("POST", "profiles/own/expire")
    await lab.admin("POST", "profiles/future/expire")
    await lab.admin("POST", "profiles/linked/invalidate")


async def _patch(lab: Lab) -> None:
    lab.clock.advance(hours=3)
    await lab.admin("PATCH", "profiles/own", {"expires_in": "P1D", "attributes": {"a": [1]}})
    await lab.admin("PATCH", "mvpds/LabDish", {"display_name": "Dish"})
    await lab.admin("PATCH", "settings", {"logout.url": None, "access_token.lifetime": 60})


async def _delete(lab: Lab) -> None:
    await lab.admin("DELETE", "profiles/past")
    await lab.admin("DELETE", "temp-passes/trial")
    await lab.admin("DELETE", "degradations/rule")


async def _merge(lab: Lab) -> None:
    lab.clock.advance(days=2)
    document = world(profiles=[profile("merged", "sixth", not_before="-PT1H")])
    await lab.admin("POST", "seed", {"document": document, "mode": "merge"})


async def _nothing(lab: Lab) -> None:
    lab.clock.advance(days=1)


async def _everything(lab: Lab) -> None:
    for each in (_claim, _register, _log_in, _patch, _expire, _merge, _log_out, _delete):
        await each(lab)


EVENTS: Final = (
    _nothing,
    _log_out,
    _claim,
    _register,
    _log_in,
    _expire,
    _patch,
    _delete,
    _merge,
    _everything,
)
Event = Callable[[Lab], Awaitable[None]]


def _name(event: Event) -> str:
    return event.__name__.strip("_")


@pytest.mark.parametrize("event", EVENTS, ids=_name)
async def test_a_reset_gives_back_the_same_export_whatever_happened(lab: Lab, event: Event) -> None:
    await lab.seed(_document())
    before = await lab.state()
    await event(lab)
    await lab.admin("POST", "reset")
    assert await lab.state() == before


@pytest.mark.parametrize("event", EVENTS, ids=_name)
async def test_an_export_that_is_imported_is_exported_again_byte_by_byte(
    lab: Lab, event: Event
) -> None:
    await lab.seed(_document())
    await event(lab)
    exported = await lab.state()
    lab.clock.advance(days=3)
    assert await lab.state() == exported
    imported = await lab.admin("PUT", "state", json.loads(exported))
    assert imported["generation"] == 3
    assert await lab.state() == exported
    lab.clock.advance(days=3)
    assert await lab.state() == exported


@pytest.mark.parametrize("event", EVENTS[1:], ids=_name)
async def test_what_happened_is_in_the_export(lab: Lab, event: Event) -> None:
    await lab.seed(_document())
    before = await lab.state()
    await event(lab)
    assert await lab.state() != before


async def test_an_export_is_a_scenario_that_seeds_the_same_world(lab: Lab) -> None:
    await lab.seed(_document())
    await _everything(lab)
    exported = await lab.state()
    await lab.seed("logout-samples")
    await lab.seed(json.loads(exported))
    assert await lab.state() == exported


async def test_an_import_becomes_the_baseline(lab: Lab) -> None:
    await lab.admin("PUT", "state", world(profiles=[profile("imported")]))
    before = await lab.state()
    await lab.admin("DELETE", "profiles/imported")
    await lab.admin("POST", "reset")
    assert await lab.state() == before


async def test_an_import_may_be_yaml(lab: Lab) -> None:
    exported = await lab.state()
    reply = await lab.call(
        "PUT", "/admin/v1/state", {"Content-Type": "application/yaml"}, data=exported.encode()
    )
    assert reply.status == 200
    assert await lab.state() == exported


async def test_every_shipped_scenario_survives_the_round_trip(lab: Lab) -> None:
    for each in (await lab.admin("GET", "scenarios"))["items"]:
        await lab.seed(each["name"])
        exported = await lab.state()
        await lab.admin("PUT", "state", json.loads(exported))
        assert await lab.state() == exported


async def test_a_bad_import_lists_its_problems_and_changes_nothing(lab: Lab) -> None:
    before = await lab.state()
    error = await lab.refused("PUT", "state", {"mvpds": [{"ID": "x"}], "profile": []})
    assert {each["path"] for each in error["fields"]} >= {"name", "mvpds[0].id", "profile"}
    assert await lab.state() == before


# Reset


async def test_a_reset_counts_what_the_run_had_changed(lab: Lab) -> None:
    await lab.seed(_document())
    await _log_out(lab)
    await lab.admin("POST", "devices", {"id": "new"})
    assert await lab.admin("POST", "reset") == {
        "generation": 3,
        "baseline": "lab",
        "cleared": {"devices": 1, "profiles": 2, "sso_links": 2},
    }
    assert (await lab.admin("POST", "reset"))["cleared"] == {}


async def test_a_reset_to_empty_leaves_nothing_and_keeps_the_baseline(lab: Lab) -> None:
    await lab.seed(_document())
    before = await lab.state()
    assert (await lab.admin("POST", "reset", {"to": "empty"}))["baseline"] == "empty"
    assert json.loads(await lab.state()).keys() <= {"name", "title", "description"}
    assert (await lab.admin("POST", "reset"))["generation"] == 4
    assert await lab.state() == before


async def test_a_reset_needs_no_body(lab: Lab) -> None:
    reply = await lab.call("POST", "/admin/v1/reset")
    assert reply.data()["generation"] == 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"to": "yesterday"}, "unknown_reset_target"),
        ({"to": ""}, "invalid_document"),
        ({"to": 7}, "invalid_document"),
        ({"too": "empty"}, "invalid_document"),
        ([], "invalid_body"),
    ],
)
async def test_a_reset_to_nowhere_is_refused(lab: Lab, body: object, code: str) -> None:
    await lab.admin("POST", "devices", {"id": "kept"})
    before = await lab.state()
    assert (await lab.refused("POST", "reset", body))["code"] == code
    assert await lab.state() == before


# What the admin API accepts, an import accepts too.

MERGED: Final = {
    "mode": "merge",
    "document": {"name": "x", "mvpds": [{"id": "LabCable", "kind": "temp_pass_basic"}]},
}

CHANGES: Final = [
    ("PATCH", "profiles/own", {"type": "temporary"}),
    ("PATCH", "profiles/own", {"device": "elsewhere"}),
    ("PATCH", "profiles/own", {"expires_in": "-P1D"}),
    ("PATCH", "profiles/own", {"attributes": {"a": {"value": 1, "state": "plain"}}}),
    ("PATCH", "profiles/own", {"attributes": {"a": {"value": {"value": 1, "state": "x"}}}}),
    ("PATCH", "profiles/own", {"links": None}),
    ("PATCH", "profiles/own", {"links": [{**ANN[0], "id": "linked.1"}]}),
    ("PATCH", "profiles/future", {"expires_in": "PT10H", "invalidated": True}),
    ("POST", "profiles", {**profile("x", client="nobody"), "links": ANN}),
    ("POST", "profiles", profile("x", client="app-2")),
    ("POST", "sso-links", {"profile": "own", "kind": "service_token", "subject": "bob"}),
    ("PATCH", "sso-links/own.1", {"profile": "linked"}),
    ("PATCH", "mvpds/LabDish", {"proxy": "LabDish"}),
    ("PATCH", "mvpds/LabCable", {"kind": "temp_pass_basic"}),
    ("PATCH", "mvpds/TempBasic", {"kind": "regular"}),
    ("PATCH", "mvpds/TempBasic", {"kind": "temp_pass_promotional"}),
    ("POST", "temp-passes", {"service_provider": "LABSP", "mvpd": "LabCable", "device": TV}),
    ("POST", "degradations", rule("AuthNAll", "TempBasic")),
    ("POST", "service-providers", {"id": "a:b"}),
    ("POST", "devices", {"id": "a/b ü\u200b"}),
    ("POST", "clients", {"id": "c", "application": "lab-app", "registered": "P1D"}),
    ("DELETE", "clients/app-1", None),
    ("DELETE", "integrations/LABSP:LabDish", None),
    ("PATCH", "integrations/LABSP:LabCable", {"overrides": {"Roku": {"active": True}}}),
    ("PATCH", "settings", {"access_token.lifetime": 5}),
    ("POST", "seed", MERGED),
]


@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
async def test_a_change_is_refused_or_survives_the_round_trip(
    lab: Lab, method: str, path: str, body: Entry | None
) -> None:
    await lab.seed(_document())
    lab.clock.advance(minutes=7)
    before = await lab.state()
    reply = await lab.ask(method, path, body)
    exported = await lab.state()
    assert (exported == before) is (reply.status == 422), reply.text
    await lab.admin("PUT", "state", json.loads(exported))
    assert await lab.state() == exported
