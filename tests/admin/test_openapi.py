"""The document of the admin API: complete, valid, and true of what is answered."""

import json
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import pytest
from openapi_spec_validator import validate

from simulator import __version__, routes
from simulator.admin.openapi import TAGS, document
from simulator.admin.schemas.bodies import Body
from simulator.http.documented import documentation_of
from simulator.http.endpoint import Surface
from simulator.services.control.entities import RESOURCES
from tests.conftest import MakeLab
from tests.support.contract import Contract, exchange
from tests.support.dcr import raw
from tests.support.inventory import every
from tests.support.lab import Lab
from tests.support.replies import Json, Reply

DOCUMENT: Final = document(routes.ENDPOINTS, "http://lab.example")
CONTRACT: Final = Contract(DOCUMENT)
ADMIN: Final = [each for each in routes.ENDPOINTS if each.surface is Surface.ADMIN]
JSON: Final = "application/json"
CODE: Final = "ABC2345"


def _operations() -> Iterator[tuple[str, str, Json]]:
    for path, of_path in DOCUMENT["paths"].items():
        for method, operation in of_path.items():
            yield method.upper(), path, operation


OPERATIONS: Final = {
    each["operationId"]: (method, path, each) for method, path, each in _operations()
}
WITH_BODY: Final = [name for name, (_, _, each) in OPERATIONS.items() if "requestBody" in each]


# The document alone


def test_the_document_is_valid() -> None:
    validate(DOCUMENT)
    assert DOCUMENT["openapi"].startswith("3.1")
    assert DOCUMENT["info"]["version"] == __version__


def test_every_endpoint_is_in_the_document_and_no_other() -> None:
    served = {(each.method, each.path) for each in ADMIN}
    assert {(method, path) for method, path, _ in _operations()} == served


@every(ADMIN, lambda each: f"{each.method} {each.path}")
def test_every_endpoint_is_documented_next_to_its_handler(endpoint: Json) -> None:
    doc = documentation_of(endpoint.handler)
    assert doc is not None, f"{endpoint.handler} needs @Doc(…)"
    assert doc.tag in TAGS
    assert re.fullmatch("[a-z][A-Za-z]+", doc.name)
    assert re.fullmatch(r"[A-Z][^.]+[^.]", doc.summary)
    assert {*doc.path} == {*re.findall(r"\{(\w+)\}", endpoint.path)}
    written = re.match(r"`([A-Z]+) (?:/admin/v1/?)?([^`]*)`", endpoint.handler.__doc__ or "")
    if written:
        assert endpoint.path == f"/admin/v1/{written[2]}".rstrip("/")
        assert endpoint.method == written[1]


def test_every_body_model_is_in_the_document() -> None:
    models = {name for each in Body.__subclasses__() if (name := each.__name__)[0] != "_"}
    models |= {re.sub("Model$", "Input", each.model.__name__) for each in RESOURCES}
    assert models - {*DOCUMENT["components"]["schemas"]} == set()


def test_the_names_of_schemas_and_operations_are_fit_for_generated_clients() -> None:
    for name in DOCUMENT["components"]["schemas"]:
        assert re.fullmatch("[A-Z][A-Za-z]+", name)
    assert len(OPERATIONS) == len([*_operations()])


@every(DOCUMENT["components"]["schemas"])
def test_every_schema_and_every_member_is_explained(name: str) -> None:
    schema = DOCUMENT["components"]["schemas"][name]
    unexplained = [
        member
        for member, shape in schema.get("properties", {}).items()
        if not re.fullmatch(r"\S.+", shape.get("description", ""), re.DOTALL)
    ]
    assert unexplained == [], "say it at the member: Field(description=…)"
    assert schema.get("description") or "enum" in schema


# The document and the answers


