"""An exchange of a capture that is one of the backend's, with stand-ins in the place of secrets."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from simulator.domain.operations import OPERATIONS, unprefixed

_PAGE: Final = re.compile(r"/(?:authenticate/[^/?#]+|[^/?#]+/sessions)/([^/?#]+)")
_SEGMENT: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request of a device and its answer.

    `number` is that of the entry in its capture, from 1; `at` and `took` are milliseconds. `names` is what
    the path names, such as service_provider. Names of headers are in small letters. `answer` is the body of
    the answer as JSON, `answered` whether the capture has that body, `headed` whether it has headers. `own`
    is what only our archives say.
    """

    number: int
    at: int
    took: int
    method: str
    origin: str
    path: str
    query: str
    operation: str
    names: Mapping[str, str]
    headers: Mapping[str, str]
    body: str | None
    status: int
    answer_headers: Mapping[str, str]
    answer: Any
    answered: bool
    headed: bool
    own: Mapping[str, str] = field(default_factory=dict)

    @property
    def target(self) -> str:
        """The path with its query."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def code(self) -> str | None:
        """The code of the error that the answer is, if it is one."""
        found = self.answer.get("code") if isinstance(self.answer, dict) else None
        return found if isinstance(found, str) and self.status >= _BAD else None

    def member(self, name: str) -> Any:  # noqa: ANN401 - JSON of any shape
        """A member of the answer; None where there is none."""
        return self.answer.get(name) if isinstance(self.answer, dict) else None

    @property
    def given_code(self) -> str | None:
        """The code that a session was given: a member of its own, or else what its url has."""
        code, url = self.member("code"), self.member("url")
        if isinstance(code, str) and code:
            return code
        found = _PAGE.search(url) if isinstance(url, str) else None
        return found[1] if found else None

    @property
    def of_success(self) -> bool:
        """Whether the answer is what an operation answers with, whatever its status."""
        return isinstance(self.answer, dict) and bool(_MEMBERS & self.answer.keys())

    def form(self) -> dict[str, str]:
        """The parameters of a form, the first of each name."""
        found: dict[str, str] = {}
        for name, value in parse_qsl(self.body or "", keep_blank_values=True):
            found.setdefault(name, value)
        return found

    def parameters(self) -> dict[str, str]:
        """The parameters of the query, the first of each name."""
        found: dict[str, str] = {}
        for name, value in parse_qsl(self.query, keep_blank_values=True):
            found.setdefault(name, value)
        return found


_BAD: Final = 400


@dataclass(frozen=True, slots=True)
class Route:
    """Which operation a request is, and what its path names."""

    operation: str
    names: Mapping[str, str]


def _patterns() -> Iterator[tuple[str, re.Pattern[str], str]]:
    # A segment that is a word comes before one that may be anything.
    for each in sorted(OPERATIONS, key=lambda each: each.path.count("{")):
        if each.simulated:
            pattern = _SEGMENT.sub(r"(?P<\1>[^/]+)", each.path)
            yield each.method, re.compile(f"{pattern}/?"), each.name


_ROUTES: Final = [*_patterns()]
# Paths that any backend might have, so it takes more to know whose they are.
_COMMON: Final = frozenset({"sso_service"})
_OURS: Final = re.compile(r"/(?:api/|o/client/|reset-tempass/|control/v3/|s/)")
_ADOBE: Final = re.compile(r"(?:.*\.)?auth(?:-staging)?\.adobe\.com")
_MEMBERS: Final = frozenset(
    [
        "requestor",
        "actionName",
        "existingParameters",
        "profiles",
        "decisions",
        "logouts",
        "client_id",
        "access_token",
    ]
)
_ERROR: Final = frozenset({"code", "status", "action"})


class Backend:
    """Which of the exchanges are the backend's: those with Adobe, and with hosts that answer as it does."""

    def __init__(self, hosts: tuple[str, ...] = ()) -> None:
        self.hosts: set[str] = {_host(each) for each in hosts}
        self.ignored: dict[str, int] = {}

    def route(self, method: str, url: str, answer: Any, *, own: bool) -> Route | None:  # noqa: ANN401
        """The operation that a request is; None for traffic of other hosts, pages and pictures."""
        try:
            parts = urlsplit(url)
            host = (parts.hostname or "").lower()
        except ValueError:
            return None
        known = own or host in self.hosts or _ADOBE.fullmatch(host) is not None
        found = _OURS.match(parts.path) and _route(method, unprefixed(parts.path))
        if not found:
            what = "pages and other paths of the backend" if known else "other hosts"
            self._ignore("preflights of browsers" if method == "OPTIONS" and known else what)
            return None
        if not known:
            if found.operation in _COMMON or not _fits(answer):
                self._ignore("other hosts")
                return None
            self.hosts.add(host)
        return found

    def _ignore(self, what: str) -> None:
        self.ignored[what] = self.ignored.get(what, 0) + 1


def _host(given: str) -> str:
    """The host of what may have a scheme, a port or a path as well."""
    try:
        found = urlsplit(given if "://" in given else f"//{given}").hostname
    except ValueError:
        found = None
    return found or given.lower()


def _route(method: str, path: str) -> Route | None:
    for verb, pattern, name in _ROUTES:
        if verb == method and (found := pattern.fullmatch(path)):
            return Route(name, {each: unquote(text) for each, text in found.groupdict().items()})
    return None


def _fits(answer: object) -> bool:
    """Whether an answer is one that only the backend, or what stands in for it, gives."""
    return isinstance(answer, dict) and (bool(_MEMBERS & answer.keys()) or answer.keys() >= _ERROR)
