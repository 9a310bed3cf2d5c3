"""Where a client's calls go: an instance, or one of its sandboxes, and how to speak to it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Generic, Literal, TypeVar
from urllib.parse import quote, urlencode, urljoin

from .errors import AdminError, UnexpectedAnswer
from .flows import Answer, Awaiting, Blocking, Driver, Flow, M, Request, exchange
from .results import Json

Query = Mapping[str, str | Sequence[str]]
"""The parameters of a query; one that has several values is given several times."""

Binding = Literal["path", "header"]
"""How requests say which sandbox they mean: `/s/{sandbox}/…` or the header X-Sim-Sandbox."""

JSON_TYPE: Final = "application/json"
# The longest page that there is.
_PAGE: Final = 1000

Other = TypeVar("Other", Blocking, Awaiting)


def segment(text: str) -> str:
    """`text` as one segment of a path."""
    return quote(text, safe="")


@dataclass(frozen=True, kw_only=True)
class Link(Generic[M]):
    """The way to an instance, or to one of its sandboxes."""

    driver: Driver[M]
    instance: str
    admin_token: str | None = field(default=None, repr=False)
    sandbox: str | None = None
    binding: Binding = "path"
    timeout: float = 30.0
    cafile: str | None = None

    @property
    def whole(self) -> "Link[M]":
        """The way to the instance."""
        return replace(self, sandbox=None)

    def driven_by(self, driver: Driver[Other]) -> "Link[Other]":
        """The same way, gone in the mode of another driver."""
        return Link(
            driver=driver,
            instance=self.instance,
            admin_token=self.admin_token,
            sandbox=self.sandbox,
            binding=self.binding,
            timeout=self.timeout,
            cafile=self.cafile,
        )

    def to(self, sandbox: str, binding: Binding | None = None) -> "Link[M]":
        """The way to a sandbox of the same instance."""
        return replace(self, sandbox=sandbox, binding=binding or self.binding)

    @property
    def base(self) -> str:
        """What paths are put behind."""
        if self.sandbox is None or self.binding == "header":
            return self.instance
        return f"{self.instance}/s/{segment(self.sandbox)}"

    def url(self, place: str) -> str:
        """The absolute url of a path of the sandbox; whole urls and those of answers stay as they are."""
        if "://" in place:
            return place
        return f"{self.base}{place}"

    def absolute(self, url: str) -> str:
        """The absolute form of a `url` that an answer of the simulator gave, maybe root-relative."""
        return urljoin(f"{self.instance}/", url)

    def send(
        self,
        method: str,
        place: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        query: Query | None = None,
        patience: float = 0.0,
    ) -> Flow[Answer]:
        """The answer to a request, whatever it says; `patience` is what it may take besides."""
        url = self.url(place) + (
            f"?{urlencode(query, doseq=True, quote_via=quote)}" if query else ""
        )
        said = {"X-Sim-Sandbox": self.sandbox} if self.sandbox and self.binding == "header" else {}
        request = Request(
            method=method,
            url=url,
            headers={**said, **(headers or {})},
            body=body,
            timeout=self.timeout + patience,
        )
        return (yield from exchange(request))

    def admin(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Query | None = None,
        content: tuple[str, bytes] | None = None,
        patience: float = 0.0,
    ) -> Flow[Json]:
        """The JSON object of `/admin/v1/{path}`, empty where nothing is answered.

        `content` is a body that is no JSON, or JSON already, with its type. Raises `AdminError`.
        """
        if content is None and body is not None:
            content = JSON_TYPE, json.dumps(body).encode()
        answer = yield from self.send(
            method,
            f"/admin/v1/{path}",
            headers=self._admin_headers(content),
            body=content and content[1],
            query=query,
            patience=patience,
        )
        found = answer.json()
        if answer.ok and isinstance(found, dict | None):
            return found or {}
        raise _refused(answer)

    def download(self, path: str) -> Flow[bytes]:
        """The file at `/admin/v1/{path}`. Raises `AdminError`."""
        headers = self._admin_headers(None)
        answer = yield from self.send("GET", f"/admin/v1/{path}", headers=headers)
        if not answer.ok:
            raise _refused(answer)
        return answer.body

    def pages(
        self, path: str, query: Query | None = None, most: int | None = None
    ) -> Flow[list[Json]]:
        """The items of a list, page after page, `most` of them or all."""
        items: list[Json] = []
        wanted: dict[str, str | Sequence[str]] = {**(query or {})}
        while most is None or len(items) < most:
            rest = _PAGE if most is None else min(_PAGE, most - len(items))
            found = yield from self.admin("GET", path, query={**wanted, "limit": str(rest)})
            items += found["items"]
            if found["next"] is None:
                break
            wanted["after"] = found["next"]
        return items

    def _admin_headers(self, content: tuple[str, bytes] | None) -> dict[str, str]:
        token = {"Authorization": f"Bearer {self.admin_token}"} if self.admin_token else {}
        return token | ({"Content-Type": content[0]} if content else {})


def given(**members: object) -> Json:
    """The members that are not None: what is left out is the simulator's to decide."""
    return {name: value for name, value in members.items() if value is not None}


def _refused(answer: Answer) -> AdminError | UnexpectedAnswer:
    """What an answer of the admin API that does not say yes comes to."""
    found = answer.json()
    error = found.get("error") if isinstance(found, dict) else None
    if isinstance(error, dict):
        return AdminError(answer.status, error)
    return UnexpectedAnswer(answer.url, answer.status, answer.text)
