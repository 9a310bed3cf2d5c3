"""`certs`: what devices have to trust, and certificates that they must not accept."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from simulator.certificates.bad_kinds import BAD
from simulator.certificates.errors import CertificateError
from simulator.clock import SystemClock
from simulator.storage.errors import StorageError

from .exits import NO, CliExit
from .files import PIPE, Output, deliver
from .options import CertificateFlags, Elsewhere, Json
from .output import as_json, table
from .remote import call, page


def show(elsewhere: Elsewhere, flags: CertificateFlags, json: Json = False) -> None:
    """Show the authority and the certificate that are kept here, or that a running simulator shows.

    Example: pass-simulator certs show
    """
    found = call(elsewhere.place, "GET", "/certs") if elsewhere.place else _kept(flags)
    if json:
        as_json(found)
    else:
        _describe(found)
    if found["authority"] is None and found["certificate"] is None:
        raise CliExit(
            "There is no certificate yet.",
            "`pass-simulator serve --tls auto` makes one; `pass-simulator certs ca` makes the "
            "authority alone.",
            status=NO,
        )


def _kept(flags: CertificateFlags) -> dict[str, Any]:
    from simulator.certificates.issuing import common_name, covered

    with _folder(flags) as (folder, _):
        authority, server = folder.kept_authority(), folder.kept_server()
        return {
            "folder": str(folder.path),
            "authority": authority
            and {
                "name": common_name(authority.certificate),
                "sha256": authority.fingerprint,
                "not_after": authority.certificate.not_valid_after_utc.isoformat(),
                "pem": str(folder.authority_file),
            },
            "certificate": server
            and {
                "names": covered(server.certificate),
                "sha256": server.fingerprint,
                "not_after": server.certificate.not_valid_after_utc.isoformat(),
            },
        }


def _describe(found: dict[str, Any]) -> None:
    rows = []
    for title, about in (("authority", found["authority"]), ("certificate", found["certificate"])):
        if about:
            rows += [
                (title, about.get("name") or ", ".join(about["names"])),
                ("", f"until {about['not_after'][:10]}"),
                ("SHA-256", about["sha256"]),
                *([("", about["pem"])] if "pem" in about else []),
            ]
    rows += [("bad", f"{kind} on port {port}") for kind, port in found.get("bad_ports", {}).items()]
    if rows:
        table(("", ""), rows, empty="")


def ca(
    elsewhere: Elsewhere,
    flags: CertificateFlags,
    der: Annotated[bool, typer.Option("--der", help="In DER, as devices take it.")] = False,
    output: Output = None,
    json: Json = False,
) -> None:
    """Print the certificate of the authority, in PEM; it is made when there is none yet.

    Example: pass-simulator certs ca --output ca.pem
    """
    if elsewhere.place:
        text = page(elsewhere.place, "/certs/ca.der" if der else "/certs/ca.pem")
    else:
        from simulator.certificates.issuing import der_of, pem_of

        with _folder(flags) as (folder, now):
            certificate = folder.authority(now).certificate
            text = der_of(certificate) if der else pem_of(certificate)
    _deliver(text, output, json)


def bad(
    flags: CertificateFlags,
    kind: Annotated[
        str | None, typer.Argument(help="Make one of this kind.", show_default=False)
    ] = None,
    output: Output = None,
    json: Json = False,
) -> None:
    """List the kinds of bad certificates that a port can show, or make one: key and chain in PEM.

    `serve --tls-bad KIND=PORT` shows one; made here, it is for a server of your own.

    Example: pass-simulator certs bad expired --output expired.pem
    """
    if kind is None:
        if json:
            as_json({"items": [{"kind": each, "about": about} for each, about in BAD.items()]})
        else:
            table(("kind", "what is bad about it"), list(BAD.items()), empty="")
        return
    if kind not in BAD:
        raise CliExit(f"There is no kind '{kind}'.", f"There are: {', '.join(BAD)}.")
    from simulator.certificates.bad_certificates import spoiled
    from simulator.cli.server.listening import certificate_names

    with _folder(flags) as (folder, now):
        names = certificate_names(flags.load())
        text = spoiled(kind, folder.authority(now), names, now).pem()
    _deliver(text, output, json, private=True)


@contextmanager
def _folder(flags: CertificateFlags) -> "Iterator[tuple[Any, int]]":
    """The folder of certificates, and the moment. Raises `CliExit` for what is wrong with it."""
    from simulator.cli.server.listening import certificate_folder

    try:
        yield certificate_folder(flags.load()), SystemClock().now()
    except (CertificateError, StorageError) as error:
        raise CliExit(error.message, error.hint) from error


def _deliver(text: bytes, output: Path | None, json: bool, *, private: bool = False) -> None:
    if json and output in {None, PIPE}:
        as_json({"pem": text.decode(errors="replace")})
    else:
        deliver(text, output, json, private=private)
