"""Access without a login: TempPass trials that have begun, and degradation rules."""

from collections.abc import Iterator

from pydantic import Field

from simulator.domain.decisions.degradation import Degradation, DegradationRule
from simulator.domain.decisions.temp_pass import TempPassTrial
from simulator.scenarios.context import Context, Record
from simulator.validation.durations import Duration
from simulator.validation.texts import DeviceId, Id, Prose, Text

from .base import Entity


class TempPassModel(Entity):
    """A TempPass trial whose clock is running, or has run out."""

    id: Id | None = Field(
        None, description="The trial's id; temp-pass-1, temp-pass-2, … if absent."
    )
    service_provider: Id = Field(description="The service provider's id.")
    mvpd: Id = Field(description="The id of the TempPass MVPD.")
    device: DeviceId = Field(description="The device's identifier.")
    identity: Text | None = Field(
        None, description="The user of a promotional TempPass, as AP-TempPass-Identity names it."
    )
    first_authorized: Duration = Field(0, description="When the trial's clock started.")
    used_resources: tuple[Prose, ...] = Field((), description="The resources that were authorized.")

    def records(self, context: Context, /) -> Iterator[Record]:
        """The trial."""
        yield TempPassTrial(
            id=self.id or context.new_id("temp-pass"),
            service_provider=self.service_provider,
            mvpd=self.mvpd,
            device=self.device,
            identity=self.identity,
            first_authorized=context.now + self.first_authorized,
            used_resources=self.used_resources,
        )


class DegradationModel(Entity):
    """A degradation rule on one integration."""

    id: Id | None = Field(
        None, description="The rule's id; degradation-1, degradation-2, … when absent."
    )
    service_provider: Id = Field(description="The service provider's id.")
    mvpd: Id = Field(description="The MVPD's id.")
    rule: Degradation = Field(description="Which bypass the rule is.")
    not_before: Duration | None = Field(
        None, alias="from", description="When the rule comes into force; always was when absent."
    )
    until: Duration | None = Field(
        None, description="When the rule ends; when it is removed, if absent."
    )
    message: Text | None = Field(
        None, description="What AuthZNone says in the details of its denials."
    )

    def records(self, context: Context, /) -> Iterator[Record]:
        """The rule."""
        yield DegradationRule(
            id=self.id or context.new_id("degradation"),
            service_provider=self.service_provider,
            mvpd=self.mvpd,
            rule=self.rule,
            not_before=None if self.not_before is None else context.now + self.not_before,
            until=None if self.until is None else context.now + self.until,
            message=self.message,
        )
