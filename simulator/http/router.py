"""Every path that is served, as one resource: found in the same time, wherever it stands in the list.

aiohttp holds a request's path against one dynamic resource after the other, and each of them is a regular
expression that has to be compiled at the start.
"""

from collections.abc import Iterator
from operator import itemgetter
from typing import Any, Final, NamedTuple, NoReturn

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler
from yarl import URL

_Key = tuple[str, ...]


class _Place(NamedTuple):
    """A pattern: its parameters, each with its place among the segments, and its route for each verb."""

    parameters: tuple[tuple[str, int], ...]
    routes: dict[str, web.ResourceRoute]

    def match(self, segments: list[str], route: web.ResourceRoute) -> web.UrlMappingMatchInfo:
        """What aiohttp makes of a path with these segments."""
        found = {name: _whole(segments[at]) for name, at in self.parameters}
        return web.UrlMappingMatchInfo(found, route)


class _Shape:
    """The patterns of one length that have their literal segments in the same places."""

    def __init__(self, literals: tuple[int, ...], first: int) -> None:
        self.literals = literals
        # Of two that fit, the one with more literals in front is meant (as aiohttp has it), then the
        # one that was added first.
        leading = next((n for n, place in enumerate(literals) if n != place), len(literals))
        self.order = (-leading, first)
        self._places: dict[_Key, _Place] = {}
        self._key = itemgetter(*literals) if len(literals) > 1 else None

    def _key_of(self, segments: list[str]) -> _Key:
        if self._key is not None:
            key: _Key = self._key(segments)
            return key
        return tuple(segments[place] for place in self.literals)

    def find(self, segments: list[str]) -> _Place | None:
        return self._places.get(self._key_of(segments))

    def place(self, segments: list[str], parameters: tuple[tuple[str, int], ...]) -> _Place:
        return self._places.setdefault(self._key_of(segments), _Place(parameters, {}))

    def routes(self) -> Iterator[web.ResourceRoute]:
        for place in self._places.values():
            yield from place.routes.values()


class Router(web.AbstractResource):
    """Paths of literal segments and parameters, `/a/{name}/b`.

    The real paths are also asked for with a slash at their end (Adobe: configuration, API1), so each is
    served with one too.
    """

    def __init__(self) -> None:
        super().__init__()
        self._shapes: dict[int, list[_Shape]] = {}
        self._below: dict[int, list[_Shape]] = {}
        self._added = 0

    def add(self, method: str, path: str, handler: Handler) -> None:
        """Serve `path` by `handler`; a parameter takes any one segment.

        Raises `ValueError` for what is served already.
        """
        self._add(self._shapes, method, path, handler)

    def add_below(self, path: str, handler: Handler) -> None:
        """Serve by `handler`, whatever the verb, all at and below `path` that nothing else serves.

        Raises `ValueError` for what is served already.
        """
        self._add(self._below, hdrs.METH_ANY, path, handler)

    def _add(
        self, by_length: dict[int, list[_Shape]], method: str, path: str, handler: Handler
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
        place.routes[method] = web.ResourceRoute(method, handler, self)

    async def resolve(self, request: web.Request) -> tuple[Any, set[str]]:
        """See `AbstractResource`: the route with its parameters, and the verbs of the path."""
        allowed: set[str] = set()
        path = request.rel_url.path_safe
        if not path.startswith("/") or "//" in path:
            return None, allowed
        segments = _segments(path)
        for shape in self._shapes.get(len(segments), ()):
            place = shape.find(segments)
            if place is None:
                continue
            route = place.routes.get(request.method)
            if route is None:
                allowed |= place.routes.keys()
                continue
            return place.match(segments, route), allowed
        return (None if allowed else self._find_below(segments)), allowed

    def _find_below(self, segments: list[str]) -> web.UrlMappingMatchInfo | None:
        for length, shapes in self._below.items():
            for shape in shapes if length <= len(segments) else ():
                if place := shape.find(segments[:length]):
                    return place.match(segments, place.routes[hdrs.METH_ANY])
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
    if "%" in segment:
        for escape, character in _ESCAPES:
            segment = segment.replace(escape, character)
    return segment
