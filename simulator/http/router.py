"""Every path that is served, as one resource: found in the same time, wherever it stands in the list.

aiohttp holds a request's path against one dynamic resource after the other, and each of them is a regular
expression that has to be compiled at the start.
"""

from collections.abc import Awaitable, Callable, Iterator
from operator import itemgetter
from typing import Any, Final, NamedTuple, NoReturn

from aiohttp import HttpVersion11, hdrs, web
from yarl import URL

Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]
"""What aiohttp calls for a request."""

Refuse = Callable[[str, web.HTTPException], Handle]
"""Makes what answers at a path with an error of HTTP, in the shape of the face that the path belongs to."""


class _Place(NamedTuple):
    """A pattern: its parameters, each with its place among the segments, and its route for each verb."""

    parameters: tuple[tuple[str, int], ...]
    routes: dict[str, web.ResourceRoute]


class _Shape:
    """The patterns of one length that have their literal segments in the same places."""

    def __init__(self, literals: tuple[int, ...], first: int) -> None:
        self.literals = literals
        # Of two that fit, the one with more literals in front is meant (as aiohttp has it), then the
        # one that was added first.
        leading = next((n for n, place in enumerate(literals) if n != place), len(literals))
        self.order = (-leading, first)
        # One literal makes a key by itself, several a tuple; the root has none.
        self.key_of: Callable[[list[str]], object] = (
            itemgetter(*literals) if literals else lambda _: ()
        )
        self.places: dict[object, _Place] = {}

    def place(self, segments: list[str], parameters: tuple[tuple[str, int], ...]) -> _Place:
        return self.places.setdefault(self.key_of(segments), _Place(parameters, {}))

    def routes(self) -> Iterator[web.ResourceRoute]:
        for place in self.places.values():
            yield from place.routes.values()


class Router(web.AbstractResource):
    """Paths of literal segments and parameters, `/a/{name}/b`; any other is answered by `refuse`.

    The real paths are also asked for with a slash at their end (Adobe: configuration, API1), so each is
    served with one too.
    """

    def __init__(self, refuse: Refuse) -> None:
        super().__init__()
        self._refuse = refuse
        self._shapes: dict[int, list[_Shape]] = {}
        self._below: dict[int, list[_Shape]] = {}
        self._added = 0

    def add(self, method: str, path: str, handler: Handle) -> None:
        """Serve `path` by `handler`; a parameter takes any one segment.

        Raises `ValueError` for what is served already.
        """
        self._add(self._shapes, method, path, handler)

    def add_below(self, path: str, handler: Handle) -> None:
        """Serve by `handler`, whatever the verb, all at and below `path` that nothing else serves.

        Raises `ValueError` for what is served already.
        """
        self._add(self._below, hdrs.METH_ANY, path, handler)

    def _add(
        self, by_length: dict[int, list[_Shape]], method: str, path: str, handler: Handle
    ) -> None:
        segments = _segments(path)
        literals = tuple(n for n, each in enumerate(segments) if not each.startswith("{"))
        parameters = tuple(
            (each[1:-1], n) for n, each in enumerate(segments) if each.startswith("{")
        )
        shapes = by_length.setdefault(len(segments), [])
        shape = next((each for each in shapes if each.literals == literals), None)
        if shape is None:
            shape = _Shape(literals, self._added)
            shapes.append(shape)
            shapes.sort(key=lambda each: each.order)
        self._added += 1
        place = shape.place(segments, parameters)
        if method in place.routes or place.parameters != parameters:
            message = f"{method} {path} is served already, or under other names"
            raise ValueError(message)
        place.routes[method] = self._route(method, handler)

    def _route(self, method: str, handler: Handle) -> web.ResourceRoute:
        return web.ResourceRoute(method, handler, self, expect_handler=self._expect)

    async def _expect(self, request: web.Request) -> web.StreamResponse | None:
        """See aiohttp: tell who waits for it to go on; what else is expected, nobody here can fulfil."""
        if request.version < HttpVersion11:
            return None
        if request.headers[hdrs.EXPECT].lower() != "100-continue":
            return await self._refuse(request.path, web.HTTPExpectationFailed())(request)
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        # The body of the answer has not begun.
        request.writer.output_size = 0
        return None

    async def resolve(self, request: web.Request) -> tuple[web.UrlMappingMatchInfo, set[str]]:
        """See `AbstractResource`: the route with its parameters, and the verbs of the path."""
        allowed: set[str] = set()
        path = request.rel_url.path_safe
        if path.startswith("/") and "//" not in path:
            segments = _segments(path)
            for shape in self._shapes.get(len(segments), ()):
                place = shape.places.get(shape.key_of(segments))
                if place is None:
                    continue
                route = place.routes.get(request.method)
                if route is None:
                    allowed |= place.routes.keys()
                    continue
                if "%" in path:
                    segments = [*map(_whole, segments)]
                found = {name: segments[at] for name, at in place.parameters}
                return web.UrlMappingMatchInfo(found, route), allowed
            # A match without parameters is an empty dict, and false.
            if not allowed and (below := self._find_below(segments)) is not None:
                return below, allowed
        problem = (
            web.HTTPMethodNotAllowed(request.method, allowed) if allowed else web.HTTPNotFound()
        )
        route = self._route(hdrs.METH_ANY, self._refuse(request.path, problem))
        return web.UrlMappingMatchInfo({}, route), allowed

    def _find_below(self, segments: list[str]) -> web.UrlMappingMatchInfo | None:
        for length, shapes in self._below.items():
            for shape in shapes if length <= len(segments) else ():
                if place := shape.places.get(shape.key_of(segments)):
                    found = {name: segments[at] for name, at in place.parameters}
                    return web.UrlMappingMatchInfo(found, place.routes[hdrs.METH_ANY])
        return None

    @property
    def canonical(self) -> str:
        """See `AbstractResource`: what is below the root."""
        return "/"

    def raw_match(self, path: str) -> bool:
        """See `AbstractResource`; there is no path that would say which endpoint is meant."""
        return path == self.canonical

    def url_for(self, **kwargs: str) -> URL:
        """See `AbstractResource`; nobody makes URLs from routes here."""
        raise NotImplementedError

    def add_prefix(self, prefix: str) -> NoReturn:
        """See `AbstractResource`; nobody mounts this below another application."""
        raise NotImplementedError

    def get_info(self) -> Any:  # noqa: ANN401 - a type of aiohttp's own that it does not export
        """See `AbstractResource`."""
        return {"path": self.canonical}

    def __iter__(self) -> Iterator[web.ResourceRoute]:
        for shapes in (*self._shapes.values(), *self._below.values()):
            for shape in shapes:
                yield from shape.routes()

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _segments(path: str) -> list[str]:
    # Before the first slash there is nothing, and what follows the last may be nothing.
    found = path.removesuffix("/").split("/")
    return found[1:]


_ESCAPES: Final = (("%2F", "/"), ("%25", "%"))


def _whole(segment: str) -> str:
    """A segment as it was meant: aiohttp leaves the escapes of a slash and of a percent sign in it."""
    for escape, character in _ESCAPES:
        segment = segment.replace(escape, character)
    return segment
