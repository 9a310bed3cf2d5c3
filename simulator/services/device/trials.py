"""TempPass trials in the world: found, used and begun (Adobe: TempPass, TMP1, TMP2)."""

from dataclasses import dataclass, replace

from simulator.domain.configuration import Integration, Mvpd, MvpdKind
from simulator.domain.decisions import temp_pass
from simulator.domain.decisions.temp_pass import TempPassTrial
from simulator.domain.decisions.trials import Trial, trial
from simulator.domain.errors import EnhancedError
from simulator.services.shared.admission import Caller, DeviceCall
from simulator.storage.worlds.session import SandboxSession


@dataclass(kw_only=True, slots=True)
class OpenTrial:
    """The trial of one request, which is used resource by resource.

    `broken` is why it permits nothing, whatever the resource.
    """

    state: Trial | None = None
    broken: EnhancedError | None = None
    used: bool = False

    def problem(self, resource: str) -> str | None:
        """The code that keeps the trial from permitting `resource`, or None."""
        if self.broken is not None:
            return self.broken.code
        return self.state.problem(resource) if self.state else None

    def use(self, resource: str) -> None:
        """Note that `resource` was authorized."""
        if self.state is not None:
            self.state = self.state.using(resource)
            self.used = True

    def store(self, world: SandboxSession) -> None:
        """Keep what was used; the first use begins the trial."""
        for record in self.state.records if self.state and self.used else ():
            if not record.id:
                world.temp_passes.put(replace(record, id=world.ids.short("temp-pass")))
            elif record != world.temp_passes.get(record.id):
                world.temp_passes.put(record)


def open_trial(
    world: SandboxSession,
    caller: Caller,
    call: DeviceCall,
    mvpd: Mvpd,
    integration: Integration,
    *,
    asks_identity: bool,
) -> OpenTrial:
    """The trial that the caller's device, or its identity, is in, or would begin.

    Without `asks_identity` a promotional TempPass makes do with the device.
    """
    identity: str | None = None
    if mvpd.kind is MvpdKind.TEMP_PASS_PROMOTIONAL:
        try:
            identity = temp_pass.identity(call.temp_pass_identity, integration.temp_pass_key)
        except EnhancedError as problem:
            if asks_identity:
                return OpenTrial(broken=problem)
    # It has no id before it is begun: drawing one from a seed would be a write.
    fresh = TempPassTrial(
        id="",
        service_provider=caller.service_provider.id,
        mvpd=mvpd.id,
        device=caller.device,
        identity=identity,
        first_authorized=world.now,
    )
    at = {"service_provider": fresh.service_provider, "mvpd": fresh.mvpd}
    records = world.temp_passes.find(device=caller.device, **at)
    if identity is not None:
        records += world.temp_passes.find(identity=identity, **at)
    opened = OpenTrial()
    try:
        strict = bool(world.config.setting("temp_pass.strict_quota"))
        opened.state = trial(mvpd, integration, records or [fresh], world.now, strict=strict)
    except EnhancedError as problem:
        opened.broken = problem
    return opened
