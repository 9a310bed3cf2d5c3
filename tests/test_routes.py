"""The routes: whatever is imported only when it is asked for is there, and is a handler."""

import inspect
from collections import Counter

from aiohttp import web

from simulator.http.endpoint import Endpoint, Surface
from simulator.routes import ENDPOINTS
from simulator.services.control.entities import RESOURCES
from tests.support.inventory import every


def _line(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path}"


@every(ENDPOINTS, _line)
def test_every_route_leads_to_a_handler_of_its_surface(endpoint: Endpoint) -> None:
    handler = endpoint.handler
    assert handler is endpoint.handler
    assert inspect.iscoroutinefunction(handler)
    (parameter,) = inspect.signature(handler, eval_str=True).parameters.values()
    assert parameter.annotation is web.Request


def test_no_route_is_there_twice() -> None:
    assert [line for line, times in Counter(map(_line, ENDPOINTS)).items() if times > 1] == []


def test_every_collection_has_its_five_calls() -> None:
    served = {_line(each) for each in ENDPOINTS if each.surface is Surface.ADMIN}
    for resource in RESOURCES:
        collection = f"/admin/v1/{resource.path}"
        assert {f"{verb} {collection}" for verb in ("GET", "POST")} <= served
        assert {f"{verb} {collection}/{{id}}" for verb in ("GET", "PATCH", "DELETE")} <= served
