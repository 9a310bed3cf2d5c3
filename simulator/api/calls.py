"""Reading what every device operation is sent: its headers."""

from collections import Counter

from aiohttp import web

from simulator.domain.single_sign_on import SSO_HEADERS
from simulator.middleware.endpoints import SIMULATOR
from simulator.middleware.sandbox import bearer, readable
from simulator.services.admission import DeviceCall


def device_call(request: web.Request) -> DeviceCall:
    """The call that `request` makes, nothing of it checked yet."""
    headers = request.headers
    token = bearer(request)
    names = [name.lower() for name, _ in headers.items()]
    return DeviceCall(
        service_provider=request.match_info.get("service_provider", ""),
        bearer=token,
        token=request.app[SIMULATOR].keys.read(token) if token else None,
        device_identifier=headers.get("AP-Device-Identifier"),
        device_info=headers.get("X-Device-Info"),
        user_agent=readable(headers.get("User-Agent", "")),
        sso_headers={name: readable(headers[name]) for name in SSO_HEADERS if name in headers},
        partner_framework_status=headers.get("AP-Partner-Framework-Status"),
        temp_pass_identity=headers.get("AP-TempPass-Identity"),
        repeated=_repeated(names) if len(set(names)) < len(names) else frozenset(),
    )


def _repeated(names: list[str]) -> frozenset[str]:
    return frozenset(name for name, count in Counter(names).items() if count > 1)
