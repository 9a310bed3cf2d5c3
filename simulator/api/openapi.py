"""The OpenAPI document of the device surface, which is the file `openapi.yaml` beside this module."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from aiohttp import web

from simulator import __version__
from simulator.http.endpoint import JSON_TYPE
from simulator.http.readers import public_origin
from simulator.json_codec import to_json


async def show(request: web.Request) -> web.Response:
    """`GET /api/v2/openapi.json`: the device-facing API, as this simulator serves it."""
    body = to_json(document(public_origin(request)))
    return web.Response(body=body, headers={"Content-Type": JSON_TYPE})


def document(origin: str) -> dict[str, Any]:
    """The OpenAPI document of a simulator of this version at `origin`."""
    written = _read()
    info = {**written["info"], "version": __version__}
    return {**written, "info": info, "servers": [{"url": origin}]}


@cache
def _read() -> Any:  # noqa: ANN401 - JSON
    text = Path(__file__).with_name("openapi.yaml").read_text("utf-8")
    # PyYAML built without libyaml reads the same, only slower.
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe
