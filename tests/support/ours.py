"""Our own OpenAPI document, as the routes make it."""

import json
from functools import cache

from simulator import routes
from simulator.api.openapi.document import document

from .contract import HOST, Contract


@cache
def ours() -> Contract:
    """The document of the device-facing API."""
    return Contract(json.loads(json.dumps(document(routes.ENDPOINTS, HOST))))
