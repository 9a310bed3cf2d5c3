"""Reading what every device operation is sent: its headers."""

from aiohttp import web

from simulator.domain.sso.identities import SSO_HEADERS
from simulator.http.endpoint import CONTEXT
from simulator.http.sandbox import bearer, readable
from simulator.services.shared.admission import DeviceCall

# Of these a call says what is wrong when there are several.
_ONCE = ("authorization", "ap-device-identifier", "x-device-info")


def device_call(request: web.Request) -> DeviceCall:
    """The call that `request` makes, nothing of it checked yet."""
    headers = request.headers
    token = bearer(request)
    repeated = [name for name in _ONCE if len(headers.getall(name, ())) > 1]
    return DeviceCall(
        service_provider=request.match_info.get("service_provider", ""),
        bearer=token,
        token=request.app[CONTEXT].keys.read(token) if token else None,
        device_identifier=headers.get("AP-Device-Identifier"),
        device_info=headers.get("X-Device-Info"),
        user_agent=readable(headers.get("User-Agent", "")),
        sso_headers={name: readable(headers[name]) for name in SSO_HEADERS if name in headers},
        partner_framework_status=headers.get("AP-Partner-Framework-Status"),
        temp_pass_identity=headers.get("AP-TempPass-Identity"),
        repeated=frozenset(repeated),
    )


def session_call(request: web.Request) -> DeviceCall:
    """The same for a session, which remembers where the device is.

    That is the first address in X-Forwarded-For, else the other end of the connection
    (Adobe: retrieve session, API4).
    """
    peer = request.transport.get_extra_info("peername") if request.transport else None
    address, port = peer[:2] if isinstance(peer, tuple) else (None, None)
    forwarded = request.headers.get("X-Forwarded-For", "").partition(",")[0].strip()
    return device_call(request)._replace(ip_address=readable(forwarded) or address, port=port)
