"""The right answer with its body made unreadable."""

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from .actions import Proceed

# Turned over, every byte of ASCII becomes one that is neither ASCII nor the start of a letter in UTF-8.
_OVER: Final = 0xFF


async def spoil(
    _request: web.Request, _action: Mapping[str, Any], proceed: Proceed
) -> web.StreamResponse:
    """The same head and length, every byte of the body turned over."""
    answer = await proceed()
    if isinstance(answer, web.Response) and isinstance(answer.body, bytes | bytearray):
        answer.body = bytes(each ^ _OVER for each in answer.body)
    return answer
