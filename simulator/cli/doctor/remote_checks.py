"""Checks of a running simulator: whether it answers, is ready, on time, and can be trusted."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

from pass_simulator.errors import InvalidAddress, NoResponse, NotTls, SimulatorError
from pass_simulator.transport.calls import Sync, exchange
from pass_simulator.transport.connection import Connection
from pass_simulator.transport.messages import Request, Response
from pass_simulator.transport.sync_transport import SyncTransport
from simulator.certificates.interfaces import lan_addresses
from simulator.certificates.issuing import moment
from simulator.cli.addresses import shown_host
from simulator.cli.options import Place
from simulator.cli.remote import connected, run
from simulator.clock import SystemClock

from .findings import Finding, failed, ok, warning
from .local_checks import LOOPBACK, name_for, unconnected

_SLOW: Final = timedelta(seconds=5)
_WRONG: Final = timedelta(seconds=60)
_PATIENCE: Final = 5.0
_NO_SIMULATOR: Final = "what answers there is no pass-simulator"


@dataclass(kw_only=True, slots=True)
class Running:
    """What is known of a simulator that answers."""

    place: Place
    version: str = ""
    ready: bool = False
    skew: timedelta = timedelta()
    clock: dict[str, Any] | None = None
    certs: dict[str, Any] = field(default_factory=dict)
    authority: str = ""

    @property
    def host(self) -> str:
        """The host by which it was asked."""
        return urlsplit(self.place.url).hostname or "localhost"


def meet(place: Place) -> Running | str:
    """The simulator at `place`, or why there is none. Raises `CliExit` where `place` is no place."""
    running = Running(place=place)
    with connected(place, timeout=_PATIENCE) as connection:
        try:
            return running if _meet(running, connection) else _NO_SIMULATOR
        except (InvalidAddress, NotTls):
            # It was not looked for where it is.
            raise
        except NoResponse as error:
            return error.reason
        except (SimulatorError, ValueError, KeyError, TypeError):
            return _NO_SIMULATOR


def _meet(running: Running, connection: "Connection[Sync]") -> bool:
    """Find out what there is to know of it; False where what answers is something else."""

    def get(path: str) -> "Response":
        found: Response = run(connection, connection.get(f"/admin/v1/{path}"))
        return found

    def get_page(path: str) -> "Response":
        headers = {"Accept": "application/json"}
        send = connection.without_sandbox.send("GET", path, headers=headers)
        found: Response = run(connection, send)
        return found

    clock = SystemClock()
    before = clock.now()
    live = get_page("/livez")
    if not live.ok or not _is_json(live) or live.json() != {"status": "live"}:
        return False
    # The header has whole seconds, so its second is on average half over.
    shown = parsedate_to_datetime(live.headers["date"]) + timedelta(seconds=0.5)
    running.skew = shown - moment((before + clock.now()) // 2)
    running.ready = get_page("/readyz").ok
    running.certs = get_page("/certs").json()
    told = get("clock")
    running.clock = told.json() if told.ok else None
    told = get("version")
    running.version = told.json()["version"] if told.ok else ""
    if running.certs["authority"]:
        running.authority = get_page("/certs/ca.pem").text
    return True


def _is_json(response: "Response") -> bool:
    return "json" in response.headers.get("content-type", "")


def simulator(running: Running) -> Iterator[Finding]:
    """Whether it answers and is ready, and lets us in."""
    url = running.place.url
    version = f"pass-simulator {running.version}" if running.version else "A pass-simulator"
    if not running.ready:
        said, hint = f"{version} at {url} is not ready.", "Wait with `pass-simulator wait`."
        yield failed("simulator", said, f"{hint} If that takes long, look at its log.")
    else:
        yield ok("simulator", f"{version} answers at {url} and is ready.")
    if not running.version:
        said = "Its admin API does not let us in."
        yield warning("simulator", said, "Give its token with --admin-token.")


def clock(running: Running) -> Iterator[Finding]:
    """Whether its time is ours."""
    skew, seconds = abs(running.skew), running.skew.total_seconds()
    said = (
        f"Its clock is {abs(seconds):.0f} seconds {'ahead of' if seconds > 0 else 'behind'} ours."
    )
    hint = (
        "Let both machines be set by NTP: devices refuse certificates and tokens of another time."
    )
    if skew > _WRONG:
        yield failed("clock", said, hint)
    elif skew > _SLOW:
        yield warning("clock", said, hint)
    else:
        yield ok("clock", "Its clock and ours agree.")
    told = running.clock
    if told and (told["mode"] == "frozen" or told["offset"] != "PT0S"):
        stands = "stands still at" if told["mode"] == "frozen" else "has been set to"
        yield ok("clock", f"The sandbox's own clock {stands} {told['now']}.")


def certificates(running: Running) -> Iterator[Finding]:
    """Whether a client that trusts the authority is content at each address."""
    port = running.certs.get("https_port")
    if not port:
        yield ok("certificates", "It serves no HTTPS; --tls auto turns it on.")
        return
    context = ssl.create_default_context()
    if running.authority:
        context.load_verify_locations(cadata=running.authority)
    is_here = running.host in LOOPBACK
    others = [str(each) for each in lan_addresses()] if is_here else []
    for host in (running.host, *others):
        url = f"https://{shown_host(host)}:{port}"
        problem = _problem(url, context)
        if problem is None:
            yield ok("certificates", f"{url} can be trusted.")
        elif host == running.host:
            yield failed("certificates", f"{url}: {_cause(problem)}.", _hint(problem))
        elif isinstance(problem.__cause__, ConnectionRefusedError):
            # It listens to its own machine alone, which is said elsewhere.
            continue
        else:
            yield warning("certificates", f"{url}: {_cause(problem)}.", _hint(problem))


def _problem(url: str, tls: ssl.SSLContext | None = None) -> NoResponse | None:
    """Why a client gets no answer at `url`, such as a certificate it does not trust; None when it does."""
    transport = SyncTransport(tls=tls)
    try:
        transport.run(exchange(Request(method="GET", url=f"{url}/livez", timeout=_PATIENCE)))
    except NoResponse as error:
        return error
    finally:
        transport.close()
    return None


def _cause(problem: NoResponse) -> str:
    return problem.reason.rstrip(".").lower()


# What OpenSSL calls a certificate of another host name, and of another IP address.
_MISMATCHES: Final = frozenset({62, 64})


def _hint(problem: NoResponse) -> str:
    cause = problem.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError) and cause.verify_code in _MISMATCHES:
        return "Restart it with --tls-name and this name or address."
    if isinstance(cause, ConnectionRefusedError | TimeoutError):
        return "Let the port through firewalls, and out of the container."
    return "Restart it; if that does not help, remove its certificate folder (--tls-dir)."


def addresses(running: Running) -> Iterator[Finding]:
    """Whether it can be reached by the addresses that devices use."""
    if running.host not in LOOPBACK:
        yield ok("addresses", f"Devices can call {running.place.url}, as this machine does.")
        return
    port = urlsplit(running.place.url).port or 80
    found = [str(each) for each in lan_addresses()]
    reached = [each for each in found if not _problem(f"http://{shown_host(each)}:{port}")]
    if reached:
        yield ok("addresses", f"It answers at {', '.join(reached)}.")
    elif found:
        yield warning(
            "addresses",
            f"It listens to its own machine alone: nobody answers at {', '.join(found)}.",
            "Start it with --host 0.0.0.0 and an --admin-token.",
        )
    else:
        yield unconnected()


def base_urls(running: Running) -> tuple[str, str]:
    """What to enter on devices: by HTTP, and by HTTPS where that is on."""
    parts = urlsplit(running.place.url)
    found = next(iter(lan_addresses()), None) if running.host in LOOPBACK else None
    host, port = str(found or running.host), running.certs.get("https_port")
    plain = f"http://{shown_host(host)}:{parts.port or 80}" if found else running.place.url
    if not port:
        return plain, ""
    certificate = running.certs.get("certificate") or {}
    return plain, f"https://{shown_host(name_for(host, certificate.get('names', ())))}:{port}"
