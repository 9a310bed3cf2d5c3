"""Reading what every device operation is sent: its headers."""

from typing import Final

from aiohttp import web
from multidict import CIMultiDictProxy

from simulator.domain.sso.identities import SSO_HEADERS
from simulator.domain.texts import storable
from simulator.http.origin import device_address
from simulator.http.request_context import REQUEST_CONTEXT
from simulator.services.context import AppContext
from simulator.services.shared.admission import DeviceCall
from simulator.storage.worlds.sandboxes import SandboxRef

# Of these a call says what is wrong when there are several.
_ONCE: Final = ("authorization", "ap-device-identifier", "x-device-info")
_ALL_ONCE: Final[frozenset[str]] = frozenset()


def service_arguments(request: web.Request) -> tuple[AppContext, SandboxRef, DeviceCall]:
    """What the service behind a device operation takes first of all."""
    context = request[REQUEST_CONTEXT]
    return context.simulator, context.sandbox, device_call(request)


def device_call(request: web.Request) -> DeviceCall:
    """The call that `request` makes, nothing of it checked yet."""
    headers, context = request.headers, request[REQUEST_CONTEXT]
    sso_headers: dict[str, str] = {}
    for name in SSO_HEADERS:
        if name in headers:
            sso_headers[name] = storable(headers[name])
    return DeviceCall(
        service_provider=request.match_info.get("service_provider", ""),
        bearer=context.bearer,
        token=context.token,
        device_identifier=headers.get("AP-Device-Identifier"),
        device_info=headers.get("X-Device-Info"),
        user_agent=storable(headers.get("User-Agent", "")),
        sso_headers=sso_headers,
        partner_framework_status=headers.get("AP-Partner-Framework-Status"),
        temp_pass_identity=headers.get("AP-TempPass-Identity"),
        repeated=_repeated(headers),
    )


def session_arguments(request: web.Request) -> tuple[AppContext, SandboxRef, DeviceCall]:
    """The same for a session, which remembers where the device is."""
    simulator, sandbox, call = service_arguments(request)
    ip_address, port = device_address(request)
    return simulator, sandbox, call._replace(ip_address=ip_address, port=port)


def _repeated(headers: CIMultiDictProxy[str]) -> frozenset[str]:
    # Iterating gives a name once, however often it came, and the length counts every time.
    if len({*map(str.lower, headers)}) == len(headers):
        return _ALL_ONCE
    return frozenset(name for name in _ONCE if len(headers.getall(name, ())) > 1)
