"""The `device` object of a session: a streaming device as the backend describes it.

(Adobe: retrieve session, API4)
"""

import re
from collections.abc import Mapping
from typing import Any, Final

_NUMBER: Final = re.compile(r"\d+")
# More digits than any version has would not fit into the integers of other languages.
_DIGITS: Final = 9


def describe(info: Mapping[str, Any], user_agent: str) -> dict[str, Any]:
    """The description that follows from X-Device-Info; what it does not say is null or zero."""

    def said(name: str) -> str | None:
        value = info.get(name)
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
            "userAgent": said("userAgent"),
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
    return {"major": major, "minor": minor, "patch": patch, "profile": text or ""}


def _whole(text: str | None) -> int:
    found = _NUMBER.match(text or "")
    return int(found.group()[:_DIGITS]) if found else 0


def _truth(text: str | None) -> bool:
    return (text or "").lower() == "true"
