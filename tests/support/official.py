"""Adobe's own OpenAPI documents, where they are at hand, and what has to be corrected in them.

They are not ours to ship: they lie in a folder beside the repository, or wherever
PASS_SIMULATOR_REFERENCE says.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from .contract import Contract
from .server import REPOSITORY

# Read when this module is imported: the fixtures take such variables away from the simulator.
_NAMED: Final = os.environ.get("PASS_SIMULATOR_REFERENCE")
FOLDER: Final = Path(_NAMED) if _NAMED else REPOSITORY.parent / "shared" / "reference"
V2: Final = FOLDER / "adobe-rest-api-v2.openapi.json"
DCR: Final = FOLDER / "adobe-dcr.openapi.json"
AT_HAND: Final = V2.is_file() and DCR.is_file()
MISSING: Final = f"Adobe's OpenAPI documents are not in {FOLDER} (PASS_SIMULATOR_REFERENCE)"

Change = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, kw_only=True)
class Correction:
    """One place where a document is wrong or behind: the rule of the reference that says so, and why.

    One that `tightens` forbids what nobody should be seen doing; the others allow something.
    """

    id: str
    what: str
    why: str
    change: Change
    tightens: bool = False


def _at(document: Any, *path: str) -> Any:  # noqa: ANN401 - JSON
    for name in path:
        document = document[name]
    return document


def _put(*path: str, value: object) -> Change:
    """Put `value` at a path that need not be there yet."""

    def change(document: dict[str, Any]) -> None:
        place: Any = document
        for name in path[:-1]:
            place = place.setdefault(name, {})
        place[path[-1]] = value

    return change


def _drop(*path: str) -> Change:
    def change(document: dict[str, Any]) -> None:
        del _at(document, *path[:-1])[path[-1]]

    return change


def _copy(source: Sequence[str], target: Sequence[str]) -> Change:
    def change(document: dict[str, Any]) -> None:
        _put(*target, value=_at(document, *source))(document)

    return change


def _every(status: str, answer: Mapping[str, Any]) -> Change:
    """Add an answer to every operation."""

    def change(document: dict[str, Any]) -> None:
        for operation in operations(document):
            operation["responses"].setdefault(status, answer)

    return change


def _optional(*names: str) -> Change:
    """Ask no longer for these parameters."""

    def change(document: dict[str, Any]) -> None:
        for operation in operations(document):
            for each in operation.get("parameters", ()):
                if each["name"] in names:
                    each["required"] = False

    return change


def _nullable(*schemas: str) -> Change:
    """Let the members of these schemas be null."""

    def change(document: dict[str, Any]) -> None:
        for name in schemas:
            for member in _at(document, "components", "schemas", name, "properties").values():
                if "$ref" not in member:
                    member["nullable"] = True

    return change


def _required(name: str, place: Sequence[str]) -> Change:
    def change(document: dict[str, Any]) -> None:
        for each in _at(document, *place, "parameters"):
            if each["name"] == name:
                each["required"] = True

    return change


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every operation of a document."""
    for path in document["paths"].values():
        yield from (each for each in path.values() if "responses" in each)


def _html() -> dict[str, Any]:
    return {"description": "a page", "content": {"text/html": {"schema": {"type": "string"}}}}


_SCHEMAS: Final = ("components", "schemas")
_LOGOUT: Final = ("paths", "/{serviceProvider}/logout/{mvpd}", "get")
_BY_MVPD: Final = ("paths", "/{serviceProvider}/profiles/{mvpd}", "get", "responses")
_BY_CODE: Final = ("paths", "/{serviceProvider}/profiles/code/{code}", "get", "responses")
_PARTNER: Final = ("paths", "/{serviceProvider}/profiles/sso/{partner}", "post", "responses")
_AGENT: Final = ("paths", "/authenticate/{serviceProvider}/{code}", "get", "responses")
_TEXT: Final = {"type": "string"}

_REFUSAL: Final = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": _TEXT},
    "additionalProperties": False,
}