def _checked(name: str, reply: Reply) -> Json:
    """The JSON of an answer that is among those that the document has."""
    method, path, operation = OPERATIONS[name]
    seen = exchange(method, _filled(path, operation), {}, {}, reply)
    assert CONTRACT.operation_of(seen) == name
    assert [*CONTRACT.broken_by_answer(seen)] == []
    if not reply.headers.get("Content-Type", "").startswith(JSON):
        return reply.text
    if reply.status >= 400:
        code = reply.json["error"]["code"]
        assert f"`{code}`" in operation["responses"][str(reply.status)]["description"]
    return reply.json


def _filled(path: str, operation: Json, **values: str) -> str:
    for each in operation.get("parameters", ()):
        if each.get("in") == "path":
            path = path.replace(f"{{{each['name']}}}", values.get(each["name"], each["example"]))
    return path


async def _call(lab: Lab, operation_id: str, /, **values: str) -> Reply:
    """The answer to the operation's own example, which the document has to allow."""
    method, path, operation = OPERATIONS[operation_id]
    path = _filled(path, operation, **values)
    content = operation.get("requestBody", {}).get("content", {}).get(JSON, {})
    body = {"json": content.get("example")}
    reply = await lab.call(method, path, **body)
    seen = exchange(method, path, {"Authorization": "Bearer token"}, body, reply)
    assert [*CONTRACT.broken_by_request(seen)] == []
    return reply


async def _login(lab: Lab) -> None:
    assert (await _call(lab, "createSession")).status == 201


async def _snapshot_elsewhere(lab: Lab) -> None:
    reply = await lab.call("POST", "/s/ci-42/admin/v1/snapshots", json={"name": "clean"})
    assert reply.status == 201


async def _lease(lab: Lab) -> None:
    assert (await _call(lab, "leaseSandbox")).status == 200


async def _claim(lab: Lab) -> None:
    assert (await _call(lab, "claimDevice")).status == 200


async def _device_request(lab: Lab) -> Mapping[str, str]:
    reply = await (await lab.app("demo-roku", service_provider="REF30")).get("profiles")
    return {"id": reply.headers["X-Sim-Request-Id"]}


# What an operation needs, besides the thing that its path names; what the path is to name then.
BEFORE: Final[Mapping[str, Callable[[Lab], Awaitable[Mapping[str, str] | None]]]] = {
    **dict.fromkeys(("listRequests", "getRequest"), _device_request),
    **dict.fromkeys(("listCodes", "approveCode", "denyCode", "expireCode"), _login),
    "updateSandbox": _snapshot_elsewhere,
    "endLease": _lease,
    "releaseDevice": _claim,
}


def _maker(path: str) -> str | None:
    """The operation that creates what `path` names, or lists, when its example is just that."""
    collection = path.partition("/{")[0]
    made = DOCUMENT["paths"].get(collection, {}).get("post")
    if made is None or "201" not in made["responses"] or made["operationId"] not in OPERATIONS:
        return None
    return str(made["operationId"])


async def _prepared(lab_from: MakeLab, name: str) -> tuple[Lab, Mapping[str, str]]:
    lab = await lab_from("demo")
    await lab.admin("PUT", "codes/next", {"code": CODE})
    maker = _maker(OPERATIONS[name][1])
    if maker and maker != name:
        made = await _call(lab, maker)
        assert made.status == 201
        assert made.headers["Location"]
    found = await BEFORE[name](lab) if name in BEFORE else None
    return lab, found or {}


# A stream has no end that a table could wait for: see test_events.
@pytest.mark.parametrize("name", [each for each in OPERATIONS if not each.startswith("stream")])
async def test_what_the_example_of_an_operation_answers_fits_the_document(
    lab_from: MakeLab, name: str
) -> None:
    lab, values = await _prepared(lab_from, name)
    reply = await _call(lab, name, **values)
    assert reply.status < 300, reply.text
    answer = _checked(name, reply)
    if name.startswith("list"):
        assert answer["items"]
    if reply.status == 201:
        assert (await lab.call("GET", reply.headers["Location"])).status in {200, 405}


