"""One operation of the device-facing API in words: its parameters, its body and its answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from .answers import Answer, enhanced
from .parameters import Parameter
from .shapes import Schema

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Description:
    """One method and path; `id` is its operationId, `body` maps content types to schemas.

    `open` operations take no access token.
    """

    id: str
    tag: str
    summary: str
    parameters: tuple[Parameter, ...] = ()
    body: Mapping[str, Schema] = field(default_factory=dict)
    body_required: bool = True
    answers: Mapping[int, Answer]
    open: bool = False


Descriptions = Mapping[tuple[str, str], Description]
"""Descriptions by method and path."""

FAILED: Final = enhanced(("internal_server_error",), "The server failed.")
