"""Our own OpenAPI document."""

import json
from functools import cache

from simulator.api.openapi import document

from .contract import HOST, Contract


@cache
def ours() -> Contract:
    """The document of the device-facing API."""
    return Contract(json.loads(json.dumps(document(HOST))))
