"""What is known of a request under way: each fact read once, for whoever answers, explains or records it."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from aiohttp import hdrs, web

from simulator.domain.access.device_info import readable_identifier
from simulator.domain.bounded_cache import bounded_cache
from simulator.domain.errors import EnhancedError
from simulator.domain.journal.explanation import Explanation
from simulator.domain.sessions.authentication_sessions import readable_code
from simulator.domain.texts import storable
from simulator.services.context import AppContext
from simulator.services.device.faults import NO_ITEM_FAULTS, ItemFaults
from simulator.storage.worlds.resolution import SandboxHints
from simulator.storage.worlds.sandboxes import SandboxRef

from .endpoint import Endpoint, Surface
from .origin import client_origin, split_target

SANDBOX_HEADER: Final = "X-Sim-Sandbox"
# A device sends the same headers with every call; so many are kept as they were read.
_KEPT: Final = 1_024
# Besides paths that name a sandbox, those under /s/ carry it here.
SANDBOX_SEGMENT: Final = "sandbox_prefix"
_NOTHING: Final[Mapping[str, str]] = {}


class AdminCall(NamedTuple):
    """A call of the admin API, by its path below `/admin/v1`, and members that its answer would have."""

    method: str
    path: str
    body: object = None
    answer: Mapping[str, object] = _NOTHING


class RequestContext:
    """A request, as far as it says of itself what it is about, and what was found out since.

    `origin` is where the client reached us, `target` path and query as they were sent. `endpoint` is None
    where nothing is served, and `surface` the face that the request turned to all the same. `bearer` is the
    text after "Bearer", `token` what could be read of it when we signed it, `device` the plain identifier of
    the device, `code` the one in the path or the query, `named` the sandbox that it names itself, and
    `prefix` that of its path. `ref` is the sandbox, once that is known; `explanation` is there where the
    journal tells of the request. `body` is what was read of the body, unpacked, `item_faults` what strikes
    single decisions, `more_headers` what answers say to a page of another origin that may read them,
    `started` the answer whose head is out before its body is there, `done_as` the call of the admin API that
    would do the same again, where the request itself would not.
    """

    __slots__ = (
        "bearer",
        "body",
        "code",
        "device",
        "done_as",
        "endpoint",
        "explanation",
        "id",
        "item_faults",
        "more_headers",
        "named",
        "origin",
        "prefix",
        "ref",
        "simulator",
        "started",
        "surface",
        "target",
        "token",
    )

    def __init__(
        self,
        request: web.Request,
        simulator: AppContext,
        endpoint: Endpoint | None,
        surface: Surface,
    ) -> None:
        headers, path = request.headers, request.match_info
        self.simulator = simulator
        self.endpoint = endpoint
        self.surface = surface
        target, host = request.raw_path, None
        if not target.startswith("/"):
            host, target = split_target(target)
        self.target = target
        self.origin = client_origin(request, host)
        self.id = simulator.ids.short("req")
        self.prefix = path.get(SANDBOX_SEGMENT)
        if endpoint is None and request.path.startswith("/s/"):
            self.prefix = request.path.removeprefix("/s/").partition("/")[0]
        query = request.query if "?" in target else _NOTHING
        named = self.prefix
        if named is None:
            named = query.get("sim_sandbox") or headers.get(SANDBOX_HEADER)
        self.named = None if named is None else storable(named)
        authorization = headers.get(hdrs.AUTHORIZATION)
        self.bearer = None if authorization is None else _bearer(authorization)
        self.token = simulator.keys.read(self.bearer) if self.bearer else None
        device = headers.get("AP-Device-Identifier")
        self.device = None if device is None else readable_identifier(device)
        self.code = path.get("code") or query.get("reg_code")
        self.ref: SandboxRef | None = None
        self.explanation: Explanation | None = None
        self.body: bytes | None = None
        self.done_as: AdminCall | None = None
        self.item_faults: ItemFaults = NO_ITEM_FAULTS
        self.more_headers = _NOTHING
        self.started: web.StreamResponse | None = None

    @property
    def sandbox(self) -> SandboxRef:
        """The sandbox, for handlers of endpoints that work within one."""
        if self.ref is None:
            message = "the endpoint belongs to no sandbox"
            raise LookupError(message)
        return self.ref

    @property
    def shows_headers(self) -> bool:
        """Whether the answer carries our own headers; without a sandbox to say no, it does."""
        return self.ref is None or self.ref.shows_headers

    def sign(self, response: web.StreamResponse) -> None:
        """Say in headers which sandbox answers, unless it does not want that said."""
        ref, headers = self.ref, response.headers
        if self.more_headers:
            headers.update(self.more_headers)
        if ref is None:
            headers["X-Sim-Request-Id"] = self.id
        elif ref.shows_headers:
            headers["X-Sim-Request-Id"] = self.id
            headers["X-Sim-Sandbox"] = ref.name
            headers["X-Sim-Generation"] = str(ref.generation)

    async def start(self, request: web.Request, response: web.StreamResponse) -> None:
        """Send the head of `response`; the body follows piece by piece."""
        self.sign(response)
        self.started = response
        await response.prepare(request)

    async def resolve_sandbox(self, request: web.Request) -> SandboxRef:
        """Take note of the sandbox of the request. Raises `UnknownSandbox`."""
        token, code = self.token, self.code
        if not code and self.surface is Surface.WEB:
            # On a page for people it is the code that they typed.
            code = request.query.get("code")
        found = await self.simulator.engine.resolve(
            SandboxHints(
                named=self.named,
                host=self.origin.label,
                token=None if token is None else token.sandbox,
                code=_code(code) if code else None,
                device=self.device,
            )
        )
        self.ref = found.with_explanation(self.explanation)
        return self.ref


REQUEST_CONTEXT: Final = web.RequestKey("request_context", RequestContext)


def context_of(request: web.Request) -> RequestContext:
    """What is known of a request under way."""
    return request[REQUEST_CONTEXT]


def sandbox_of(request: web.Request) -> SandboxRef:
    """The sandbox of a request whose endpoint works within one."""
    return request[REQUEST_CONTEXT].sandbox


def is_connected(request: web.Request) -> bool:
    """Whether there is still somebody to answer."""
    transport = request.transport
    return transport is not None and not transport.is_closing()


@bounded_cache(_KEPT)
def _bearer(header: str) -> str | None:
    scheme, _, token = header.strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _code(given: str) -> str | None:
    try:
        return readable_code(given)
    except EnhancedError:
        return None
