"""The published schema: current, well-formed, and of one mind with the loader."""

import json
import subprocess
import sys
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given

from simulator.scenarios.context import Record
from simulator.scenarios.exporting import document
from simulator.scenarios.library import Library, shipped_directory
from simulator.scenarios.loading import validate
from simulator.scenarios.schema import schema, text
from simulator.validation.problems import ScenarioError
from simulator.validation.reading import read

from .documents import BASE, profile, with_members
from .worlds import thorough, worlds

COMMITTED = shipped_directory() / "schema.json"
VALIDATOR = jsonschema.Draft202012Validator(schema())


def test_the_committed_schema_is_current() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == text(), (
        "write it anew: python -m simulator.scenarios.schema > scenarios/schema.json"
    )


def test_the_module_prints_it() -> None:
    command = [sys.executable, "-m", "simulator.scenarios.schema"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout == text()


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("name", Library().names())
def test_shipped_files_conform(name: str) -> None:
    path = shipped_directory() / f"{name}.yaml"
    content = path.read_text(encoding="utf-8")
    VALIDATOR.validate(read(content).data)
    # Other YAML readers must understand the files in the same way, editors above all.
    assert yaml.safe_load(content) == read(content).data


def test_every_member_is_described() -> None:
    found = schema()
    parts = {"": found, **found["$defs"]}
    nameless = [
        f"{name}.{member}"
        for name, part in parts.items()
        for member, about in part.get("properties", {}).items()
        if not about.get("description")
    ]
    assert nameless == []


@thorough
@given(worlds())
def test_every_export_conforms(world: list[Record]) -> None:
    VALIDATOR.validate(document(world, name="x", title="", description=""))


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"name": "a/b"},
        with_members(colour="red"),
        with_members(mvpds=[{"id": ""}]),
        with_members(mvpds=[{"id": "a/b"}]),
        with_members(mvpds=[{"id": "a", "kind": "x"}]),
        with_members(settings={"logout.url": "x"}),
        with_members(settings={"logout.urls": "absolute"}),
        with_members(settings={"access_token.lifetime": 0}),
        with_members(profiles=[profile(expires_in=5)]),
        with_members(profiles=[profile(expires_in="P1Y")]),
        with_members(profiles=[profile(expires_in="PT")]),
        with_members(profiles=[profile(links=[{"kind": "x", "subject": "s"}])]),
        with_members(
            integrations=[{"service_provider": "a", "mvpd": "b", "authentication_ttl": "-PT1H"}]
        ),
        with_members(
            integrations=[{"service_provider": "a", "mvpd": "b", "overrides": {"x": {"mvpd": "c"}}}]
        ),
        with_members(generate={"service_provider": "REF30", "mvpds": [], "subscribers": 1}),
        with_members(faults=[{"action": "internal_server_eror"}]),
    ],
)
def test_what_the_schema_refuses_the_loader_refuses(data: dict[str, Any]) -> None:
    assert not VALIDATOR.is_valid(data)
    with pytest.raises(ScenarioError):
        validate(data)


@pytest.mark.parametrize(
    "data",
    [
        BASE,
        {"$schema": "./schema.json", "name": "x"},
        with_members(generate={"service_provider": "REF30", "mvpds": ["Cable"], "subscribers": 1}),
        with_members(profiles=[profile(attributes={"a": 1, "b": {"value": [], "state": "enc"}})]),
        with_members(degradations=[{"service_provider": "REF30", "mvpd": "Cable", "rule": "AuthNAll",
                                    "from": "-P1DT2H", "until": "PT0.5S"}]),
        with_members(faults=[{"action": "internal_server_error"}]),
        with_members(faults=[{"action": {"kind": "status", "status": 503}}]),
    ],
)  # fmt: skip
def test_what_the_loader_takes_the_schema_takes(data: dict[str, Any]) -> None:
    VALIDATOR.validate(json.loads(json.dumps(data)))
    validate(data)


def test_defaults_are_written_as_documents_write_them() -> None:
    members = schema()["$defs"]["IntegrationModel"]["properties"]
    assert members["authentication_ttl"]["default"] == "P30D"
    assert members["media_token_ttl"]["default"] == "PT7M"