async def test_what_is_not_there_is_refused_as_the_document_says(lab: Lab) -> None:
    named = [each for each, (_, path, _) in OPERATIONS.items() if "{" in path]
    # A claim may name a device that nobody has seen yet.
    for name in {*named} - {"claimDevice"}:
        reply = await _call(lab, name, id="nope", name="nope", code="NOPE234")
        assert _checked(name, reply)["error"]["code"].endswith("_not_found"), name


async def test_a_bad_body_is_refused_as_the_document_says(lab: Lab) -> None:
    # Checking a document answers what is wrong with it instead of refusing it.
    for name in {*WITH_BODY} - {"validateScenario"}:
        method, path, operation = OPERATIONS[name]
        for body in ("{", "[1]", '{"nobody": 1, "knows": 2}'):
            reply = await lab.call(method, _filled(path, operation), **raw(body))
            assert reply.status in {400, 404, 422}, (name, body)
            _checked(name, reply)


async def test_only_the_filters_of_the_document_are_taken(lab: Lab) -> None:
    for name in [each for each in OPERATIONS if each.startswith("list")]:
        _, path, operation = OPERATIONS[name]
        parameters = operation.get("parameters", ())
        queries = [each for each in parameters if each.get("in") == "query"]
        filters = {each["name"] for each in queries}
        for each in queries:
            value = "5" if each["name"] in {"limit", "after"} else each.get("example", "x")
            assert (await lab.call("GET", f"{path}?{each['name']}={value}")).status == 200
        if filters - {"limit", "after"}:
            refused = _checked(name, await lab.call("GET", f"{path}?nope=1"))
            assert refused["error"]["code"] == "unknown_filter"
        if "limit" in filters:
            refused = _checked(name, await lab.call("GET", f"{path}?limit=no"))
            assert refused["error"]["code"] == "invalid_limit"


@pytest.mark.parametrize(
    "name", [name for name in WITH_BODY if "text/plain" in str(OPERATIONS[name][2]["responses"])]
)
async def test_a_shell_gets_the_text_alone(lab_from: MakeLab, name: str) -> None:
    lab, _ = await _prepared(lab_from, name)
    method, path, operation = OPERATIONS[name]
    example = operation["requestBody"]["content"][JSON]["example"]
    reply = await lab.call(method, path, {"Accept": "text/plain"}, json=example)
    assert reply.headers["Content-Type"].startswith("text/plain")
    assert re.fullmatch(r"\S+", reply.text)


async def test_the_lines_of_a_seed_fit_the_document(lab: Lab) -> None:
    headers = {"Accept": "application/x-ndjson"}
    reply = await lab.call("POST", "/admin/v1/seed", headers, json={"scenario": "demo"})
    lines = reply.text.splitlines()
    assert "result" in json.loads(lines[-1])
    for line in lines:
        _checked("seed", replace(reply, text=line))


async def test_the_document_is_served_as_it_is_made(lab: Lab) -> None:
    served = await lab.admin("GET", "openapi.json")
    assert served.pop("servers") == [{"url": lab.origin}]
    expected: dict[str, Any] = {**DOCUMENT}
    del expected["servers"]
    assert served == expected


# The page


async def test_the_page_shows_every_operation_and_needs_nothing_from_elsewhere(lab: Lab) -> None:
    reply = await lab.ask("GET", "docs")
    assert reply.headers["Content-Type"].startswith("text/html")
    for name in OPERATIONS:
        assert f'id="{name}"' in reply.text
    for name in DOCUMENT["components"]["schemas"]:
        assert f'id="schema-{name}"' in reply.text
    anchors = {*re.findall(r' id="([^"]*)"', reply.text)}
    assert {*re.findall(r'href="#([^"]*)"', reply.text)} <= anchors
    assert not re.search(r"(src|href)=\"(https?:)?//", reply.text)
    assert not re.search(r"@import|url\(", reply.text)


async def test_both_can_be_read_without_the_token(lab_with: MakeLab) -> None:
    lab = await lab_with(admin_token="a token of eight characters or more")
    for path in ("openapi.json", "docs"):
        assert (await lab.ask("GET", path)).status == 200
