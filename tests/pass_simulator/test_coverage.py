"""Every call of the client goes somewhere, and every endpoint of the admin API has a call."""

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pass_simulator import Device, Sandbox
from pass_simulator.client.simulator import Instance
from pass_simulator.device.app import App
from pass_simulator.device.headers import device_headers
from pass_simulator.transport.calls import Client, Flow, Sync, Transport, call
from pass_simulator.transport.connection import Connection
from pass_simulator.transport.messages import Request
from simulator import routes
from simulator.http.endpoint import Endpoint, Surface

# What is not for tests to call: for people and other tools, or a stream that never ends.
# The last one is for pages: whoever has a shell has `learn`, which reads files of any size.
ELSEWHERE = {"", "/openapi.json", "/docs", "/events", "/captures/learn"}


class Recorder(Transport[Sync]):
    """Runs no flow but notes its first request."""

    def __init__(self) -> None:
        self.seen: list[Request] = []

    def run(self, flow: Flow[Any]) -> None:
        step = next(flow)
        assert isinstance(step, Request)
        self.seen.append(step)


VALUES: dict[str, Any] = {
    "matches": [{"operation": "logout"}, {"operation": "token"}],
    "values": {},
    "document": {},
    "lasting": "PT1H",
    "to": "2026-01-01T00:00:00Z",
    "kind": "profile",
    "resources": ["NEWS"],
}


def arguments(method: Callable[..., object]) -> tuple[list[Any], dict[str, Any]]:
    """Something for each parameter that has to be given."""
    positional: list[Any] = []
    named: dict[str, Any] = {}
    for each in [*inspect.signature(method).parameters.values()][1:]:
        value = VALUES.get(each.name, "x")
        if each.kind is each.VAR_POSITIONAL:
            positional += value
        elif each.kind is each.VAR_KEYWORD or each.default is not each.empty:
            continue
        elif each.kind is each.KEYWORD_ONLY:
            named[each.name] = value
        else:
            positional.append(value)
    return positional, named


def calls(client: Client[Sync]) -> Iterator[str]:
    """The names of the calls of an object."""
    return (
        name
        for owner in type(client).__mro__
        for name, value in vars(owner).items()
        if isinstance(value, call)
    )


def clients(recorder: Recorder) -> list[Client[Sync]]:
    """An instance, a sandbox, a device, and all parts of the sandbox."""
    connection = Connection(transport=recorder, instance="http://simulator", sandbox="box")
    sandbox = Sandbox(connection, "box")
    parts = [
        getattr(sandbox, name)
        for name, value in vars(Sandbox).items()
        if isinstance(value, property) and name not in {"name", "url", "asynchronous"}
    ]
    device = Device(connection, "tv", headers=device_headers("tv"), app=App())
    return [Instance(recorder, "http://simulator"), sandbox, device, *parts]


@pytest.fixture(scope="module")
def seen() -> list[Request]:
    """The first request of every call."""
    recorder = Recorder()
    for client in clients(recorder):
        for name in calls(client):
            before = len(recorder.seen)
            positional, named = arguments(getattr(type(client), name))
            getattr(client, name)(*positional, **named)
            assert len(recorder.seen) == before + 1, name
    return recorder.seen


def serves(endpoint: Endpoint, request: Request) -> bool:
    """Whether the endpoint is the one that the request goes to."""
    prefix = "/s/box" if endpoint.sandboxed else ""
    parts = re.split(r"(\{\w+\})", prefix + endpoint.path)
    pattern = "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in parts)
    path = request.target.partition("?")[0]
    plain = path if endpoint.sandboxed or not path.startswith("/s/") else ""
    return endpoint.method == request.method and re.fullmatch(pattern, plain) is not None


def test_every_call_goes_to_an_endpoint(seen: list[Request]) -> None:
    lost = [
        f"{each.method} {each.target}"
        for each in seen
        if not any(serves(endpoint, each) for endpoint in routes.ENDPOINTS)
    ]
    # A device may open any url.
    assert lost == ["GET /x"]


def test_every_endpoint_of_the_admin_api_has_a_call(seen: list[Request]) -> None:
    admin = [each for each in routes.ENDPOINTS if each.surface is Surface.ADMIN]
    assert len(admin) > 80
    missing = {
        f"{each.method} {each.path}"
        for each in admin
        if each.path.removeprefix("/admin/v1") not in ELSEWHERE
        and not any(serves(each, request) for request in seen)
    }
    assert missing == set(), "give pass_simulator a call for each, or say why not in ELSEWHERE"
