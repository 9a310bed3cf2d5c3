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


@dataclass(frozen=True)
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

# `error_description` is ours, and goes with the switch simulator_headers.
_REFUSAL: Final = {
    "type": "object", "required": ["error"],
    "properties": {"error": _TEXT, "error_description": _TEXT},
    "additionalProperties": False,
}  # fmt: skip


def _schema(name: str, member: str, value: Mapping[str, Any]) -> Change:
    """Let a member of a schema be as `value` has it."""
    return _put("components", "schemas", name, "properties", member, value=value)


def _refused(name: str, path: str) -> Correction:
    """The 400 of an operation of DCR."""
    where = ("paths", path, "post", "responses", "400", "content", "application/json", "schema")
    why = "the page shows its one member, error; the document leaves it out"
    return Correction(name, f"the body of a refused {path[8:]}", why, _put(*where, value=_REFUSAL))


_NULLABLE: Final = ("Device", "Hardware", "OperatingSystem", "Browser", "Display", "Connection")
_PARTNER_BODY: Final = ("paths", "/{serviceProvider}/sessions/sso/{partner}", "post", "requestBody")
_THROTTLED: Final = Correction(
    "THR1", "429 with a page everywhere", "the throttling page shows it", _every("429", _html())
)

V2_CORRECTIONS: Final = (
    Correction("C4", "redirectUrl of logout is required",
               "the page's table says so, and the simulator asks for it",
               _required("redirectUrl", _LOGOUT), tightens=True),
    Correction("C5", "no 302 for logout",
               "its description was copied from the operation for user agents",
               _drop(*_LOGOUT, "responses", "302"), tightens=True),
    Correction("C10", "X-Device-Info is not required",
               "the texts let it be left out, and the pages' own sample of it cannot be read",
               _optional("X-Device-Info")),
    Correction("C16", "201 for a partner profile that was created",
               "the page says 201, and that something is stored",
               _copy((*_PARTNER, "200"), (*_PARTNER, "201"))),
    Correction("C17", "403 for the profile by MVPD", "samples of a TempPass that is used up",
               _copy((*_BY_MVPD, "400"), (*_BY_MVPD, "403"))),
    Correction("C17", "403 for the profile by code", "as for the profile by MVPD",
               _copy((*_BY_CODE, "400"), (*_BY_CODE, "403"))),
    Correction("C18", "authenticationRequest in the answer of a partner session",
               "the page's samples have it",
               _schema("SessionResponse", "authenticationRequest",
                       {"type": "object", "additionalProperties": True})),
    Correction("C36", "device in the configuration",
               "the sample and the table of the page have it",
               _schema("ConfigurationResponse", "device", _TEXT)),
    Correction("C36", "clientType in the configuration", "the sample of the page has it",
               _schema("ConfigurationResponse", "clientType", _TEXT)),
    Correction("ERR1", "the message of an error is a text",
               "every sample has a text, and no client could read an object",
               _schema("ErrorInformation", "message", _TEXT)),
    Correction("API4", "ipAddress of a device is a text", "it is one in the sample",
               _schema("Connection", "ipAddress", {**_TEXT, "nullable": True})),
    Correction("API4", "the version of a display is null", "so it is in the sample",
               _schema("Display", "version", {"nullable": True})),
    Correction("API4", "what is not known of a device is null", "so it is in the sample",
               _nullable(*_NULLABLE)),
    Correction("API6", "the value of user metadata is of any type",
               "samples have texts, numbers, lists and maps",
               _schema("UserMetadataResponse", "value", {})),
    *(
        Correction("API5", f"{status} for user agents is a page",
                   "the page says text/html, for people see it",
                   _put(*_AGENT, status, value=_html()))
        for status in ("200", "400")
    ),
    Correction("API12", "the body of a partner session can be missing",
               "the page's fifth sample misses what would be in it, and gets an answer",
               _put(*_PARTNER_BODY, "required", value=False)),
    Correction("API5", "302 for user agents has no body",
               "a redirect needs none, and no page shows one",
               _put(*_AGENT, "302", value={"description": "on to the provider"})),
    _THROTTLED,
)  # fmt: skip
DCR_CORRECTIONS: Final = (
    Correction("C13", "redirect_uri need not be registered", "the page has it optional",
               _put(*_SCHEMAS, "ClientRegistrationRequest", "required",
                    value=["software_statement"])),
    Correction("C13", "a token's parameters come in the body, or in the query",
               "the page has a form, the document a query",
               _optional("client_id", "client_secret", "grant_type")),
    _refused("DCR2", "/client/register"),
    _refused("DCR3", "/client/token"),
    Correction("C10", "X-Device-Info is not required", "as for REST API V2",
               _optional("X-Device-Info")),
    _THROTTLED,
)  # fmt: skip


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
