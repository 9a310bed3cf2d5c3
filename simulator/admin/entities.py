"""`/admin/v1/{collection}`: the entities of a sandbox, all alike (see `services.resources`)."""

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from aiohttp import web

from simulator.admin.schemas.bodies import page_of, read_object, unknown_filter
from simulator.admin.schemas.entity_calls import docs
from simulator.admin.schemas.views import view
from simulator.domain.access.registration import Application
from simulator.http.endpoint import CONTEXT, Answer, Handler
from simulator.http.request_context import sandbox_of
from simulator.services.control import entities
from simulator.services.control.entities import FAULTS, RESOURCES, Found, Resource

_PAGING: Final = frozenset({"after", "limit", "sim_sandbox"})


def shown(request: web.Request, found: Found) -> dict[str, Any]:
    """An entity as JSON; an application always comes with its software statement."""
    members = view(found)
    if isinstance(found.entity, Application) and found.entity.software_statement is None:
        keys = request.app[CONTEXT].keys
        members["software_statement"] = keys.software_statement(found.entity)
    return members


def _list(resource: Resource) -> Handler:
    async def handle(request: web.Request) -> object:
        query = request.query
        if unknown := {*query} - {*resource.filters} - _PAGING:
            known = (*resource.filters, "after", "limit")
            raise unknown_filter(f"{resource.path} cannot be filtered by", unknown, known)
        after, limit = page_of(request)
        found = await entities.find(
            request.app[CONTEXT],
            sandbox_of(request),
            resource,
            filters={name: query[name] for name in resource.filters if name in query},
            after=after,
            limit=limit + 1,
        )
        items = [shown(request, each) for each in found[:limit]]
        return {"items": items, "next": items[-1]["id"] if len(found) > limit else None}

    return handle


def _create(resource: Resource) -> Handler:
    async def handle(request: web.Request) -> Answer:
        body = await read_object(request)
        found = await entities.create(request.app[CONTEXT], sandbox_of(request), resource, *body)
        location = f"/admin/v1/{resource.path}/{quote(found.entity.id, safe='')}"
        return Answer(body=shown(request, found), status=201, headers={"Location": location})

    return handle


def _get(resource: Resource) -> Handler:
    async def handle(request: web.Request) -> object:
        found = await entities.get(
            request.app[CONTEXT], sandbox_of(request), resource, request.match_info["id"]
        )
        return shown(request, found)

    return handle


def _change(resource: Resource) -> Handler:
    async def handle(request: web.Request) -> object:
        found = await entities.change(
            request.app[CONTEXT],
            sandbox_of(request),
            resource,
            request.match_info["id"],
            *await read_object(request),
        )
        return shown(request, found)

    return handle


def _clear(resource: Resource) -> Handler:
    async def handle(request: web.Request) -> object:
        gone = await entities.delete_all(request.app[CONTEXT], sandbox_of(request), resource)
        return {"deleted": gone}

    return handle


def _delete(resource: Resource) -> Handler:
    async def handle(request: web.Request) -> Answer:
        entity_id = request.match_info["id"]
        await entities.delete(request.app[CONTEXT], sandbox_of(request), resource, entity_id)
        return Answer(body=None, status=204)

    return handle


def _handlers() -> Iterator[tuple[tuple[str, str], Handler]]:
    for resource in RESOURCES:
        of_verb = docs(resource)
        for verb, handler in (
            ("list", _list(resource)),
            ("create", _create(resource)),
            ("get", _get(resource)),
            ("change", _change(resource)),
            ("delete", _delete(resource)),
            ("clear", _clear(resource)),
        ):
            if verb != "clear" or resource is FAULTS:
                yield (resource.path, verb), of_verb[verb](handler)


HANDLERS: Final = dict(_handlers())
"""What answers, by collection and verb; faults can be deleted all at once as well ("clear")."""
