"""Paths that are served as one resource: found as aiohttp would find them among many."""

from itertools import product
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st

from simulator.http.router import Handle, Router

PATHS = (
    "/",
    "/certs",
    "/certs/ca.pem",
    "/api/v2/{provider}/logout/{mvpd}",
    "/api/v2/logout/{provider}/{mvpd}",
    "/api/v2/{provider}/profiles",
    "/api/v2/{provider}/profiles/{mvpd}",
    "/api/v2/{provider}/profiles/code/{code}",
    "/admin/v1/requests/count",
    "/admin/v1/requests/{id}",
    "/admin/v1/{collection}/{id}",
    "/s/{sandbox}/admin/v1/requests/{id}",
)


async def _answer(_request: web.Request) -> web.StreamResponse:
    raise NotImplementedError


def _refuse(_path: str, problem: web.HTTPException) -> Handle:
    async def refuse(_request: web.Request) -> web.StreamResponse:
        raise problem

    return refuse


def _tree() -> Router:
    tree = Router(_refuse)
    for path in PATHS:
        # So that the verb tells which one was found.
        tree.add(f"M{PATHS.index(path)}", path, _answer)
        tree.add("GET", path, _answer)
    return tree


TREE = _tree()
KNOWN = web.UrlDispatcher()
for each in PATHS:
    slash = "" if each == "/" else "{slash:/?}"
    pattern = each.replace("}", ":[^/]+}") + slash
    KNOWN.add_route("GET", pattern, _answer, name=f"p{PATHS.index(each)}")
KNOWN.freeze()


async def _found(path: str, method: str = "GET") -> tuple[dict[str, str] | None, set[str]]:
    request = make_mocked_request(method, path)
    match, allowed = await TREE.resolve(request)
    if match.handler is _answer:
        return dict(match), allowed
    status = web.HTTPMethodNotAllowed.status_code if allowed else web.HTTPNotFound.status_code
    with pytest.raises(web.HTTPException) as refused:
        await match.handler(request)
    assert refused.value.status == status
    return None, allowed


WORDS = "api v2 s admin v1 logout profiles code requests count certs ca.pem REF30 %2F 100%25 a%20b ä {x}"
segments = st.sampled_from([*WORDS.split(), ""])
drawn = st.builds(
    lambda parts, slash: "/" + "/".join(parts) + slash,
    st.lists(segments, max_size=7),
    st.sampled_from(["", "/", "//"]),
)
shaped = st.builds(
    lambda path, filling, slash: (
        "/".join(filling if part.startswith("{") else part for part in path.split("/")) + slash
    ),
    st.sampled_from(PATHS),
    segments.filter(bool),
    st.sampled_from(["", "/"]),
)


@given(drawn | shaped)
async def test_every_path_leads_where_it_leads_in_aiohttp(path: str) -> None:
    request = make_mocked_request("GET", path)
    known: Any = await KNOWN.resolve(request)
    found, _ = await _found(path)
    if known.http_exception is not None:
        assert found is None
    else:
        expected = {name: value for name, value in known.items() if name != "slash"}
        assert found == expected


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("/api/v2/logout/logout/X", 4),
        ("/api/v2/REF30/profiles/code", 6),
        ("/admin/v1/requests/count", 8),
        ("/admin/v1/requests/other", 9),
        ("/admin/v1/profiles/count", 10),
    ],
)
async def test_the_path_with_more_that_is_literal_in_front_is_meant(path: str, number: int) -> None:
    _, allowed = await _found(path, "POST")
    assert f"M{number}" in allowed
    assert (await _found(path, f"M{number}"))[0] is not None


async def test_a_verb_that_the_first_path_has_not_is_looked_for_in_the_next() -> None:
    assert (await _found("/admin/v1/requests/count", "M9"))[0] == {"id": "count"}
    assert (await _found("/admin/v1/requests/count", "M10"))[0] == {
        "collection": "requests",
        "id": "count",
    }


async def test_a_path_that_is_served_with_other_verbs_names_them_all() -> None:
    found, allowed = await _found("/admin/v1/requests/count", "PATCH")
    assert found is None
    assert allowed == {"GET", "M8", "M9", "M10"}


@pytest.mark.parametrize("path", ["*", "/api//v2", "/certs//", "//", "/api/v2//logout/X"])
async def test_what_is_no_path_of_segments_is_served_nowhere(path: str) -> None:
    assert await _found(path) == (None, set())


@pytest.mark.parametrize("path", ["/certs", "/api/v2/{other}/profiles"])
def test_what_is_served_already_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="is served already"):
        _tree().add("GET", path, _answer)


def test_it_tells_its_routes() -> None:
    assert len(TREE) == len([*TREE]) == len([*product(PATHS, "xy")])
    assert {route.method for route in TREE} == {"GET", *(f"M{n}" for n in range(len(PATHS)))}
