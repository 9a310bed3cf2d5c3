"""Checks of this machine: ports, database, disk, system clock, certificates, addresses."""

import asyncio
import errno
import os
import shutil
import socket
import stat
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509

import simulator
from simulator.certificates.errors import CertificateError
from simulator.certificates.folder import Folder
from simulator.certificates.host_names import Names
from simulator.certificates.interfaces import lan_addresses
from simulator.certificates.issuing import Pair, moment, names_in
from simulator.cli.addresses import shown_host
from simulator.cli.server.listening import certificate_folder, certificate_names
from simulator.http.admission import own_hosts
from simulator.settings import Settings
from simulator.storage.engine.inspection import look_at
from simulator.storage.engine.locations import SqliteLocation, locate
from simulator.storage.errors import StorageError

from .findings import Finding, failed, ok, warning

_MEGABYTE: Final = 1_000_000
_LITTLE: Final = 1_000 * _MEGABYTE
_TOO_LITTLE: Final = 100 * _MEGABYTE
_SOON: Final = timedelta(days=30)
_LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def ports(settings: Settings) -> Iterator[Finding]:
    """Whether the ports are there to be listened on."""
    wanted = [("port", "--port", settings.port)]
    if settings.tls == "auto" or settings.tls_cert:
        wanted.append(("HTTPS port", "--tls-port", settings.tls_port))
    wanted += [(f"port for {kind}", "--tls-bad", port) for kind, port in settings.bad_ports]
    for check, flag, port in wanted:
        place = f"{shown_host(settings.host)}:{port}"
        problem = _unbound(settings.host, port)
        if problem is None:
            yield ok(check, "Any free one." if port == 0 else f"{place} is free.")
        elif problem.errno == errno.EADDRINUSE:
            said = f"Something else listens on {place}."
            yield failed(check, said, f"Stop it, or give another port with {flag}.")
        elif problem.errno in {errno.EACCES, errno.EPERM}:
            said = f"{place} may not be listened on: {problem.strerror}."
            yield failed(check, said, f"Give a port above 1023 with {flag}.")
        else:
            said = f"{place} cannot be listened on: {problem.strerror or problem}."
            yield failed(check, said, "Give an address of this machine with --host, or 0.0.0.0.")


def _unbound(host: str, port: int) -> OSError | None:
    """Why nobody can listen there; None when one can."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
            probe.listen(1)
    except OSError as error:
        return error
    return None


def database(settings: Settings) -> Iterator[Finding]:
    """Whether there is a database that can be used, or a place for one."""
    check = "database"
    try:
        location = locate(settings.db)
        found = asyncio.run(look_at(location))
    except StorageError as error:
        yield failed(check, error.message, error.hint)
        return
    if found.version is None:
        said = f"{found.description} is empty: `serve` sets it up with '{settings.scenario}'."
    elif found.current:
        said = f"{found.description} has the current schema, {found.version}."
    else:
        said = f"{found.description} has the older schema {found.version}: `serve` migrates it."
    if not isinstance(location, SqliteLocation) or location.path is None:
        yield ok(check, said)
        return
    path = location.path.absolute()
    if problem := _unwritable(path):
        yield failed(check, problem, "Give another path with --db, or make this one writable.")
        return
    yield ok(check, said)
    yield _disk(path.parent)


def _unwritable(path: Path) -> str | None:
    """Why a database cannot be written at `path`; SQLite keeps two more files beside it."""
    if not path.parent.is_dir():
        return f"The directory of the database, {path.parent}, does not exist."
    if path.exists() and not os.access(path, os.W_OK):
        return f"The database {path} may not be written to."
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            return None
    except OSError as error:
        return f"Nothing can be written to {path.parent}: {error.strerror}."


def _disk(directory: Path) -> Finding:
    free = shutil.disk_usage(directory).free
    said = f"{free / 1000 / _MEGABYTE:.1f} GB are free in {directory}."
    hint = "Make room, or give a path on another disk with --db."
    if free < _TOO_LITTLE:
        return failed("disk", said, hint)
    return warning("disk", said, hint) if free < _LITTLE else ok("disk", said)


def system_clock(now: int) -> Iterator[Finding]:
    """Whether the machine's time can be right: certificates and tokens are made with it."""
    here = moment(now)
    installed = moment(int(Path(simulator.__file__).stat().st_mtime * 1000))
    said = f"The system clock shows {here:%Y-%m-%d %H:%M:%S} UTC"
    hint = "Set it, or let the system set it (NTP): certificates and tokens are made with it."
    if here < installed - timedelta(days=1):
        yield failed("clock", f"{said}, which is before this program was installed.", hint)
    elif here > _LATEST:
        yield failed("clock", f"{said}, which cannot be.", hint)
    else:
        yield ok("clock", f"{said}.")


def certificates(settings: Settings, now: int) -> Iterator[Finding]:
    """Whether the certificates are valid, private, and for the addresses that devices use."""
    check = "certificates"
    if settings.tls_cert:
        yield _own(settings.tls_cert, now)
        return
    try:
        folder = certificate_folder(settings)
        authority, server = folder.kept_authority(), folder.kept_server()
    except StorageError:
        # The database is where they would be, and its own check says what is wrong with it.
        return
    except CertificateError as error:
        yield failed(check, error.message, error.hint)
        return
    if not settings.makes_certificates:
        yield ok(check, "HTTPS is off; --tls auto turns it on.")
    elif authority is None:
        yield ok(check, f"`serve` makes an authority in {folder.path}.")
    if authority is not None:
        yield from _kept(settings, folder, authority, server, now)


