"""Devices as their headers describe them."""

import base64
import json
from typing import Final

# The example of the page on X-Device-Info, which lacks connectionType.
GALAXY: Final = {
    "primaryHardwareType": "MobilePhone",
    "model": "SM-S901U",
    "vendor": "samsung",
    "version": "r0q",
    "manufacturer": "samsung",
    "osName": "Android",
    "osVersion": "14",
}
TVOS_AGENT: Final = "Mozilla/5.0 (Apple TV; U; CPU AppleTV5,3 OS 11.0 like Mac OS X; en_US)"

INFO: Final = base64.b64encode(
    json.dumps(
        {
            "model": "QA",
            "version": "1",
            "osName": "Roku OS",
            "osVersion": "14.1",
            "connectionType": "WiFi",
        }
    ).encode()
).decode()
