"""The two device headers and the platform that follows from them.

(Adobe: AP-Device-Identifier header, HDR1; X-Device-Info header, HDR2, HDR3)
"""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote

from simulator.domain.bounded_cache import bounded_cache
from simulator.domain.configuration import Platform
from simulator.domain.errors import EnhancedError

UNKNOWN: Final = Platform(name="unknown", category="unidentified")
REQUIRED: Final = ("model", "version", "osName", "osVersion", "connectionType")

# A device sends the same headers with every call: up to this length they are kept as they were read.
_SHORT: Final = 1_024
_KNOWN: Final = 4_096

_TV: Final = "TV connected"
_TVOS: Final = Platform(name="tvOS", category=_TV)
_ROKU: Final = Platform(name="Roku", category=_TV)
_FIRE_TV: Final = Platform(name="FireTV", category=_TV)
_ANDROID: Final = Platform(name="Android", category="mobile")
_IOS: Final = Platform(name="iOS", category="mobile")
_DESKTOP: Final = Platform(name="desktop", category="desktop")
_DESKTOPS: Final = frozenset({"windows", "mac os", "os x", "macos", "linux", "chrome os"})
_DESKTOP_AGENTS: Final = ("windows nt", "macintosh", "x11;", "cros")


def device_identifier(header: str | None) -> str:
    """The plain identifier inside an AP-Device-Identifier header, `fingerprint <base64>`.

    Raises `invalid_header_device_identifier` with what is wrong.
    """
    if not header:
        problem = (
            "The AP-Device-Identifier header is missing; send 'fingerprint <base64 of the id>'."
        )
        raise EnhancedError("invalid_header_device_identifier", problem)
    text = readable_identifier(header)
    if text is None:
        problem = (
            "The AP-Device-Identifier header is invalid: expected 'fingerprint ' and the Base64 of "
            "a printable identifier."
        )
        raise EnhancedError("invalid_header_device_identifier", problem)
    return text


@bounded_cache(_KNOWN, longest=_SHORT)
def readable_identifier(header: str) -> str | None:
    """The plain identifier inside an AP-Device-Identifier header; None where it cannot be read."""
    kind, _, payload = header.strip().partition(" ")
    text = _decode(payload.strip()) if kind == "fingerprint" else None
    return text if text and text.strip() and text.isprintable() else None


def device_info(header: str | None, *, strict: bool) -> Mapping[str, Any]:
    """The JSON object inside an X-Device-Info header; empty when it cannot be read.

    With `strict`, anything but a complete object raises `invalid_header_device_info`
    (Adobe: X-Device-Info header, C10).
    """
    return device(header, "", strict=strict)[0]


def device(
    header: str | None, user_agent: str, *, strict: bool
) -> tuple[Mapping[str, Any], Platform]:
    """The `device_info` of a call, and the `platform` that follows from it or from its User-Agent."""
    info, problem, found = _device_in((header or "", user_agent))
    if problem and strict:
        raise EnhancedError("invalid_header_device_info", f"The X-Device-Info header {problem}.")
    return info, found


@bounded_cache(_KNOWN, longest=_SHORT)
def _device_in(sent: tuple[str, str]) -> tuple[Mapping[str, Any], str | None, Platform]:
    header, user_agent = sent
    info, problem = _info_in(header)
    return info, problem, platform(info, user_agent)


def platform(info: Mapping[str, Any], user_agent: str = "") -> Platform:
    """The platform by device info, or without one by User-Agent; the strictest where it is silent."""
    return _by_info(info) if info else _by_agent(user_agent.lower())


def _by_info(info: Mapping[str, Any]) -> Platform:
    system = f"{info.get('osName', '')} {info.get('osFamily', '')}".lower()
    if "tvos" in system:
        return _TVOS
    if "roku" in system:
        return _ROKU
    if "android" in system:
        maker = " ".join(str(info.get(name, "")) for name in ("osVendor", "manufacturer", "vendor"))
        amazon = "amazon" in maker.lower() or str(info.get("model", "")).startswith("AFT")
        return _FIRE_TV if amazon else _ANDROID
    if "ios" in system.split():
        return _IOS
    return _DESKTOP if any(name in system for name in _DESKTOPS) else UNKNOWN


def _by_agent(agent: str) -> Platform:
    if "apple tv" in agent:
        return _TVOS
    if "roku" in agent:
        return _ROKU
    return _DESKTOP if any(name in agent for name in _DESKTOP_AGENTS) else UNKNOWN


def _info_in(header: str) -> tuple[Mapping[str, Any], str | None]:
    if not header:
        return {}, "is missing"
    text = _decode(unquote(header.strip()))
    if text is None:
        return {}, "is not Base64"
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}, "is not the Base64 of JSON"
    if not isinstance(found, dict):
        return {}, "is not a JSON object"
    missing = [key for key in REQUIRED if not found.get(key)]
    return found, f"lacks {', '.join(missing)}" if missing else None


def _decode(payload: str) -> str | None:
    """The UTF-8 text of standard or URL-safe Base64, padded or not; None when it is neither."""
    compact = payload.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        raw = base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
        return raw.decode()
    except (binascii.Error, ValueError):
        return None
