"""The ports of a server: HTTP, HTTPS beside it, and HTTPS with certificates that are bad on purpose."""

import asyncio
import logging
from ssl import SSLContext
from typing import TYPE_CHECKING, Final

from simulator.certificates.errors import CertificateError
from simulator.certificates.trust import Trust
from simulator.cli.addresses import shown_host
from simulator.clock import SystemClock
from simulator.http.connections import Runner, Site
from simulator.settings import Settings
from simulator.storage.engine.locations import SqliteLocation, locate

if TYPE_CHECKING:
    from simulator.certificates.folder import Folder
    from simulator.certificates.host_names import Names
    from simulator.certificates.https import Https

log: Final = logging.getLogger("simulator")

# A laptop that has moved to another network is there for devices within this many seconds.
_LOOKED_AFTER: Final = 60.0


def certificate_folder(settings: Settings) -> "Folder":
    """Where certificates are kept. Raises `StorageError`."""
    from simulator.certificates.folder import Folder, folder_beside

    if settings.tls_dir is not None:
        return Folder(settings.tls_dir)
    location = locate(settings.db)
    return Folder(folder_beside(location.path if isinstance(location, SqliteLocation) else None))


def certificate_names(settings: Settings) -> "Names":
    """The names and addresses that the certificate has to be for."""
    from simulator.certificates.interfaces import machine_names

    return machine_names(settings.names)


class Ports:
    """What an instance listens on, from its settings."""

    def __init__(self, settings: Settings, clock: SystemClock) -> None:
        self.trust = Trust()
        self._settings = settings
        self._clock = clock
        self._https: Https | None = None
        self._bad: list[tuple[str, int, SSLContext]] = []
        self._keeper: asyncio.Task[None] | None = None

    def prepare(self) -> None:
        """Read or make the certificates, which takes a moment. Raises `CertificateError`, `StorageError`."""
        settings, now = self._settings, self._clock.now
        if settings.tls == "off" and settings.tls_cert is None and not settings.tls_bad:
            return
        from simulator.certificates.https import MadeHttps, OwnHttps, bad_context

        folder = certificate_folder(settings)
        if settings.makes_certificates:
            authority = folder.authority(now())
            self.trust.authority = authority.certificate
            for kind, port in settings.bad_ports:
                context = bad_context(kind, authority, certificate_names(settings), now())
                self._bad.append((kind, port, context))
        if settings.tls_cert and settings.tls_key:
            self._https = OwnHttps(self.trust, settings.tls_cert, settings.tls_key)
        elif settings.tls == "auto":
            self._https = MadeHttps(self.trust, folder, lambda: certificate_names(settings), now)
        if self._https:
            self._https.refresh()

    async def open(self, runner: Runner) -> int:
        """Listen; the port of HTTP. Raises `Unopened`."""
        settings, trust = self._settings, self.trust
        trust.http_port = await self._listen(runner, "port", settings.port)
        if self._https:
            context = self._https.context
            trust.https_port = await self._listen(runner, "tls-port", settings.tls_port, context)
            self._keeper = asyncio.create_task(self._look_after(self._https))
        for kind, port, context in self._bad:
            trust.bad_ports[kind] = await self._listen(runner, "tls-bad", port, context)
        return trust.http_port

    async def close(self) -> None:
        """Stop looking after the certificate."""
        if self._keeper:
            self._keeper.cancel()
            await asyncio.wait([self._keeper])

    def announce(self) -> None:
        """Tell the user of HTTPS, if there is any."""
        trust, base = self.trust, f"//{shown_host(self._settings.host)}"
        if trust.https_port:
            log.info("HTTPS", extra={"url": f"https:{base}:{trust.https_port}", **self._names()})
        if trust.authority:
            log.info("what devices trust", extra={"url": f"http:{base}:{trust.http_port}/certs"})
        for kind, port in trust.bad_ports.items():
            log.info("bad certificate", extra={"kind": kind, "url": f"https:{base}:{port}"})

    def _names(self) -> dict[str, str]:
        from simulator.certificates.issuing import covered

        certificate = self.trust.certificate
        return {"names": ", ".join(covered(certificate))} if certificate else {}

    async def _listen(
        self, runner: Runner, flag: str, port: int, context: SSLContext | None = None
    ) -> int:
        before = len(runner.addresses)
        try:
            await Site(runner, self._settings, port, context).start()
        except OSError as error:
            raise Unopened(flag, self._settings.host, port, error) from error
        found: int = runner.addresses[before][1]
        return found

    async def _look_after(self, https: "Https") -> None:
        while True:
            await asyncio.sleep(_LOOKED_AFTER)
            try:
                if await asyncio.to_thread(https.refresh):
                    log.info("a new certificate", extra=self._names())
            except CertificateError as error:
                log.warning("the certificate stays as it is: %s", error.message)


class Unopened(Exception):  # noqa: N818 - read at the call site: except Unopened
    """A port that cannot be listened on, and the flag that it comes from."""

    def __init__(self, flag: str, host: str, port: int, error: OSError) -> None:
        self.message = f"cannot listen on {shown_host(host)}:{port}: {error.strerror}"
        self.hint = f"Give another port with --{flag}, or 0 for a free one."
        super().__init__(self.message)
