"""What a User-Agent tells of a device, in the words of X-Device-Info.

(Adobe: X-Device-Info header, HDR8)
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from simulator.domain.bounded_cache import bounded_cache

if TYPE_CHECKING:
    from ua_parser import OS, Result, UserAgent

_KNOWN: Final = 1_024
_LONGEST: Final = 1_024
# What says nothing in brackets is a library of HTTP, but for these.
_TELLING: Final = ("(", "appletv", "darwin", "roku")

# By the names that ua-parser has; what follows them is the same for every version.
_SYSTEMS: Final[Mapping[str, Mapping[str, str]]] = {
    "Mac OS X": {
        "osName": "macOS",
        "osFamily": "macOS",
        "osVendor": "Apple",
        "primaryHardwareType": "Desktop",
        "vendor": "Apple",
        "manufacturer": "Apple",
    },
    "iOS": {
        "osName": "iOS",
        "osFamily": "iOS",
        "osVendor": "Apple",
        "primaryHardwareType": "MobilePhone",
        "vendor": "Apple",
        "manufacturer": "Apple",
    },
    "ATV OS X": {
        "osName": "tvOS",
        "osFamily": "tvOS",
        "osVendor": "Apple",
        "primaryHardwareType": "SetTopBox",
        "vendor": "Apple",
        "manufacturer": "Apple",
        "model": "AppleTV",
    },
    "Android": {"osName": "Android", "osFamily": "Android", "osVendor": "Google"},
    "Chrome OS": {
        "osName": "Chrome OS",
        "osFamily": "Linux",
        "osVendor": "Google",
        "primaryHardwareType": "Desktop",
    },
    "Windows": {
        "osName": "Windows",
        "osFamily": "Windows",
        "osVendor": "Microsoft",
        "primaryHardwareType": "Desktop",
    },
    "Linux": {"osName": "Linux", "osFamily": "Linux", "primaryHardwareType": "Desktop"},
    "OpenBSD": {"osName": "OpenBSD", "osFamily": "BSD", "primaryHardwareType": "Desktop"},
    "FreeBSD": {"osName": "FreeBSD", "osFamily": "BSD", "primaryHardwareType": "Desktop"},
    "Tizen": {
        "osName": "Tizen",
        "osFamily": "Tizen",
        "osVendor": "Samsung",
        "primaryHardwareType": "TV",
    },
    "Web0S": {
        "osName": "webOS",
        "osFamily": "webOS",
        "osVendor": "LG",
        "primaryHardwareType": "TV",
        "vendor": "LG",
        "manufacturer": "LG",
    },
    "Roku": {
        "osName": "Roku OS",
        "osFamily": "Roku OS",
        "osVendor": "Roku",
        "primaryHardwareType": "SetTopBox",
        "vendor": "Roku",
        "manufacturer": "Roku",
        "model": "Roku",
    },
}
SYSTEM_WORDS: Final = frozenset(
    word.lower() for system in _SYSTEMS.values() for word in system.values()
)
"""What systems, their makers and the devices that run them are called, in small letters."""

_LINUXES: Final = frozenset({"Ubuntu", "Fedora", "Debian", "Red Hat", "Mint", "SUSE", "Arch Linux"})
_CHROME: Final = ("Chrome", "Google")
_SAFARI: Final = ("Safari", "Apple")
_FIREFOX: Final = ("Firefox", "Mozilla")
_BROWSERS: Final[Mapping[str, tuple[str, str]]] = {
    **dict.fromkeys(("Chrome", "Chrome Mobile", "Chrome Mobile iOS", "Chromium"), _CHROME),
    **dict.fromkeys(("Chrome Mobile WebView", "HeadlessChrome"), _CHROME),
    **dict.fromkeys(("Safari", "Mobile Safari", "Mobile Safari UI/WKWebView"), _SAFARI),
    **dict.fromkeys(("Firefox", "Firefox Mobile", "Firefox iOS"), _FIREFOX),
    **dict.fromkeys(("Edge", "Edge Mobile"), ("Edge", "Microsoft")),
    **dict.fromkeys(("IE", "IE Mobile"), ("Internet Explorer", "Microsoft")),
    **dict.fromkeys(("Opera", "Opera Mobile", "Opera Mini"), ("Opera", "Opera")),
    "Samsung Internet": ("Samsung Internet", "Samsung"),
    "SeaMonkey": ("SeaMonkey", "Mozilla"),
}

# What the library does not tell: that a device is a television, or a console.
_TELEVISIONS: Final = (
    *("smart-tv", "smarttv", "smart tv", "googletv", "google tv", "android tv", "androidtv"),
    *("bravia", "chromecast", "crkey", "hbbtv", "netcast"),
)
_CONSOLES: Final[Mapping[str, Mapping[str, str]]] = {
    "playstation": {
        "osName": "PlayStation OS",
        "osFamily": "PlayStation OS",
        "osVendor": "Sony",
        "vendor": "Sony",
        "manufacturer": "Sony",
    },
    "xbox": {"model": "Xbox", "vendor": "Microsoft", "manufacturer": "Microsoft"},
    "nintendo": {"osVendor": "Nintendo", "vendor": "Nintendo", "manufacturer": "Nintendo"},
}


@bounded_cache(_KNOWN, longest=_LONGEST)
def implied(user_agent: str) -> Mapping[str, str]:
    """What X-Device-Info would say of the device that sends `user_agent`; empty where nothing follows."""
    agent = user_agent.lower()
    if not any(each in agent for each in _TELLING):
        return {}
    # Many runs never need it, and its patterns take a quarter of a second to compile.
    from ua_parser import parse

    result = parse(user_agent)
    found = {**_system(result, agent), **_browser(result, agent)}
    if result.device is not None and "model" not in found and _names_a_model(found):
        found["model"] = result.device.model or result.device.family
    return found | _hardware(found, agent)


def is_browser(user_agent: str) -> bool:
    """Whether a browser sends this; those may leave X-Device-Info out (Adobe: X-Device-Info header, HDR2)."""
    return "browserName" in implied(user_agent)


def _system(result: "Result", agent: str) -> dict[str, str]:
    family = result.os.family if result.os else None
    if "roku" in agent:
        family = "Roku"
    found = dict(_SYSTEMS.get("Linux" if family in _LINUXES else family or "", {}))
    if found and result.os and (version := _version(result.os)):
        found["osVersion"] = version
    return found


def _browser(result: "Result", agent: str) -> dict[str, str]:
    browser = result.user_agent
    known = _BROWSERS.get(browser.family) if browser else None
    # An app names the frameworks that it is made with, which the library takes for a browser.
    if browser is None or known is None or not agent.startswith("mozilla/"):
        return {}
    name, vendor = known
    return {
        "browserName": name,
        "browserVendor": vendor,
        "browserVersion": _version(browser),
    }


def _version(named: "OS | UserAgent") -> str:
    return ".".join(each for each in (named.major, named.minor, named.patch) if each)


def _names_a_model(found: Mapping[str, str]) -> bool:
    """A computer's User-Agent tells its operating system, and no model."""
    return found.get("osName") in {"Android", "iOS"} or "osName" not in found


def _hardware(found: Mapping[str, str], agent: str) -> dict[str, str]:
    """The kind of hardware where the operating system alone does not tell it."""
    for name, console in _CONSOLES.items():
        if name in agent:
            return {**console, "primaryHardwareType": "GamesConsole"}
    if found.get("model", "").startswith("AFT"):
        amazon = {"vendor": "Amazon", "manufacturer": "Amazon", "osVendor": "Amazon"}
        return {**amazon, "primaryHardwareType": "SetTopBox"}
    if any(each in agent for each in _TELEVISIONS):
        return {"primaryHardwareType": "TV"}
    if found.get("model") == "iPad":
        return {"primaryHardwareType": "Tablet"}
    if found.get("osName") == "Android" and "browserName" in found:
        return {"primaryHardwareType": "MobilePhone" if "mobile" in agent else "Tablet"}
    return {}
