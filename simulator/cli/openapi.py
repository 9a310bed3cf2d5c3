"""`openapi`: the documents that describe our two APIs."""

import json as json_text
from enum import StrEnum
from typing import Annotated, Any

import typer

from .addresses import LOCAL
from .files import Output, deliver
from .options import Elsewhere, Json
from .remote import call


class Which(StrEnum):
    """The API that is described."""

    DEVICE = "device"
    ADMIN = "admin"


_PATHS = {Which.DEVICE: "/api/v2/openapi.json", Which.ADMIN: "/admin/v1/openapi.json"}


def openapi(
    which: Annotated[Which, typer.Argument(help="The API that devices call, or the admin API.")],
    elsewhere: Elsewhere,
    output: Output = None,
    json: Json = False,
) -> None:
    """Print an OpenAPI document, that of this version or of a running simulator.

    Example: pass-simulator openapi admin --output admin.json
    """
    place = elsewhere.place
    found = call(place, "GET", _PATHS[which]) if place else _of_this_version(which)
    text = json_text.dumps(found, ensure_ascii=False, indent=None if json else 2)
    deliver(text.encode() + b"\n", output, json)


def _of_this_version(which: Which) -> Any:  # noqa: ANN401 - JSON
    if which is Which.DEVICE:
        from simulator.api.openapi import document as device_document

        return device_document(LOCAL)
    from simulator.admin.openapi import document
    from simulator.routes import ENDPOINTS

    return document(ENDPOINTS, LOCAL)
