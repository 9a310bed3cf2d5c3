"""Seeding: a scenario, or a document, becomes the world of a sandbox."""

from typing import Final

import pytest

from tests.support.lab import Lab
from tests.support.replies import Json, Reply
from tests.support.shapes import assert_admin_error
from tests.support.worlds import BOX, TV, profile, rule, service_token, world

YAML_TYPES: Final = ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml")


async def _post_yaml(lab: Lab, text: str, query: str = "", media: str = YAML_TYPES[0]) -> Reply:
    path = f"/admin/v1/seed{query}"
    return await lab.call("POST", path, {"Content-Type": media}, data=text.encode())


async def test_a_seed_answers_with_the_generation_and_what_there_is(lab: Lab) -> None:
    assert await lab.seed("logout-samples") == {
        "generation": 2,
        "seeded": {
            "service_providers": 1,
            "mvpds": 6,
            "integrations": 6,
            "applications": 1,
            "devices": 3,
            "profiles": 9,
            "sso_links": 4,
            "degradations": 1,
        },
        "warnings": [],
    }


async def test_a_seed_replaces_all_that_was_there(lab: Lab) -> None:
    await lab.admin("POST", "devices", {"id": "left over"})
    await lab.settings(logout__url="relative")
    await lab.seed(world(profiles=[profile("own")]))
    assert await lab.profile_ids() == {"own"}
    assert (await lab.admin("GET", "devices"))["items"] == []
    assert (await lab.admin("GET", "settings"))["logout.url"]["source"] == "default"


async def test_what_was_seeded_is_what_a_reset_goes_back_to(lab: Lab) -> None:
    await lab.seed(world(profiles=[profile("own")]))
    await lab.admin("DELETE", "profiles/own")
    assert (await lab.admin("POST", "reset"))["baseline"] == "lab"
    assert await lab.profile_ids() == {"own"}


async def test_times_count_from_the_moment_of_seeding(lab: Lab) -> None:
    lab.clock.advance(days=100)
    await lab.seed(world(profiles=[profile("own", not_before="-PT1H", expires_in="PT2H")]))
    found = await lab.admin("GET", "profiles/own")
    assert found["not_before"] == "2026-04-10T23:00:00.000Z"
    assert found["not_after"] == "2026-04-11T02:00:00.000Z"


async def test_the_same_document_seeded_again_starts_afresh(lab: Lab) -> None:
    document = world(profiles=[profile("own", expires_in="PT1H")])
    await lab.seed(document)
    await lab.admin("DELETE", "profiles/own")
    lab.clock.advance(hours=2)
    assert (await lab.seed(document))["generation"] == 3
    assert (await lab.admin("GET", "profiles/own"))["valid"] is True


async def test_a_document_may_extend_a_shipped_scenario(lab: Lab) -> None:
    await lab.seed({"name": "mine", "extends": "logout-samples", "mvpds": [{"id": "Extra"}]})
    found = await lab.admin("GET", "mvpds")
    assert {"Cablevision", "Extra"} <= {each["id"] for each in found["items"]}


@pytest.mark.parametrize("media", YAML_TYPES)
async def test_yaml_is_read_where_it_says_that_it_is(lab: Lab, media: str) -> None:
    reply = await _post_yaml(lab, "name: mine\nmvpds:\n  - id: Extra\n", media=media)
    found = reply.data()
    assert (found["generation"], found["seeded"]) == (2, {"mvpds": 1})


async def test_yaml_may_have_a_charset_and_a_mode(lab: Lab) -> None:
    text = "name: mine\nmvpds:\n  - id: Ünï\n"
    reply = await _post_yaml(lab, text, "?mode=merge", "application/yaml; charset=utf-8")
    # What the document itself lacks the world has.
    assert reply.data() == {"generation": 1, "seeded": {"mvpds": 1}, "warnings": []}
    assert (await lab.admin("GET", "mvpds/%C3%9Cn%C3%AF"))["id"] == "Ünï"


# Merging


async def _merge(lab: Lab, document: Json) -> Json:
    return await lab.admin("POST", "seed", {"document": document, "mode": "merge"})


NO_APP: Final = {
    "source": None,
    "line": None,
    "path": "applications",
    "problem": "there is none, so no app can register",
}


async def test_a_seed_warns_of_what_leads_nowhere_and_does_it(lab: Lab) -> None:
    document = world() | {"applications": [], "clients": []}
    assert (await lab.seed(document))["warnings"] == [NO_APP]
    reply = await lab.ask("PUT", "state", document)
    assert reply.data()["warnings"] == [NO_APP]
    # Merged into such a world, an MVPD more changes nothing about it.
    more = {"name": "more", "mvpds": [{"id": "Extra"}]}
    assert (await _merge(lab, more))["warnings"] == [NO_APP]
    await lab.admin("POST", "applications", {"id": "one"})
    assert (await _merge(lab, more))["warnings"] == []


async def test_a_merge_adds_to_the_world_and_leaves_the_rest(lab: Lab) -> None:
    await lab.seed(world(profiles=[profile("own")]))
    found = await _merge(lab, world(profiles=[profile("more", BOX, links=[service_token("ann")])]))
    assert found["generation"] == 2
    assert found["seeded"]["profiles"] == 1
    assert await lab.profile_ids() == {"own", "more"}


async def test_a_merge_replaces_what_has_the_same_id(lab: Lab) -> None:
    await lab.seed(world(profiles=[profile("own")]))
    await _merge(lab, world(profiles=[profile("own", BOX)]))
    found = await lab.admin("GET", "profiles")
    assert [(each["id"], each["device"]) for each in found["items"]] == [("own", BOX)]


