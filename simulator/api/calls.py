"""Reading what every device operation is sent: its headers."""

from aiohttp import web

from simulator.domain.sso.identities import SSO_HEADERS
from simulator.domain.texts import storable
from simulator.http.request_context import context_of
from simulator.services.context import AppContext
from simulator.services.shared.admission import DeviceCall
from simulator.storage.worlds.sandboxes import SandboxRef

# Of these a call says what is wrong when there are several.
_ONCE = ("authorization", "ap-device-identifier", "x-device-info")


def service_arguments(request: web.Request) -> tuple[AppContext, SandboxRef, DeviceCall]:
    """What the service behind a device operation takes first of all."""
    context = context_of(request)
    return context.simulator, context.sandbox, device_call(request)


def device_call(request: web.Request) -> DeviceCall:
    """The call that `request` makes, nothing of it checked yet."""
    headers, context = request.headers, context_of(request)
    repeated = [name for name in _ONCE if len(headers.getall(name, ())) > 1]
    return DeviceCall(
        service_provider=request.match_info.get("service_provider", ""),
        bearer=context.bearer,
        token=context.token,
        device_identifier=headers.get("AP-Device-Identifier"),
        device_info=headers.get("X-Device-Info"),
        user_agent=storable(headers.get("User-Agent", "")),
        sso_headers={name: storable(headers[name]) for name in SSO_HEADERS if name in headers},
        partner_framework_status=headers.get("AP-Partner-Framework-Status"),
        temp_pass_identity=headers.get("AP-TempPass-Identity"),
        repeated=frozenset(repeated),
    )
