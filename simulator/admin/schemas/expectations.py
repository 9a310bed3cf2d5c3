"""What a test says of the journal: what should have happened, and what it waits for."""

from typing import Annotated, Final, Literal, Self

from pydantic import Field, StrictBool, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from simulator.services.observe import waiting
from simulator.services.observe.requests import Expectation
from simulator.services.observe.waiting import Look
from simulator.validation.durations import Length
from simulator.validation.texts import DeviceId

from .bodies import Body, Name
from .filters import MatchBody

_LONGEST_WAIT: Final = 600_000

Count = Annotated[StrictInt, Field(ge=0, le=1_000_000)]


class CountBody(Body):
    """Which requests are to be counted."""

    match: MatchBody = Field(MatchBody(), description="Which requests are meant.")


class ExpectationBody(Body):
    """What should have happened: so many requests like `match`, or requests `in_order`.

    Without a number, at least one is expected; `none` is short for exactly 0.
    """

    match: MatchBody | None = Field(None, description="Which requests are meant.")
    exactly: Count | None = Field(None, description="How many there have to be.")
    at_least: Count | None = Field(None, description="How many there have to be at least.")
    at_most: Count | None = Field(None, description="How many there may be at most.")
    none: Literal[True] | None = Field(None, description="That there are none.")
    in_order: Annotated[tuple[MatchBody, ...], Field(min_length=2, max_length=100)] | None = Field(
        None, description="Requests that have to come one after another, others in between or not."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        numbers = {"exactly", "at_least", "at_most", "none"} & {*self.model_fields_set}
        problem = None
        if (self.match is None) == (self.in_order is None):
            problem = "expected either match or in_order"
        elif self.in_order is not None and numbers:
            problem = f"in_order does not go with {', '.join(sorted(numbers))}"
        elif len(numbers) > 1 and numbers != {"at_least", "at_most"}:
            problem = f"expected one of {', '.join(sorted(numbers))}, or at_least with at_most"
        elif None not in {self.at_least, self.at_most} and self.at_least > self.at_most:  # type: ignore[operator]
            problem = "at_least is greater than at_most"
        if problem:
            raise PydanticCustomError("verify", "{text}", {"text": problem})
        return self

    def expectation(self) -> Expectation:
        """What is expected of the journal."""
        if self.in_order is not None:
            return Expectation(
                match=MatchBody().wanted(), in_order=[each.wanted() for each in self.in_order]
            )
        exactly = 0 if self.none else self.exactly
        least = self.at_least if exactly is None else exactly
        most = self.at_most if exactly is None else exactly
        if least is None and most is None:
            least = 1
        return Expectation(match=(self.match or MatchBody()).wanted(), least=least, most=most)


class _Awaited(Body):
    """Whose login, code or decision is waited for."""

    device: DeviceId | None = Field(None, description="The plain identifier of the device.")
    mvpd: Name | None = Field(None, description="The MVPD's id.")
    service_provider: Name | None = Field(None, description="The service provider's id.")
    client: Name | None = Field(None, description="The id of the client, which is an app instance.")


class AwaitedProfile(_Awaited):
    """A valid profile with these members, or with `absent` that there is none."""

    type: Name | None = Field(None, description="How the login came about.")
    absent: StrictBool = Field(default=False, description="Whether to wait until there is none.")


class AwaitedCode(_Awaited):
    """A code that is shown, and with which somebody can log in."""


class AwaitedRequest(MatchBody):
    """Requests that have been answered."""

    at_least: Annotated[StrictInt, Field(ge=1, le=1000)] = Field(
        1, description="How many there have to be at least."
    )


class AwaitedDecision(_Awaited):
    """A resource that was permitted or denied, in `authorize` unless said otherwise."""

    operation: Literal["authorize", "preauthorize"] = Field(
        "authorize", description="The name of the operation, as in GET /admin/v1/operations."
    )
    resource: Name | None = Field(None, description="The resource that is to be watched.")
    authorized: StrictBool | None = Field(
        None, description="Whether it was permitted; either when absent."
    )


class Condition(Body):
    """What is waited for: just one of these."""

    profile: AwaitedProfile | None = Field(None, description="A login, or the end of one.")
    code: AwaitedCode | None = Field(None, description="A code that is shown.")
    request: AwaitedRequest | None = Field(None, description="Requests that have been answered.")
    decision: AwaitedDecision | None = Field(None, description="A decision.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_fields_set) != 1:
            text = "expected just one of profile, code, request and decision"
            raise PydanticCustomError("condition", "{text}", {"text": text})
        return self

    def look(self) -> Look:
        """How to see whether it has come about."""
        if self.profile is not None:
            members = self.profile.model_dump(exclude_none=True, exclude={"absent"})
            return waiting.for_profile(members, absent=self.profile.absent)
        if self.code is not None:
            return waiting.for_code(self.code.model_dump(exclude_none=True))
        if self.decision is not None:
            decision = self.decision
            match = decision.model_dump(exclude_none=True, exclude={"resource", "authorized"})
            return waiting.for_decision(
                MatchBody.model_validate(match).wanted(), decision.resource, decision.authorized
            )
        asked = self.request or AwaitedRequest()
        return waiting.for_request(asked.wanted(), asked.at_least)


class WaitBody(Body):
    """What to wait for, and how long at the most."""

    condition: Condition = Field(alias="for", description="What to wait for.")
    timeout: Annotated[Length, Field(le=_LONGEST_WAIT)] = Field(
        10_000, description="How long at the most."
    )
