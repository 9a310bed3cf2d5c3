"""Our own OpenAPI document: valid, whole, served to everybody, and true to itself."""

import re
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from simulator import __version__, routes
from simulator.domain.errors import ERRORS
from simulator.http.endpoint import Surface
from tests.conftest import MakeLab
from tests.sandboxes.places import open_place
from tests.support.lab import Lab
from tests.support.ours import ours
from tests.support.shapes import JSON_TYPE

PATH: Final = "/api/v2/openapi.json"
DOCUMENT: Final[Any] = ours().document


def test_it_is_a_valid_document_of_its_version() -> None:
    assert DOCUMENT["openapi"].startswith("3.1.")
    assert DOCUMENT["info"]["version"] == __version__
    validate(DOCUMENT)


def test_it_describes_every_device_route_and_nothing_else() -> None:
    served = {
        (each.method, each.path)
        for each in routes.ENDPOINTS
        if each.surface in {Surface.DEVICE, Surface.REGISTRATION}
    }
    described = {
        (method.upper(), path) for path, item in DOCUMENT["paths"].items() for method in item
    }
    assert described == served


def _operations() -> list[tuple[str, Any]]:
    return [
        (path, operation) for path, item in DOCUMENT["paths"].items() for operation in item.values()
    ]


def test_every_operation_has_an_id_of_its_own_and_says_what_it_is() -> None:
    operations = [operation for _, operation in _operations()]
    assert len({each["operationId"] for each in operations}) == len(operations)
    assert all(each["summary"] and each["tags"] for each in operations)


@pytest.mark.parametrize(("path", "operation"), _operations())
def test_the_parameters_of_a_path_are_those_in_it(path: str, operation: Any) -> None:  # noqa: ANN401
    named = [_resolved(each) for each in operation["parameters"]]
    assert {each["name"] for each in named if each["in"] == "path"} == {
        *re.findall(r"\{(\w+)\}", path)
    }
    assert len({each["name"] for each in named}) == len(named)


def _resolved(node: Any) -> Any:  # noqa: ANN401 - JSON
    while "$ref" in node:
        place: Any = DOCUMENT
        for name in node["$ref"].removeprefix("#/").split("/"):
            place = place[name]
        node = place
    return node


def _examples() -> list[tuple[str, Any, Any]]:
    """Every example of every answer, with the schema that it has to fit."""
    found = []
    for _, operation in _operations():
        for status, answer in operation["responses"].items():
            for media in _resolved(answer).get("content", {}).values():
                for name, example in media.get("examples", {}).items():
                    place = f"{operation['operationId']} {status} {name}"
                    found.append((place, media["schema"], _resolved(example)["value"]))
    return found


def test_every_example_fits_its_schema() -> None:
    examples = _examples()
    assert len(examples) > 100
    schema: dict[str, Any] = {"components": DOCUMENT["components"]}
    for place, wanted, value in examples:
        errors = [*Draft202012Validator({**schema, **wanted}).iter_errors(value)]
        assert errors == [], place


def test_each_of_the_47_codes_is_an_example_with_its_own_status() -> None:
    shown = DOCUMENT["components"]["examples"]
    assert shown.keys() == ERRORS.keys()
    for code, kind in ERRORS.items():
        assert shown[code]["value"]["status"] == kind.status


def test_an_error_is_an_example_where_its_status_is_declared() -> None:
    """An example under a status that is not its own would teach clients the wrong one."""
    for place, _, value in _examples():
        status = place.split(" ")[1]
        if isinstance(value, dict) and isinstance(value.get("status"), int):
            assert str(value["status"]) == status, place


async def test_it_is_served_to_everybody(lab_with: MakeLab) -> None:
    lab = await lab_with(admin_token="a token of eight characters or more")
    reply = await lab.call("GET", PATH)
    assert reply.headers["Content-Type"] == JSON_TYPE
    document = reply.data()
    assert document["servers"] == [{"url": lab.origin}]
    assert {**document, "servers": DOCUMENT["servers"]} == DOCUMENT


async def test_in_a_sandbox_it_leads_to_the_sandbox(lab: Lab) -> None:
    place = await open_place(lab, "ci-42")
    document = (await place.call("GET", PATH)).data()
    assert document["servers"] == [{"url": f"{lab.origin}/s/ci-42"}]


async def test_it_is_no_operation_of_the_device_surface(lab: Lab) -> None:
    await lab.settings(throttle=True)
    await lab.admin("POST", "faults", {"action": "internal_server_error"})
    statuses = {(await lab.call("GET", PATH)).status for _ in range(20)}
    assert statuses == {200}
