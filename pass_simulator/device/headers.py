"""The headers by which the backend knows a device."""

import base64
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

_TV: Final = {"primaryHardwareType": "SetTopBox", "connectionType": "WiFi"}

PLATFORMS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({
    "Roku": {**_TV, "model": "Roku Ultra", "version": "4850X", "manufacturer": "Roku",
             "osName": "Roku OS", "osVendor": "Roku", "osVersion": "14.1"},
    "tvOS": {**_TV, "model": "Apple TV 4K", "version": "AppleTV14,1", "manufacturer": "Apple",
             "osName": "tvOS", "osVendor": "Apple", "osVersion": "18.2"},
    "FireTV": {**_TV, "model": "AFTKRT", "version": "AFTKRT", "manufacturer": "Amazon",
               "osName": "Android", "osVendor": "Amazon", "osVersion": "11"},
    "AndroidTV": {**_TV, "model": "Chromecast", "version": "sabrina", "manufacturer": "Google",
                  "osName": "Android", "osVendor": "Google", "osVersion": "14"},
    "Tizen": {**_TV, "primaryHardwareType": "Television", "model": "QN90D", "version": "2024",
              "manufacturer": "Samsung", "osName": "Tizen", "osVendor": "Samsung",
              "osVersion": "8.0"},
    "webOS": {**_TV, "primaryHardwareType": "Television", "model": "OLED65C4", "version": "2024",
              "manufacturer": "LG", "osName": "webOS", "osVendor": "LG", "osVersion": "24"},
    "Xbox": {**_TV, "primaryHardwareType": "GamesConsole", "model": "Xbox Series X",
             "version": "1882", "manufacturer": "Microsoft", "osName": "Xbox OS",
             "osVendor": "Microsoft", "osVersion": "10.0"},
    "iOS": {"primaryHardwareType": "MobilePhone", "model": "iPhone", "version": "iPhone17,1",
            "manufacturer": "Apple", "osName": "iOS", "osVendor": "Apple", "osVersion": "18.2",
            "connectionType": "WiFi"},
    "Android": {"primaryHardwareType": "MobilePhone", "model": "Pixel 9", "version": "tokay",
                "manufacturer": "Google", "osName": "Android", "osVendor": "Google",
                "osVersion": "15", "connectionType": "WiFi"},
    "desktop": {"primaryHardwareType": "Desktop", "model": "MacBook Air", "version": "Mac14,2",
                "manufacturer": "Apple", "osName": "Mac OS", "osVendor": "Apple",
                "osVersion": "15.1", "connectionType": "WiFi"},
})  # fmt: skip
"""What X-Device-Info says of a device, by platform."""

AGENT: Final = "pass-simulator-client"


def device_headers(
    device: str, platform: str | None = None, info: Mapping[str, Any] | None = None
) -> dict[str, str]:
    """What a device sends with each call. Raises `ValueError` for a platform that is not known."""
    if platform is not None and platform not in PLATFORMS:
        message = f"{platform!r} is not one of the platforms {', '.join(PLATFORMS)}"
        raise ValueError(message)
    described = {**(PLATFORMS[platform] if platform else {}), **(info or {})}
    return {
        "AP-Device-Identifier": f"fingerprint {_base64(device)}",
        "User-Agent": AGENT,
        **({"X-Device-Info": _base64(json.dumps(described))} if described else {}),
    }


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
