"""The `device` object of a session: a streaming device as the backend describes it.

(Adobe: retrieve session, API4)
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from .device_info import known_of

_NUMBER: Final = re.compile(r"\d+")
_PLAIN: Final = re.compile(r"\d+([.,]\d+)*")
# More digits than any version has would not fit into the integers of other languages.
_DIGITS: Final = 9


def describe(
    info: Mapping[str, Any], user_agent: str, connection: Mapping[str, object]
) -> dict[str, Any]:
    """The description that follows from X-Device-Info, and where that is silent from the User-Agent.

    `connection` has connectionIp and connectionPort as the call had them. What nobody says is null or
    zero (Adobe: X-Device-Info header, HDR8).
    """
    known = {**connection, **known_of(info, user_agent)}

    def said(name: str) -> str | None:
        value = known.get(name)
        return None if value is None or isinstance(value, dict | list) else str(value)

    return {
        "type": said("primaryHardwareType") or "Unknown",
        "model": said("model"),
        "version": _version(said("version")),
        "hardware": {
            "name": said("model"),
            "vendor": said("vendor"),
            "version": _version(said("version")),
            "manufacturer": said("manufacturer"),
        },
        "operatingSystem": {
            "name": said("osName"),
            "family": said("osFamily"),
            "vendor": said("osVendor"),
            "version": _version(said("osVersion")),
        },
        "browser": {
            "name": said("browserName"),
            "vendor": said("browserVendor"),
            "version": _version(said("browserVersion")),
            "userAgent": said("userAgent") or user_agent or None,
            "originalUserAgent": user_agent or None,
        },
        "display": {
            "width": _whole(said("displayWidth")),
            "height": _whole(said("displayHeight")),
            "ppi": _whole(said("displayPpi")),
            "name": "DISPLAY",
            "vendor": None,
            "version": None,
            "diagonalSize": said("diagonalScreenSize"),
        },
        "applicationId": said("applicationId"),
        "connection": {
            "ipAddress": said("connectionIp"),
            "port": said("connectionPort"),
            "secure": _truth(said("connectionSecure")),
            "type": said("connectionType"),
        },
    }


def _version(text: str | None) -> dict[str, Any]:
    numbers = [int(each[:_DIGITS]) for each in _NUMBER.findall(text or "")[:3]]
    major, minor, patch = [*numbers, 0, 0, 0][:3]
    # What numbers say all of has no profile (Adobe: retrieve session, API4).
    profile = "" if text is None or _PLAIN.fullmatch(text) else text
    return {"major": major, "minor": minor, "patch": patch, "profile": profile}


def _whole(text: str | None) -> int:
    found = _NUMBER.match(text or "")
    return int(found.group()[:_DIGITS]) if found else 0


def _truth(text: str | None) -> bool:
    return (text or "").lower() == "true"