def _kept(
    settings: Settings, folder: Folder, authority: Pair, server: Pair | None, now: int
) -> Iterator[Finding]:
    check = "certificates"
    anew = f"Remove {folder.path}: a new one is made, which devices then have to trust."
    ends = authority.certificate.not_valid_after_utc
    if ends <= moment(now):
        yield failed(check, f"The authority has expired, on {ends:%Y-%m-%d}.", anew)
    elif ends - moment(now) < _SOON:
        yield warning(check, f"The authority expires on {ends:%Y-%m-%d}.", anew)
    else:
        yield ok(check, f"The authority in {folder.path} is good until {ends:%Y-%m-%d}.")
    for file in (folder.authority_key_file, folder.server_file):
        if file.exists() and os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
            yield failed(check, f"Others may read the private key {file}.", f"chmod 600 {file}")
    if server is None:
        return
    names = certificate_names(settings)
    if folder.is_good(server, authority, names, now):
        yield ok(check, f"The certificate is for all {len(names.shown())} names and addresses.")
    else:
        missing = _missing(names, names_in(server.certificate))
        said = f"The certificate is not for {missing}" if missing else "The certificate is over"
        hint = "`serve --tls auto` makes a new one; devices need not trust anything new."
        yield warning(check, f"{said}.", hint)


def _own(file: Path, now: int) -> Finding:
    check = "certificates"
    hint = "Get a new one, and give it with --tls-cert and --tls-key."
    try:
        [certificate, *_] = x509.load_pem_x509_certificates(file.read_bytes())
    except OSError as error:
        return failed(check, f"{file} cannot be read: {error.strerror}.", hint)
    except ValueError:
        return failed(check, f"{file} holds no PEM certificate.", hint)
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not begins <= moment(now) < ends:
        said = f"{file} is good from {begins:%Y-%m-%d} to {ends:%Y-%m-%d} only."
        return failed(check, said, hint)
    if ends - moment(now) < _SOON:
        return warning(check, f"{file} expires on {ends:%Y-%m-%d}.", hint)
    names = names_in(certificate)
    told = ", ".join(names.shown()) or "nothing"
    if not any(_leads_here(each) for each in names.shown()):
        return warning(
            check,
            f"{file} is for {told}, and none of that leads to this machine.",
            "Let a name of it lead here, by DNS or in the router, and enter that name on devices.",
        )
    return ok(check, f"{file} is for {told}, until {ends:%Y-%m-%d}.")


def _leads_here(name: str) -> bool:
    try:
        found = {str(place[0]) for *_, place in socket.getaddrinfo(name, None)}
    except OSError:
        return False
    return bool(found & {str(each) for each in lan_addresses()})


def _missing(wanted: Names, found: Names) -> str:
    lacking = Names(hosts=wanted.hosts - found.hosts, addresses=wanted.addresses - found.addresses)
    return ", ".join(lacking.shown())


def unconnected() -> Finding:
    """Nobody but this machine can call it."""
    said = "This machine has no address but its own loopback."
    return warning("addresses", said, "Connect it to the network of the devices.")


def addresses(settings: Settings) -> Iterator[Finding]:
    """Whether devices can get here at all."""
    found = ", ".join(str(each) for each in lan_addresses())
    if not found:
        yield unconnected()
    elif settings.host in LOOPBACK:
        yield warning(
            "addresses",
            f"It listens to this machine alone ({settings.host}); devices would call {found}.",
            "Start it with --host 0.0.0.0 and an --admin-token.",
        )
    else:
        yield ok("addresses", f"Devices can call {found}.")


def admin_api(settings: Settings) -> Finding:
    """Who may use the admin API and the console."""
    check = "admin API"
    if settings.admin_token or settings.host not in LOOPBACK:
        return ok(check, "It asks for its token, under whatever name it is called.")
    names = Names(hosts=own_hosts(settings), addresses=frozenset()).shown()
    pages = "".join(f", and to scripts of {each}" for each in settings.admin_origin)
    return ok(
        check,
        f"It is open to this machine, by addresses and as {', '.join(names)}{pages}. "
        "--allowed-host takes more names, --admin-origin more pages.",
    )


def base_urls(settings: Settings) -> tuple[str, str]:
    """What to enter on devices: by HTTP, and by HTTPS where that is on."""
    if settings.public_url:
        secure = settings.public_url.startswith("https:")
        return settings.public_url, settings.public_url if secure else ""
    found = next(iter(lan_addresses()), None)
    host = str(found) if found else socket.gethostname()
    plain = f"http://{shown_host(host)}:{settings.port}"
    if settings.tls == "off" and settings.tls_cert is None:
        return plain, ""
    names = _names_of(settings.tls_cert) if settings.tls_cert else [host]
    return plain, f"https://{shown_host(name_for(host, names))}:{settings.tls_port}"


def _names_of(file: Path) -> list[str]:
    try:
        return names_in(x509.load_pem_x509_certificates(file.read_bytes())[0]).shown()
    except (OSError, ValueError):
        return []


def name_for(host: str, names: Sequence[str]) -> str:
    """By which name a device is content with a certificate for `names`: `host` if that is one of them."""
    proper = [each for each in names if "*" not in each and each != "localhost"]
    return host if host in names or not proper else proper[0]
