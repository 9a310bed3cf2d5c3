"""The configuration that an app shows its provider picker from (Adobe: configuration, API1, CFG1)."""

from typing import Any, Final

from simulator.domain.access import device_info
from simulator.domain.configuration import Integration, Mvpd
from simulator.domain.sso.partner_sso import APPLE
from simulator.services.context import AppContext
from simulator.services.shared.admission import DeviceCall, admit_without_device
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession

_FLAGS: Final = (
    "auth_per_browser_session",
    "passive_authentication",
    "enable_platform_services",
    "display_in_platform_picker",
    "enforce_platform_permissions",
)
_NAMES: Final = {
    "auth_per_browser_session": "authPerBrowserSession",
    "passive_authentication": "passiveAuthnEnabled",
    "enable_platform_services": "enablePlatformServices",
    "display_in_platform_picker": "displayInPlatformPicker",
    "enforce_platform_permissions": "enforcePlatformPermissions",
}


async def configuration(simulator: AppContext, at: SandboxRef, call: DeviceCall) -> dict[str, Any]:
    """The service provider with its active MVPDs, as they are on the caller's platform.

    Raises `EnhancedError`.
    """

    def unit(world: SandboxSession) -> dict[str, Any]:
        provider = admit_without_device(world, call)
        info, platform = device_info.device(call.device_info, call.user_agent, strict=False)
        config = world.config
        active = [
            (config.mvpds[each.mvpd], here)
            for each in config.integrations.values()
            if each.service_provider == provider.id and (here := each.on(platform)).active
        ]
        return {
            "device": platform.name,
            "clientType": "html5",
            "os": str(info.get("osName") or "Unknown"),
            "requestor": {
                "id": provider.id,
                "name": provider.name,
                "domains": [{"name": name, "mvpdInitiated": False} for name in provider.domains],
                "mvpds": [_mvpd(mvpd, integration) for mvpd, integration in active],
            },
        }

    return await simulator.engine.read(at, unit)


def _mvpd(mvpd: Mvpd, integration: Integration) -> dict[str, Any]:
    """One entry of the picker; a flag that nobody set is left out."""
    entry: dict[str, Any] = {"id": mvpd.id, "displayName": mvpd.display_name}
    if mvpd.logo_url:
        entry["logoUrl"] = mvpd.logo_url
    entry["authPerAggregator"] = integration.auth_per_aggregator
    if mvpd.kind.temporary:
        entry["isTempPass"] = True
    if mvpd.proxy:
        entry["isProxy"] = True
    if integration.boarding_status is not None:
        entry["boardingStatus"] = integration.boarding_status
    if APPLE in mvpd.platform_mappings:
        entry["platformMappingId"] = mvpd.platform_mappings[APPLE]
    for flag in _FLAGS:
        value = getattr(integration, flag)
        if value is not None:
            entry[_NAMES[flag]] = value
    if "enablePlatformServices" in entry and not integration.single_sign_on:
        entry["enablePlatformServices"] = False
    return entry
