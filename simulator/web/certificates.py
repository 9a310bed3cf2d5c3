"""`/certs`: the certificate that devices have to trust, to be downloaded, and what to do with it there."""

import re
from typing import Any, Final

import segno
from aiohttp import web

from simulator.certificates.interfaces import lan_addresses
from simulator.certificates.issuing import common_name, covered, der_of, fingerprint, pem_of
from simulator.certificates.trust import Trust
from simulator.domain.access.platforms import PLATFORMS
from simulator.http.console_pages import root
from simulator.http.endpoint import SETTINGS, TRUST, json_response
from simulator.http.pages import rendered
from simulator.http.readers import public_origin
from simulator.http.request_context import context_of

PATH: Final = "/certs"
PEM: Final = f"{PATH}/ca.pem"
DER: Final = f"{PATH}/ca.der"

# Phones recognize a certificate to be installed by this type.
_TYPES: Final = {PEM: "application/x-pem-file", DER: "application/x-x509-ca-cert"}
_NAMES: Final = {PEM: "pass-simulator-ca.pem", DER: "pass-simulator-ca.cer"}
_PORT: Final = re.compile(r":[0-9]+$")
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_NO_AUTHORITY: Final = "This simulator has no authority of its own. Start it with --tls auto.\n"


async def show(request: web.Request) -> web.StreamResponse:
    """`GET /certs`: what devices have to trust, and how.

    For programs that accept JSON rather than HTML it is the same in short.
    """
    accepted = request.headers.get("Accept", "")
    if "application/json" in accepted and "text/html" not in accepted:
        return json_response(_facts(request))
    return web.Response(
        text=rendered("certificates.html", **_names(request)), content_type="text/html"
    )


async def pem(request: web.Request) -> web.StreamResponse:
    """`GET /certs/ca.pem`: for files that list authorities, and for tools."""
    return _download(request, PEM)


async def der(request: web.Request) -> web.StreamResponse:
    """`GET /certs/ca.der`: for devices."""
    return _download(request, DER)


def _download(request: web.Request, path: str) -> web.Response:
    authority = request.app[TRUST].authority
    if authority is None:
        return web.Response(text=_NO_AUTHORITY, status=404)

    return web.Response(
        body=pem_of(authority) if path == PEM else der_of(authority),
        content_type=_TYPES[path],
        headers={"Content-Disposition": f'attachment; filename="{_NAMES[path]}"'},
    )


def _facts(request: web.Request) -> dict[str, Any]:

    trust = request.app[TRUST]
    authority, certificate = trust.authority, trust.certificate
    return {
        "https_port": trust.https_port,
        "authority": authority
        and {
            "name": common_name(authority),
            "sha256": fingerprint(authority),
            "not_after": authority.not_valid_after_utc.isoformat(),
            "pem": public_origin(request) + PEM,
            "der": public_origin(request) + DER,
        },
        "certificate": certificate
        and {
            "names": covered(certificate),
            "sha256": fingerprint(certificate),
            "not_after": certificate.not_valid_after_utc.isoformat(),
        },
        "bad_ports": trust.bad_ports,
    }


def _names(request: web.Request) -> dict[str, object]:
    """What the template shows."""
    trust = request.app[TRUST]
    here = _address(request, trust)
    authority, certificate = trust.authority, trust.certificate
    host = _PORT.sub("", here.partition("://")[2])
    secure = f"https://{host}:{trust.https_port}" if trust.https_port else ""
    places = {"pem": here + PEM, "der": here + DER}
    return {
        "title": "Let devices trust this simulator",
        "here": here,
        "root": root(request),
        "secure": secure,
        "loopback_only": request.app[SETTINGS].host in _LOCAL,
        "qr": _qr(here + PATH),
        "page": here + PATH,
        "fingerprint": fingerprint(authority) if authority else "",
        "authority": common_name(authority) if authority else "",
        "until": f"{authority.not_valid_after_utc:%d %B %Y}" if authority else "",
        "names": covered(certificate) if certificate else [],
        "bad": [
            (kind.replace("-", " "), f"https://{host}:{port}")
            for kind, port in trust.bad_ports.items()
        ],
        "platforms": [
            {
                "name": each.name,
                "base": secure if each.scheme == "https" and secure else here,
                "plain": each.plain,
                "trust": [step.format(**places) for step in each.trust],
            }
            for each in PLATFORMS
        ],
    }


def _address(request: web.Request, trust: Trust) -> str:
    """Where a phone reaches us: the page may have been opened at `localhost`, which is no place for it."""
    origin = public_origin(request)
    if context_of(request).origin.names[0] not in _LOCAL or request.app[SETTINGS].public_url:
        return origin

    found = next(iter(lan_addresses()), None)
    if found is None or trust.http_port is None:
        return origin
    return f"http://{f'[{found}]' if found.version == 6 else found}:{trust.http_port}"  # noqa: PLR2004 - IPv6


def _qr(text: str) -> str:
    """A QR code as SVG, which grows with its place on the page."""
    return segno.make(text, error="m").svg_inline(
        border=2, omitsize=True, dark="#16202e", light="#fff"
    )
