"""Following redirects, as clients do that are told to."""

from dataclasses import replace
from typing import Final
from urllib.parse import urljoin

from pass_simulator.errors import NoResponse

from .calls import Flow, exchange
from .messages import Request, Response

_MOST: Final = 10
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_SEE_OTHER: Final = 303
# These take a POST for a GET, by long practice.
_AS_GET: Final = frozenset({301, 302})


def exchange_redirected(request: Request) -> Flow[Response]:
    """Send a request, and follow where its response leads. Raises `NoResponse` for a circle."""
    for _ in range(_MOST + 1):
        response = yield from exchange(request)
        location = response.headers.get("location")
        if response.status not in _REDIRECTS or location is None:
            return response
        request = _redirected(request, response.status, location)
    raise NoResponse(request.url, f"it was redirected more than {_MOST} times")


def _redirected(request: Request, status: int, location: str) -> Request:
    again = replace(request, url=urljoin(request.url, location))
    if status == _SEE_OTHER or (status in _AS_GET and request.method == "POST"):
        again = replace(again, method="GET", body=None, headers=_without("content-type", again))
    if again.address != request.address:
        # The token is for the one who was asked.
        again = replace(again, headers=_without("authorization", again))
    return again


def _without(header: str, request: Request) -> dict[str, str]:
    return {name: value for name, value in request.headers.items() if name.lower() != header}