V2_CORRECTIONS: Final = (
    Correction(
        id="C4",
        what="redirectUrl of logout is required",
        why="the page's table says so, and the simulator asks for it",
        change=_required("redirectUrl", _LOGOUT),
        tightens=True,
    ),
    Correction(
        id="C5",
        what="no 302 for logout",
        why="its description was copied from the operation for user agents",
        change=_drop(*_LOGOUT, "responses", "302"),
        tightens=True,
    ),
    Correction(
        id="C10",
        what="X-Device-Info is not required",
        why="the texts let it be left out, and the pages' own sample of it cannot be read",
        change=_optional("X-Device-Info"),
    ),
    Correction(
        id="C16",
        what="201 for a partner profile that was created",
        why="the page says 201, and that something is stored",
        change=_copy((*_PARTNER, "200"), (*_PARTNER, "201")),
    ),
    Correction(
        id="C17",
        what="403 for the profile by MVPD",
        why="samples of a TempPass that is used up",
        change=_copy((*_BY_MVPD, "400"), (*_BY_MVPD, "403")),
    ),
    Correction(
        id="C17",
        what="403 for the profile by code",
        why="as for the profile by MVPD",
        change=_copy((*_BY_CODE, "400"), (*_BY_CODE, "403")),
    ),
    Correction(
        id="C18",
        what="authenticationRequest in the answer of a partner session",
        why="the page's samples have it",
        change=_put(
            *_SCHEMAS, "SessionResponse", "properties", "authenticationRequest",
            value={"type": "object", "additionalProperties": True},
        ),
    ),
    Correction(
        id="C36",
        what="device in the configuration",
        why="the sample and the table of the page have it",
        change=_put(*_SCHEMAS, "ConfigurationResponse", "properties", "device", value=_TEXT),
    ),
    Correction(
        id="C36",
        what="clientType in the configuration",
        why="the sample of the page has it",
        change=_put(*_SCHEMAS, "ConfigurationResponse", "properties", "clientType", value=_TEXT),
    ),
    Correction(
        id="ERR1",
        what="the message of an error is a text",
        why="every sample has a text, and no client could read an object",
        change=_put(*_SCHEMAS, "ErrorInformation", "properties", "message", value=_TEXT),
    ),
    Correction(
        id="API4",
        what="ipAddress of a device is a text",
        why="it is one in the sample",
        change=_put(*_SCHEMAS, "Connection", "properties", "ipAddress",
                    value={**_TEXT, "nullable": True}),
    ),
    Correction(
        id="API4",
        what="the version of a display is null",
        why="so it is in the sample",
        change=_put(*_SCHEMAS, "Display", "properties", "version", value={"nullable": True}),
    ),
    Correction(
        id="API4",
        what="what is not known of a device is null",
        why="so it is in the sample",
        change=_nullable("Device", "Hardware", "OperatingSystem", "Browser", "Display", "Connection"),
    ),
    Correction(
        id="API6",
        what="the value of user metadata is of any type",
        why="samples have texts, numbers, lists and maps",
        change=_put(*_SCHEMAS, "UserMetadataResponse", "properties", "value", value={}),
    ),
    *(
        Correction(
            id="API5",
            what=f"{status} for user agents is a page",
            why="the page says text/html, for people see it",
            change=_put(*_AGENT, status, value=_html()),
        )
        for status in ("200", "400")
    ),
    Correction(
        id="API12",
        what="the body of a partner session can be missing",
        why="the page's fifth sample misses what would be in it, and gets an answer",
        change=_put("paths", "/{serviceProvider}/sessions/sso/{partner}", "post", "requestBody",
                    "required", value=False),
    ),
    Correction(
        id="API5",
        what="302 for user agents has no body",
        why="a redirect needs none, and no page shows one",
        change=_put(*_AGENT, "302", value={"description": "on to the provider"}),
    ),
    Correction(
        id="THR1",
        what="429 with a page everywhere",
        why="the throttling page shows it",
        change=_every("429", _html()),
    ),
)  # fmt: skip
DCR_CORRECTIONS: Final = (
    Correction(
        id="C13",
        what="redirect_uri need not be registered",
        why="the page has it optional",
        change=_put(
            *_SCHEMAS, "ClientRegistrationRequest", "required", value=["software_statement"]
        ),
    ),
    Correction(
        id="C13",
        what="a token's parameters come in the body, or in the query",
        why="the page has a form, the document a query",
        change=_optional("client_id", "client_secret", "grant_type"),
    ),
    *(
        Correction(
            id=place,
            what=f"the body of a refused {name}",
            why="the page shows its one member, error; the document leaves it out",
            change=_put(
                "paths",
                f"/client/{name}",
                "post",
                "responses",
                "400",
                "content",
                "application/json",
                "schema",
                value=_REFUSAL,
            ),
        )
        for place, name in (("DCR2", "register"), ("DCR3", "token"))
    ),
    Correction(
        id="C10",
        what="X-Device-Info is not required",
        why="as for REST API V2",
        change=_optional("X-Device-Info"),
    ),
    Correction(
        id="THR1",
        what="429 with a page everywhere",
        why="the throttling page shows it",
        change=_every("429", _html()),
    ),
)


@cache
def official() -> tuple[Contract, Contract]:
    """REST API V2 and Dynamic Client Registration as Adobe describes them, corrected."""
    return contract(V2, V2_CORRECTIONS, "/api/v2"), contract(DCR, DCR_CORRECTIONS, "/o")


def contract(path: Path, corrections: Sequence[Correction], base: str) -> Contract:
    """A document of Adobe's with these corrections."""
    document = json.loads(path.read_text())
    for each in corrections:
        each.change(document)
    return Contract(document, base)
