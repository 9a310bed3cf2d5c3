"""The two device headers and the platform that follows from them.

(Adobe: AP-Device-Identifier header, HDR1; X-Device-Info header, HDR2, HDR3)
"""

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote

from simulator.domain.bounded_cache import bounded_cache
from simulator.domain.configuration import Platform
from simulator.domain.errors import EnhancedError
from simulator.domain.texts import LONGEST_KEY, from_base64

from .user_agents import implied, is_browser

UNKNOWN: Final = Platform(name="unknown", category="unidentified")
REQUIRED: Final = ("model", "version", "osName", "osVersion", "connectionType")
"""The members that the table of the page requires."""
# The page requires it, and has an example without it.
_NOT_IN_THE_EXAMPLE: Final = "connectionType"

# A device sends the same headers with every call: up to this length they are kept as they were read.
_SHORT: Final = 1_024
_KNOWN: Final = 4_096
# More bytes than any digest has would make too long a name.
_OPAQUE: Final = 1_024
_SILENT: Final = (None, "", "Unknown")

_TV: Final = "TV connected"
_TVOS: Final = Platform(name="tvOS", category=_TV)
_ROKU: Final = Platform(name="Roku", category=_TV)
_FIRE_TV: Final = Platform(name="FireTV", category=_TV)
ANDROID_TV: Final = Platform(name="AndroidTV", category=_TV)
_TELEVISION: Final = Platform(name="TV", category=_TV)
_CONSOLE: Final = Platform(name="GamesConsole", category=_TV)
ANDROID: Final = Platform(name="Android", category="mobile")
_IOS: Final = Platform(name="iOS", category="mobile")
_MOBILE: Final = Platform(name="mobile", category="mobile")
_DESKTOP: Final = Platform(name="desktop", category="desktop")

# By what the name of an operating system has in it; the first that fits. Desktop systems come last,
# because the systems of televisions and consoles are built on them and may say so.
_SYSTEMS: Final = (
    ("tvos", _TVOS),
    ("roku", _ROKU),
    ("fire os", _FIRE_TV),
    ("fireos", _FIRE_TV),
    ("android tv", ANDROID_TV),
    ("androidtv", ANDROID_TV),
    ("google tv", ANDROID_TV),
    ("android", ANDROID),
    ("ipados", _IOS),
    ("iphone os", _IOS),
    ("ios", _IOS),
    ("tizen", _TELEVISION),
    ("webos", _TELEVISION),
    ("web0s", _TELEVISION),
    ("playstation", _CONSOLE),
    ("xbox", _CONSOLE),
    ("nintendo", _CONSOLE),
    ("symbian", _MOBILE),
    ("windows phone", _MOBILE),
    ("windows", _DESKTOP),
    ("mac os", _DESKTOP),
    ("macos", _DESKTOP),
    ("os x", _DESKTOP),
    ("chrome os", _DESKTOP),
    ("chromeos", _DESKTOP),
    ("linux", _DESKTOP),
    ("bsd", _DESKTOP),
)
# An operating system of one kind of device says more than the hardware does.
_TELLING: Final = frozenset({_TVOS, _ROKU, _FIRE_TV, ANDROID_TV, _IOS})
_HARDWARE: Final[Mapping[str, Platform]] = {
    "gamesconsole": _CONSOLE,
    "settopbox": _TELEVISION,
    "tv": _TELEVISION,
    "mobilephone": _MOBILE,
    "tablet": _MOBILE,
    "desktop": _DESKTOP,
}
PLATFORM_WORDS: Final = frozenset(
    [
        *_HARDWARE,
        *(name for name, _ in _SYSTEMS),
        *(each.name.lower() for _, each in _SYSTEMS),
    ]
)
"""What operating systems, kinds of hardware and platforms are called, in small letters."""


def device_identifier(header: str | None, *, printable: bool = False) -> str:
    """The plain identifier inside an AP-Device-Identifier header, `fingerprint <base64>`.

    Bytes that are no printable text, such as those of a SHA-256, are named `hex:` and their digits,
    or are wrong where it must be `printable` (Adobe: AP-Device-Identifier header, C50). Raises
    `invalid_header_device_identifier` with what is wrong.
    """
    if not header:
        problem = (
            "The AP-Device-Identifier header is missing; send 'fingerprint <base64 of the id>'."
        )
        raise EnhancedError("invalid_header_device_identifier", problem)
    text = readable_identifier(header)
    if text is None or (printable and text != _text(_payload(header) or b"")):
        problem = (
            "The AP-Device-Identifier header is invalid: expected 'fingerprint ' and the Base64 of "
            f"{'a printable' if printable else 'an'} identifier, at most {LONGEST_KEY} bytes long."
        )
        raise EnhancedError("invalid_header_device_identifier", problem)
    return text