async def test_the_last_login_of_a_merge_wins_its_slot(lab: Lab) -> None:
    await lab.seed(world(profiles=[profile("first")]))
    await _merge(lab, world(profiles=[profile("second")]))
    assert await lab.profile_ids() == {"second"}


async def test_times_of_a_merge_count_from_now(lab: Lab) -> None:
    await lab.seed(world())
    lab.clock.advance(hours=1)
    await _merge(lab, world(degradations=[rule("AuthNAll", id="r", until="PT1H")]))
    assert (await lab.admin("GET", "degradations/r"))["until"] == "2026-01-01T02:00:00.000Z"


async def test_a_reset_undoes_a_merge(lab: Lab) -> None:
    await lab.seed(world())
    before = await lab.state()
    await _merge(lab, world(profiles=[profile("more")]))
    await lab.admin("POST", "reset")
    assert await lab.state() == before


# What is refused, and changes nothing


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "invalid_body"),
        ({"scenario": "demo", "document": {"name": "x"}}, 400, "invalid_body"),
        ([], 400, "invalid_body"),
        ("demo", 400, "invalid_body"),
        ({"scenario": "dmo"}, 404, "scenario_not_found"),
        ({"scenario": ""}, 422, "invalid_document"),
        ({"scenario": 7}, 422, "invalid_document"),
        ({"document": []}, 422, "invalid_document"),
        ({"scenario": "demo", "mode": "add"}, 422, "invalid_document"),
        ({"scenario": "demo", "modus": "merge"}, 422, "invalid_document"),
        ({"document": {"name": "x", "extends": "nope"}}, 422, "invalid_document"),
        ({"document": {}}, 422, "invalid_document"),
    ],
)
async def test_a_bad_seed_is_refused_and_changes_nothing(
    lab: Lab, body: object, status: int, code: str
) -> None:
    before = await lab.state()
    error = await lab.refused("POST", "seed", body)
    assert (error["status"], error["code"]) == (status, code)
    assert await lab.state() == before
    assert (await lab.ask("GET", "state")).headers["X-Sim-Generation"] == "1"


async def test_an_unknown_scenario_comes_with_a_suggestion(lab: Lab) -> None:
    assert (await lab.refused("POST", "seed", {"scenario": "dmo"}))["hint"] == (
        "Did you mean 'demo'?"
    )
    hint = (await lab.refused("POST", "seed", {"scenario": "zzz"}))["hint"]
    assert "demo" in hint
    assert "logout-samples" in hint


async def test_every_problem_of_a_document_is_listed_at_once(lab: Lab) -> None:
    document = {
        "name": "broken",
        "mvpds": [{"id": "A"}, {"id": "A"}, {"id": 7}],
        "integrations": [{"service_provider": "S", "mvpd": "B"}],
        "profiles": [{"device": TV, "expires_in": "soon"}],
        "settings": {"logout.url": "sideways"},
        "colour": "blue",
    }
    error = await lab.refused("POST", "seed", {"document": document})
    assert {each["path"] for each in error["fields"]} == {
        "colour",
        "integrations[0].mvpd",
        "integrations[0].service_provider",
        "mvpds[1].id",
        "mvpds[2].id",
        "profiles[0].expires_in",
        "profiles[0].mvpd",
        "profiles[0].service_provider",
        "settings.logout.url",
    }
    assert str(len(error["fields"])) in error["message"]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("name: x\nmvpds:\n  - {id: A\n", {"line 4"}),
        ("name: x\nmvpds: [\n", {"line 3"}),
        ("name: x\n\tmvpds: 1\n", {"line 2"}),
        ("name: x\nmvpds: &a [*a]\n", {"line 2"}),
        ("", {"line 1"}),
        ("- name: x\n", {"line 1"}),
        ("name: x\nname: y\n", {"line 2: name"}),
        (
            "name: x\nintegrations:\n  - service_provider: S\n    mvpd: B\n  - {}\n",
            {
                "line 3: integrations[0].service_provider",
                "line 4: integrations[0].mvpd",
                "line 5: integrations[1].service_provider",
                "line 5: integrations[1].mvpd",
            },
        ),
    ],
    ids=["flow", "list", "tab", "circle", "empty", "list of documents", "twice", "references"],
)
async def test_broken_yaml_is_refused_with_its_lines(lab: Lab, text: str, places: set[str]) -> None:
    before = await lab.state()
    error = assert_admin_error(await _post_yaml(lab, text))
    assert (error["status"], error["code"]) == (422, "invalid_document")
    assert {each["path"] for each in error["fields"]} == places
    assert await lab.state() == before


async def test_an_mvpd_that_is_not_defined_is_named_with_the_nearest_one(lab: Lab) -> None:
    document = world(profiles=[profile("own", mvpd="LabCabel")])
    error = await lab.refused("POST", "seed", {"document": document})
    [field] = error["fields"]
    assert field["path"] == "profiles[0].mvpd"
    assert "'LabCabel' is not defined in mvpds; did you mean 'LabCable'?" in field["problem"]


async def test_a_body_that_is_no_utf_8_says_where(lab: Lab) -> None:
    reply = await lab.call("POST", "/admin/v1/seed", data=b'{"scenario": "\xff"}')
    error = assert_admin_error(reply)
    assert (error["status"], error["code"]) == (400, "invalid_body")
    assert "byte 14" in error["message"]
