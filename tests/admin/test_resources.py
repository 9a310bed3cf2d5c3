"""The collections of the admin API: create, read, change, delete, list."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import pytest

from tests.support.lab import Lab
from tests.support.replies import Json
from tests.support.tokens import public_pem
from tests.support.worlds import BOX, TV, profile, rule, service_token, world


@dataclass(frozen=True, kw_only=True)
class Collection:
    """One collection: what to create there, what to see then, and a change."""

    path: str
    body: Json
    id: str
    shown: Json
    patch: Json
    patched: Json


PAIR: Final = {"service_provider": "LABSP", "mvpd": "LabCable"}
COLLECTIONS: Final = (
    Collection(
        path="service-providers",
        body={"id": "NEW", "domains": ["new.example"]},
        id="NEW",
        shown={"name": "NEW", "domains": ["new.example"], "default_redirect_url": None},
        patch={"name": "New"},
        patched={"name": "New", "domains": ["new.example"]},
    ),
    Collection(
        path="mvpds",
        body={"id": "New Cable", "logout_endpoint": False},
        id="New Cable",
        shown={"display_name": "New Cable", "kind": "regular", "logout_endpoint": False},
        patch={"logout_endpoint": True, "platform_mappings": {"apple": "new_apple"}},
        patched={"logout_endpoint": True, "platform_mappings": {"apple": "new_apple"}},
    ),
    Collection(
        path="integrations",
        body={"service_provider": "LABSP2", "mvpd": "LabDish", "authentication_ttl": "P1D"},
        id="LABSP2:LabDish",
        shown={"active": True, "authentication_ttl": "P1D", "authorize_limit": 1},
        patch={"active": False, "overrides": {"Roku": {"single_sign_on": False}}},
        patched={"active": False, "overrides": {"Roku": {"single_sign_on": False}}},
    ),
    Collection(
        path="applications",
        body={"id": "new-app", "service_providers": ["LABSP"], "software_statement": "literal"},
        id="new-app",
        shown={"name": "new-app", "revoked": False, "scopes": ["api:client:v2"],
               "software_statement": "literal"},
        patch={"revoked": True},
        patched={"revoked": True, "service_providers": ["LABSP"]},
    ),
    Collection(
        path="clients",
        body={"id": "new-client", "application": "lab-app", "registered": "-PT1H"},
        id="new-client",
        shown={"application": "lab-app", "registered_at": "2025-12-31T23:00:00.000Z"},
        patch={"secret": "other"},
        patched={"secret": "other", "registered_at": "2025-12-31T23:00:00.000Z"},
    ),
    Collection(
        path="issuers",
        body={"id": "https://idp.example".replace("/", "|"), "public_key": public_pem("idp")},
        id="https:||idp.example",
        shown={"algorithms": ["RS256"]},
        patch={"algorithms": ["ES256", "RS256"]},
        patched={"algorithms": ["ES256", "RS256"]},
    ),
    Collection(
        path="subscribers",
        body={"id": "bob", "mvpd": "LabCable", "entitlements": ["NEWS"]},
        id="bob",
        shown={"username": "bob", "password": "password", "entitlements": ["NEWS"]},
        patch={"entitlements": [], "attributes": {"zip": "10036"}},
        patched={"entitlements": [], "attributes": {"zip": "10036"}},
    ),
    Collection(
        path="devices",
        body={"id": "bench/7 ü?", "platform": "Roku", "subscriber": "ann"},
        id="bench/7 ü?",
        shown={"platform": "Roku", "subscriber": "ann", "name": None, "info": {}},
        patch={"info": {"model": "Ultra"}},
        patched={"platform": "Roku", "info": {"model": "Ultra"}},
    ),
    Collection(
        path="profiles",
        body=profile("new", BOX, links=[service_token("ann")], expires_in="PT1H"),
        id="new",
        shown={"type": "regular", "valid": True, "issuer": "LabCable", "client": None,
               "not_before": "2026-01-01T00:00:00.000Z",
               "not_after": "2026-01-01T01:00:00.000Z",
               "links": [{"id": "new.1", "kind": "service_token", "issuer": None,
                          "subject": "ann", "value": None}]},
        patch={"type": "appleSSO", "client": "app-1"},
        patched={"type": "appleSSO", "issuer": "Apple", "client": "app-1",
                 "not_after": "2026-01-01T01:00:00.000Z"},
    ),
    Collection(
        path="sso-links",
        body={"id": "l", "profile": "own", "kind": "platform_identity", "value": "opaque"},
        id="l",
        shown={"profile": "own", "kind": "platform_identity", "value": "opaque", "subject": None},
        patch={"value": None, "subject": "roku-1"},
        patched={"value": None, "subject": "roku-1"},
    ),
    Collection(
        path="temp-passes",
        body={"id": "t", "service_provider": "LABSP", "mvpd": "TempPromo", "device": TV,
              "first_authorized": "-PT1M", "used_resources": ["NEWS"]},
        id="t",
        shown={"first_authorized": "2025-12-31T23:59:00.000Z", "used_resources": ["NEWS"]},
        patch={"identity": "ann@lab.example"},
        patched={"identity": "ann@lab.example", "first_authorized": "2025-12-31T23:59:00.000Z"},
    ),
    Collection(
        path="degradations",
        body=rule("AuthZNone", id="d", until="PT1H", message="off"),
        id="d",
        shown={"active": True, "from": None, "until": "2026-01-01T01:00:00.000Z",
               "rule": "AuthZNone", "message": "off"},
        patch={"from": "PT1M", "until": None},
        patched={"active": False, "from": "2026-01-01T00:01:00.000Z", "until": None},
    ),
)  # fmt: skip


@pytest.fixture
async def lab(lab: Lab) -> Lab:
    await lab.seed(world(profiles=[profile("own")], subscribers=[{"id": "ann"}]))
    return lab


@pytest.fixture(params=COLLECTIONS, ids=[each.path for each in COLLECTIONS])
def collection(request: pytest.FixtureRequest) -> Collection:
    found: Collection = request.param
    return found


def _item(collection: Collection) -> str:
    return f"{collection.path}/{quote(collection.id, safe='')}"


async def test_what_is_created_is_answered_whole_and_found_at_its_location(
    lab: Lab, collection: Collection
) -> None:
    reply = await lab.ask("POST", collection.path, collection.body)
    made = reply.data(201)
    assert made["id"] == collection.id
    assert made | collection.shown == made
    assert reply.headers["Location"] == f"/admin/v1/{_item(collection)}"
    assert (await lab.call("GET", reply.headers["Location"])).data() == made
    listed = (await lab.admin("GET", collection.path))["items"]
    assert made in listed
    assert [each["id"] for each in listed] == sorted(each["id"] for each in listed)


async def test_a_change_is_merged_into_what_is_there(lab: Lab, collection: Collection) -> None:
    made = await lab.admin("POST", collection.path, collection.body)
    changed = await lab.admin("PATCH", _item(collection), collection.patch)
    assert changed.keys() == made.keys()
    assert changed | collection.patched == changed
    assert await lab.admin("GET", _item(collection)) == changed
    untouched = made.keys() - collection.patched.keys()
    assert {name: changed[name] for name in untouched} == {name: made[name] for name in untouched}


async def test_an_empty_change_changes_nothing(lab: Lab, collection: Collection) -> None:
    made = await lab.admin("POST", collection.path, collection.body)
    before = await lab.state()
    assert await lab.admin("PATCH", _item(collection), {}) == made
    assert await lab.state() == before


async def test_what_is_deleted_is_gone(lab: Lab, collection: Collection) -> None:
    before = await lab.state()
    await lab.admin("POST", collection.path, collection.body)
    reply = await lab.ask("DELETE", _item(collection))
    assert (reply.status, reply.text) == (204, "")
    assert await lab.state() == before
    for method in ("GET", "PATCH", "DELETE"):
        error = await lab.refused(method, _item(collection), {})
        assert error["status"] == 404
        assert error["code"].endswith("_not_found")
        assert collection.id in error["message"]


async def test_an_id_that_is_taken_is_a_conflict(lab: Lab, collection: Collection) -> None:
    await lab.admin("POST", collection.path, collection.body)
    before = await lab.state()
    error = await lab.refused("POST", collection.path, collection.body)
    assert (error["status"], error["code"]) == (409, "already_exists")
    assert "PATCH" in error["hint"]
    assert await lab.state() == before


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_members_that_nobody_knows_are_named_all_at_once(
    lab: Lab, collection: Collection, method: str
) -> None:
    await lab.admin("POST", collection.path, collection.body)
    before = await lab.state()
    path = collection.path if method == "POST" else _item(collection)
    body = {**collection.body, "colour": "blue", "Id": "x"}
    error = await lab.refused(method, path, body)
    assert (error["status"], error["code"]) == (422, "invalid_document")
    assert {each["path"] for each in error["fields"]} == {"colour", "Id"}
    assert all("unknown member" in each["problem"] for each in error["fields"])
    assert await lab.state() == before


async def test_an_id_cannot_be_changed(lab: Lab, collection: Collection) -> None:
    await lab.admin("POST", collection.path, collection.body)
    before = await lab.state()
    changed = {"mvpd": "LabOff"} if collection.path == "integrations" else {"id": "other"}
    error = await lab.refused("PATCH", _item(collection), changed)
    assert [each["path"] for each in error["fields"]] == ["id"]
    assert await lab.state() == before


async def test_a_put_is_not_allowed_and_the_verbs_are_named(
    lab: Lab, collection: Collection
) -> None:
    await lab.admin("POST", collection.path, collection.body)
    for path, allowed in ((collection.path, "GET,POST"), (_item(collection), "DELETE,GET,PATCH")):
        reply = await lab.ask("PUT", path, {})
        assert reply.status == 405
        assert sorted(reply.headers["Allow"].split(",")) == allowed.split(",")
        assert (await lab.refused("PUT", path, {}))["code"] == "method_not_allowed"