@bounded_cache(_KNOWN, longest=_SHORT)
def readable_identifier(header: str) -> str | None:
    """The plain identifier inside an AP-Device-Identifier header; None where it cannot be read."""
    raw = _payload(header)
    if raw is None or not raw.strip():
        return None
    text = _text(raw)
    if text is not None and text.isprintable():
        return text if text.strip() and len(text.encode()) <= LONGEST_KEY else None
    return f"hex:{raw.hex()}" if len(raw) <= _OPAQUE else None


def _payload(header: str) -> bytes | None:
    kind, _, payload = header.strip().partition(" ")
    return from_base64(payload.strip()) if kind == "fingerprint" else None


def device_info(header: str | None, *, strict: bool, complete: bool = False) -> Mapping[str, Any]:
    """The JSON object inside an X-Device-Info header; empty when it cannot be read.

    With `strict`, anything but an object with all that the page requires raises
    `invalid_header_device_info`, and with `complete` also one that is like the page's own example
    (Adobe: X-Device-Info header, C10, C51).
    """
    return device(header, "", strict=strict, complete=complete)[0]


def device(
    header: str | None, user_agent: str, *, strict: bool, complete: bool = False
) -> tuple[Mapping[str, Any], Platform]:
    """The `device_info` of a call, and the `platform` that follows from it and from its User-Agent.

    Browsers may send no header, also where it is `strict` (Adobe: X-Device-Info header, HDR2).
    """
    info, problem, found = _device_in((header or "", user_agent))
    if not strict or (not header and is_browser(user_agent)):
        return info, found
    if problem is None:
        wanted = [key for key in REQUIRED if complete or key != _NOT_IN_THE_EXAMPLE]
        missing = [key for key in wanted if not info.get(key)]
        problem = f"lacks {', '.join(missing)}" if missing else None
    if problem:
        raise EnhancedError("invalid_header_device_info", f"The X-Device-Info header {problem}.")
    return info, found


@bounded_cache(_KNOWN, longest=_SHORT)
def _device_in(sent: tuple[str, str]) -> tuple[Mapping[str, Any], str | None, Platform]:
    header, user_agent = sent
    info, problem = _info_in(header)
    return info, problem, platform(info, user_agent)


def known_of(info: Mapping[str, Any], user_agent: str) -> Mapping[str, Any]:
    """`info`, and what the User-Agent tells besides: that inside `info`, or else that of the call.

    A User-Agent of another operating system is that of somebody in between, and tells nothing.
    (Adobe: X-Device-Info header, HDR8)
    """
    given = info.get("userAgent")
    told = implied(given if isinstance(given, str) and given else user_agent)
    if not told or _by_system(info) not in {UNKNOWN, _by_system(told)}:
        return info
    return {**told, **{name: value for name, value in info.items() if value not in _SILENT}}


def platform(info: Mapping[str, Any], user_agent: str = "") -> Platform:
    """The platform by device info and what the User-Agent adds; the strictest where both are silent.

    (Adobe: X-Device-Info header, HDR3; dashboard integrations, HDR9)
    """
    system, hardware = _by_system(info), _by_hardware(info)
    if system not in _TELLING and hardware is UNKNOWN:
        info = known_of(info, user_agent)
        system, hardware = _by_system(info), _by_hardware(info)
    if system in _TELLING:
        return system
    if system is ANDROID:
        return _android(info, hardware)
    # A system of televisions or consoles may call itself by the name of the one that it is built on.
    return system if hardware is UNKNOWN else hardware


def _by_system(info: Mapping[str, Any]) -> Platform:
    names = f"{info.get('osName', '')} {info.get('osFamily', '')}".lower()
    return next((found for name, found in _SYSTEMS if name in names), UNKNOWN)


def _by_hardware(info: Mapping[str, Any]) -> Platform:
    return _HARDWARE.get(str(info.get("primaryHardwareType", "")).lower(), UNKNOWN)


def _android(info: Mapping[str, Any], hardware: Platform) -> Platform:
    """Android runs on phones, on televisions, and on what Amazon makes of both."""
    maker = " ".join(str(info.get(name, "")) for name in ("osVendor", "manufacturer", "vendor"))
    if str(info.get("model", "")).startswith("AFT"):
        return _FIRE_TV
    if hardware is UNKNOWN or hardware.category == _TV:
        found = ANDROID if hardware is UNKNOWN else ANDROID_TV
        return _FIRE_TV if "amazon" in maker.lower() else found
    return ANDROID if hardware is _MOBILE else hardware


def _info_in(header: str) -> tuple[Mapping[str, Any], str | None]:
    if not header:
        return {}, "is missing"
    raw = from_base64(unquote(header.strip()))
    text = None if raw is None else _text(raw)
    if text is None:
        return {}, "is not Base64"
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}, "is not the Base64 of JSON"
    if not isinstance(found, dict):
        return {}, "is not a JSON object"
    return found, None


def _text(raw: bytes) -> str | None:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None
