"""An HTTP answer, read to its end."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self, TypeAlias

from aiohttp import ClientResponse

Json: TypeAlias = Any
"""JSON of any shape: what a test expects of it, it says."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """Status, headers and text of an answer."""

    status: int
    headers: Mapping[str, str]
    text: str

    @classmethod
    async def read(cls, response: ClientResponse) -> Self:
        """The answer that `response` brings."""
        text = await response.text("utf-8", errors="surrogateescape")
        return cls(status=response.status, headers=response.headers, text=text)

    @property
    def json(self) -> Json:
        return json.loads(self.text)

    def data(self, status: int = 200) -> Json:
        """The JSON of an answer that must have `status`."""
        assert self.status == status, f"expected {status}, got {self.status}: {self.text}"
        return self.json


ALTERATIONS: Final[list[Callable[[str, str, Reply], Reply]]] = []
"""What spoils answers on their way to a test that has to notice: see `tests.evidence`."""


def received(method: str, path: str, reply: Reply) -> Reply:
    """What the test gets to see of the answer to a request."""
    for alter in ALTERATIONS:
        reply = alter(method, path, reply)
    return reply
