"""Our own OpenAPI document: valid, whole, served to everybody, and true to itself."""

import json
import re
from dataclasses import asdict
from typing import Any, Final
from unittest.mock import ANY

from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from simulator import __version__, routes
from simulator.domain.decisions.decision_rules import Source
from simulator.domain.errors import ERRORS, OWN_ERRORS, SERVICE_ERRORS
from simulator.domain.sessions.profiles import ProfileType
from simulator.domain.switches import SWITCHES
from simulator.http.endpoint import Surface
from tests.conftest import MakeLab
from tests.sandboxes.places import open_place
from tests.support.inventory import every
from tests.support.lab import Lab
from tests.support.ours import ours
from tests.support.shapes import HELP_URL, JSON_TYPE

PATH: Final = "/api/v2/openapi.json"
DOCUMENT: Final[Any] = ours().document
HEADERS: Final = DOCUMENT["components"]["headers"].keys()


def _operations() -> list[tuple[str, str, Any]]:
    return [
        (path, method, operation)
        for path, item in DOCUMENT["paths"].items()
        for method, operation in item.items()
    ]


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
    assert {(method.upper(), path) for path, method, _ in _operations()} == served


@every(_operations(), lambda each: f"{each[0]} {each[1]}")
def test_every_operation_says_what_it_is_and_what_comes_from_around_it(found: Any) -> None:  # noqa: ANN401
    path, method, operation = found
    assert operation["summary"]
    assert operation["tags"]
    assert {"$ref": "#/components/parameters/X-Sim-Sandbox"} in operation["parameters"]
    answers = operation["responses"]
    assert answers.keys() >= {"404", "405", "429"}
    assert ("413" in answers) == (method == "post" and not path.startswith("/o/"))
    for status, answer in answers.items():
        assert "$ref" in answer or answer["headers"].keys() >= HEADERS, status


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
    for _, _, operation in _operations():
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


def test_each_of_the_47_codes_is_an_example() -> None:
    assert DOCUMENT["components"]["examples"] == {
        code: {
            "summary": kind.message,
            "value": {**asdict(kind), "helpUrl": HELP_URL, "trace": ANY},
        }
        for code, kind in ERRORS.items()
    }


def test_what_is_one_of_a_list_is_one_of_the_list_of_the_code() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    error = schemas["EnhancedError"]["properties"]
    documented, own = error["code"]["anyOf"]
    assert {*documented["enum"]} == ERRORS.keys()
    assert {*own["enum"]} == OWN_ERRORS.keys()
    assert documented == schemas["Attribute"]["properties"]["error"]
    actions = {each.action for each in ERRORS.values()} | {"authorization"}
    assert {*error["action"]["enum"]} == actions
    assert error["helpUrl"]["const"] == HELP_URL
    assert schemas["Profile"]["properties"]["type"]["enum"] == [*ProfileType]
    for name in ("Authorizations", "Preauthorizations"):
        for each in schemas[name]["properties"]["decisions"]["items"]["oneOf"]:
            assert each["properties"]["source"]["enum"] == [*Source]


def test_each_code_of_the_sso_service_is_an_example() -> None:
    shown = [value["error"] for _, _, value in _examples() if "helpUrl" in value.get("error", ())]
    assert {each["code"] for each in shown} == SERVICE_ERRORS.keys()
    for each in shown:
        told = asdict(SERVICE_ERRORS[each["code"]])
        # A header that is missing is 400 for tokens, and 401 for the calls about devices.
        status = each["status"] if each["code"] == "header_missing" else told["status"]
        assert each == {**told, "status": status, "helpUrl": HELP_URL, "trace": ANY}


def test_the_switches_that_it_names_are_there() -> None:
    named = re.findall(r"switch `([^`:]+)", json.dumps(DOCUMENT))
    assert named
    assert {*named} - {*SWITCHES} == set()


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
