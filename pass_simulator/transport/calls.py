"""One core for both clients: a call is a generator that yields requests, and a transport sends them."""

import ssl
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Generator
from functools import wraps
from types import MethodType
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, overload

from pass_simulator.errors import UnreadableAuthority

from .messages import Pause, Request, Response


class Sync:
    """The mode of a client whose calls return their results."""


class Async:
    """The mode of a client whose calls are awaited."""


P = ParamSpec("P")
T = TypeVar("T")
if TYPE_CHECKING:
    # A client that says nothing of its mode is a blocking one. Only from Python 3.13 on the
    # interpreter knows such defaults, and it never needs them.
    from typing_extensions import TypeVar as ModeVar

    M = ModeVar("M", default=Sync)
else:
    M = TypeVar("M")


Flow = Generator[Request | Pause, Any, T]
"""A call under way: it yields requests and pauses, is sent the responses, and returns its result."""


def exchange(request: Request) -> Flow[Response]:
    """Send a request: its response, whatever its status."""
    response: Response = yield request
    return response


def pause(seconds: float) -> Flow[None]:
    """Wait."""
    yield Pause(seconds=seconds)


class Transport(ABC, Generic[M]):
    """What runs flows: `run` returns a flow's result, or what to await for it.

    For https, `cafile` is the authority to trust besides the system's, or `tls` says all of it.
    """

    def __init__(self, cafile: str | None = None, *, tls: ssl.SSLContext | None = None) -> None:
        self.cafile = cafile
        self._tls = tls

    def trust(self) -> ssl.SSLContext:
        """Which certificates are trusted. Raises `UnreadableAuthority`."""
        if self._tls is None:
            try:
                self._tls = ssl.create_default_context(cafile=self.cafile)
            except OSError as error:
                raise UnreadableAuthority(self.cafile, error.strerror or str(error)) from error
        return self._tls

    @abstractmethod
    def run(self, flow: Flow[Any]) -> Any:  # noqa: ANN401 - which of both it is says the mode
        """Run `flow` to its end."""


class Client(Generic[M]):
    """What has calls; a transport runs them."""

    def __init__(self, transport: Transport[M]) -> None:
        self._transport = transport


class call(Generic[P, T]):  # noqa: N801 - a decorator
    """A method that is written once as a flow and serves both modes.

    On an object it is an ordinary method, to be awaited where the object is an asynchronous one. On the
    class it is the flow itself, for other flows to go through.
    """

    def __init__(self, flow: Callable[Concatenate[Any, P], Flow[T]]) -> None:
        @wraps(flow)
        def method(client: Client[Any], /, *args: P.args, **kwargs: P.kwargs) -> Any:  # noqa: ANN401
            return client._transport.run(flow(client, *args, **kwargs))  # noqa: SLF001 - its own

        self._flow = flow
        self._method = method
        self.__doc__ = flow.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> Callable[Concatenate[Any, P], Flow[T]]: ...

    @overload
    def __get__(self, instance: Client[Sync], owner: type) -> Callable[P, T]: ...

    @overload
    def __get__(
        self, instance: Client[Async], owner: type
    ) -> Callable[P, Coroutine[Any, Any, T]]: ...

    def __get__(self, instance: Client[Any] | None, owner: type) -> Any:
        """The flow, or the method of `instance`."""
        return self._flow if instance is None else MethodType(self._method, instance)
