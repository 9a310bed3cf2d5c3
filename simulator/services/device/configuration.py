"""The configuration that an app shows its provider picker from (Adobe: configuration, API1, CFG1)."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

from simulator.domain.access import device_info
from simulator.domain.configuration import Integration, Mvpd, Platform
from simulator.domain.sso.partner_sso import APPLE
from simulator.services.context import AppContext
from simulator.services.shared.admission import DeviceCall, admit_without_device, platform_on
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession

# A television that only its User-Agent names is unknown in the sample (Adobe: configuration, C53).
_TOLD_BY_AGENT: Final = frozenset({"desktop", "mobile"})
_TOLD: Final = 5
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


async def configuration(
    simulator: AppContext, at: SandboxRef, call: DeviceCall, origin: str
) -> dict[str, Any]:
    """The service provider with its active MVPDs, as they are on the caller's platform.

    Logos that we make are found below `origin`. Raises `EnhancedError`.
    """

    def unit(world: SandboxSession) -> dict[str, Any]:
        provider = admit_without_device(world, call)
        info, found = device_info.device(call.device_info, call.user_agent, strict=False)
        platform = platform_on(world, found)
        shown = platform if info or platform.category in _TOLD_BY_AGENT else device_info.UNKNOWN
        known = device_info.known_of(info, call.user_agent) if shown is platform else info
        config = world.config
        active = [
            (config.mvpds[each.mvpd], here)
            for each in config.integrations.values()
            if each.service_provider == provider.id and (here := each.on(platform)).active
        ]
        _explain(world, provider.id, platform, [mvpd.id for mvpd, _ in active])
        return {
            "device": shown.name,
            "clientType": "html5",
            "os": str(known.get("osName") or "Unknown"),
            "requestor": {
                "id": provider.id,
                "name": provider.name,
                "domains": [{"name": name, "mvpdInitiated": False} for name in provider.domains],
                "mvpds": [_mvpd(mvpd, integration, origin) for mvpd, integration in active],
            },
        }

    return await simulator.engine.read(at, unit)


def _explain(
    world: SandboxSession, provider: str, platform: Platform, active: Sequence[str]
) -> None:
    """Say how many MVPDs there are; where there is none, why."""
    on = f"on {platform.name}"
    if active:
        world.explanation.explain(f"{provider} has {len(active)} active MVPDs {on}")
        return
    found = [
        each.mvpd
        for each in world.config.integrations.values()
        if each.service_provider == provider
    ]
    told = f"{provider} has an integration with no MVPD"
    if found:
        told = f"the integrations of {provider} are switched off {on}: {', '.join(found[:_TOLD])}"
    world.explanation.explain(told)


def _mvpd(mvpd: Mvpd, integration: Integration, origin: str) -> dict[str, Any]:
    """One entry of the picker; a flag that nobody set is left out."""
    name = integration.display_name or mvpd.display_name
    logo = integration.logo_url or mvpd.logo_url or f"{origin}/logos/{quote(name, safe='')}.svg"
    entry: dict[str, Any] = {
        "id": mvpd.id,
        "displayName": name,
        "logoUrl": logo,
        "authPerAggregator": integration.auth_per_aggregator,
    }
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
