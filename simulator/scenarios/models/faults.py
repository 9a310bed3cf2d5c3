"""Faults that a world begins with, or that the admin API orders: one model for each kind of action."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Literal, Self, get_args

from pydantic import BeforeValidator, Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from simulator.domain.errors import ERRORS
from simulator.domain.faults import Fault
from simulator.domain.latency import LONGEST
from simulator.domain.operations import OPERATION_NAMES
from simulator.validation.texts import Count, DeviceId, Id, Prose, Text

from .base import Entity, Part
from .delays import DelayModel, Seconds

KIND: Final = "What happens."
Status = Annotated[int, Strict(), Field(ge=200, le=599)]
Advice = Literal[
    "none", "configuration", "application-registration", "authentication", "authorization", "retry"
]


class _Action(Part):
    """One kind of action, known by its `kind`."""

    def in_domain(self) -> Mapping[str, object]:
        """Its kind, and what differs from the defaults of that."""
        given = self.model_dump(exclude_none=True, exclude_defaults=True)
        return {"kind": type(self).model_fields["kind"].default, **given}


class ErrorAction(_Action):
    """An enhanced error instead of the answer, or on the decisions, where its code belongs there."""

    in_words: ClassVar = "answer with an error code"
    kind: Literal["error"] = Field("error", description=KIND)
    code: Text = Field(description="One of the 47 codes, or any other together with status.")
    status: Status | None = Field(None, description="The status, when it is not that of the code.")
    action: Advice | None = Field(None, description="The action, when it is not that of the code.")
    message: Text | None = Field(None, description="The text for people, when it is not ours.")
    details: Text | None = Field(None, description="The text that an MVPD or a rule would add.")

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.code not in ERRORS and self.status is None:
            text = f"{self.code!r} is none of the 47 codes, so it needs a status"
            raise PydanticCustomError("unknown_code", "{text}", {"text": text})
        return self


class StatusAction(_Action):
    """A raw answer, such as that of a proxy between the app and the backend."""

    in_words: ClassVar = "answer with a bare status"
    kind: Literal["status"] = Field("status", description=KIND)
    status: Status = Field(description="The status of the answer.")
    body: Prose = Field("", description="Its body.")
    content_type: Text = Field("text/html", description="The type of its body.")
    headers: dict[Text, Prose] = Field({}, description="More headers of the answer.")


class DelayAction(DelayModel, _Action):
    """The right answer, but late: after `seconds`, or after a time drawn anew for each request."""

    in_words: ClassVar = "answer late"
    kind: Literal["delay"] = Field("delay", description=KIND)


class HangAction(_Action):
    """No answer: the connection stays open until the client gives up, or `seconds` are over."""

    in_words: ClassVar = "do not answer"
    kind: Literal["hang"] = Field("hang", description=KIND)
    seconds: Seconds = Field(LONGEST, description="When the connection is closed at the latest.")


class ResetAction(_Action):
    """The connection is reset (TCP RST) instead of an answer."""

    in_words: ClassVar = "reset the connection"
    kind: Literal["reset"] = Field("reset", description=KIND)


class CloseAction(_Action):
    """The connection is closed in good order, but without an answer."""

    in_words: ClassVar = "close the connection"
    kind: Literal["close"] = Field("close", description=KIND)


class TruncateAction(_Action):
    """The right answer, cut off: after so many bytes of the body the connection is closed."""

    in_words: ClassVar = "cut the answer off"
    kind: Literal["truncate"] = Field("truncate", description=KIND)
    after: Count = Field(0, description="How many bytes of the body arrive.")


class GarbleAction(_Action):
    """The right answer with its body made unreadable, at its right length."""

    in_words: ClassVar = "garble the answer"
    kind: Literal["garble"] = Field("garble", description=KIND)


class SlowBodyAction(_Action):
    """The right answer, whose body takes `seconds` to arrive, a piece at a time."""

    in_words: ClassVar = "send the answer slowly"
    kind: Literal["slow_body"] = Field("slow_body", description=KIND)
    seconds: Seconds = Field(description="How long the body takes.")
    pieces: Annotated[int, Strict(), Field(ge=1, le=1000)] = Field(
        10, description="In how many pieces it arrives."
    )


class ThrottleAction(_Action):
    """The answer of the backend's throttle: 429 with a page of HTML."""

    in_words: ClassVar = "answer 429, as the throttle does"
    kind: Literal["throttle"] = Field("throttle", description=KIND)


def _code(value: object) -> object:
    return {"kind": "error", "code": value} if isinstance(value, str) else value


AnyAction = (
    ErrorAction
    | StatusAction
    | DelayAction
    | HangAction
    | ResetAction
    | CloseAction
    | TruncateAction
    | GarbleAction
    | SlowBodyAction
    | ThrottleAction
)
_Object = Annotated[AnyAction, Field(discriminator="kind")]
_Code = Literal[tuple(ERRORS)]  # type: ignore[valid-type]
Action = Annotated[_Object, BeforeValidator(_code, json_schema_input_type=_Object | _Code)]
"""What goes in is one of these, or a code of the 47 alone; what comes of that is always an object."""

ACTIONS: Final[Mapping[str, type[AnyAction]]] = {
    each.model_fields["kind"].default: each for each in get_args(AnyAction)
}
"""The kinds of action by name; `in_words` is what the form of the console says of one."""


class MatchModel(Part):
    """Which requests a fault is for: all members must fit; without any, every device request does."""

    operation: Literal[OPERATION_NAMES] | None = Field(None, description="The operation's name.")  # type: ignore[valid-type]
    service_provider: Id | None = Field(None, description="The service provider of the request.")
    mvpd: Id | None = Field(None, description="The MVPD in the path, the form or the session.")
    device: DeviceId | None = Field(None, description="The device's identifier.")
    client: Text | None = Field(None, description="The client that the access token is for.")
    platform: Text | None = Field(
        None, description="A platform (tvOS) or platform category (TV connected)."
    )
    resource: Text | None = Field(None, description="A resource that decisions are asked for.")


class FaultModel(Entity, of=Fault):
    """Something that goes wrong on purpose."""

    match: MatchModel = MatchModel()
    probability: Annotated[float, Field(ge=0, le=1)]
    action: Action
