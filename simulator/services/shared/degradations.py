"""The degradation rules that a call meets, and whether a valid profile comes before them.

(Adobe: degraded flows, C42)
"""

from simulator.domain.decisions import degradation
from simulator.domain.decisions.degradation import Degradation
from simulator.storage.worlds.session import SandboxSession


def in_force(
    world: SandboxSession, service_provider: str, mvpd: str, *, logged_in: bool
) -> frozenset[Degradation]:
    """The kinds of rules that hold at the integration now, for a caller who is `logged_in` or not.

    With the switch `degradation.precedence` at `profile`, AuthNAll does not hold for who is.
    """
    rules = world.config.rules(service_provider, mvpd, world.epoch)
    found = degradation.in_force(rules, world.now)
    if logged_in and not rule_first(world):
        found -= {Degradation.AUTHN_ALL}
    return found


def rule_first(world: SandboxSession) -> bool:
    """Whether AuthNAll holds for those who are logged in, too."""
    return world.config.setting("degradation.precedence") == "rule"
