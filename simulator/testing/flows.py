"""One core for both clients: a call is a generator that describes requests, and a driver that runs it."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Generator, Mapping
from dataclasses import dataclass, field
from functools import wraps
from types import MethodType
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, overload
from urllib.parse import urljoin, urlsplit

from .errors import UnexpectedAnswer


class Blocking:
    """The mode of a client whose calls return their results."""


class Awaiting:
    """The mode of a client whose calls are awaited."""


P = ParamSpec("P")
T = TypeVar("T")
if TYPE_CHECKING:
    # A client that says nothing of its mode is a blocking one. Only from Python 3.13 on the
    # interpreter knows such defaults, and it never needs them.
    from typing_extensions import TypeVar as ModeVar

    M = ModeVar("M", default=Blocking)
else:
    M = TypeVar("M")


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A request as it goes out: nothing is added to its url, and redirects are not followed."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    timeout: float = 30.0

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return urljoin(self.url, "/").rstrip("/")

    @property
    def target(self) -> str:
        """Path and query."""
        parts = urlsplit(self.url)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    """Seconds in which a call waits before it asks again."""

    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """An answer: its status, its headers by lower-case name, its body, and the url that gave it."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the status says that all went well."""
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's own numbers

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")

    def json(self) -> Any:  # noqa: ANN401 - JSON of any shape
        """The body as JSON, None where it is empty. Raises `UnexpectedAnswer` where it is neither."""
        if not self.body.strip():
            return None
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise UnexpectedAnswer(self.url, self.status, self.text) from error


Flow = Generator[Request | Pause, Any, T]
"""A call under way: it yields what is to be done, is sent the answers, and returns its result."""


def exchange(request: Request) -> Flow[Answer]:
    """Send a request: its answer, whatever that says."""
    answer: Answer = yield request
    return answer


def pause(seconds: float) -> Flow[None]:
    """Wait."""
    yield Pause(seconds=seconds)


class Driver(ABC, Generic[M]):
    """What runs flows: `run` returns a flow's result, or what to await for it."""

    @abstractmethod
    def run(self, flow: Flow[Any]) -> Any:  # noqa: ANN401 - which of both it is says the mode
        """Run `flow` to its end."""


class Client(Generic[M]):
    """What has calls; a driver runs them."""

    def __init__(self, driver: Driver[M]) -> None:
        self._driver = driver


class call(Generic[P, T]):  # noqa: N801 - a decorator
    """A method that is written once as a flow and serves both modes.

    On an object it is an ordinary method, to be awaited where the object is an awaiting one. On the
    class it is the flow itself, for other flows to go through.
    """

    def __init__(self, flow: Callable[Concatenate[Any, P], Flow[T]]) -> None:
        @wraps(flow)
        def method(client: Client[Any], /, *args: P.args, **kwargs: P.kwargs) -> Any:  # noqa: ANN401
            return client._driver.run(flow(client, *args, **kwargs))  # noqa: SLF001 - its own

        self._flow = flow
        self._method = method
        self.__doc__ = flow.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> Callable[Concatenate[Any, P], Flow[T]]: ...

    @overload
    def __get__(self, instance: Client[Blocking], owner: type) -> Callable[P, T]: ...

    @overload
    def __get__(
        self, instance: Client[Awaiting], owner: type
    ) -> Callable[P, Coroutine[Any, Any, T]]: ...

    def __get__(self, instance: Client[Any] | None, owner: type) -> Any:
        """The flow, or the method of `instance`."""
        return self._flow if instance is None else MethodType(self._method, instance)
