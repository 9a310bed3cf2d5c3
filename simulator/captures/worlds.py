"""From captures to a world: one pass over them, the scenario that it comes to, and what is known of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from simulator.scenarios import compiling
from simulator.scenarios.loading import validate
from simulator.validation.problems import ScenarioError

from .errors import CaptureError
from .learning.degradation import AUTHN_ALL
from .learning.document import document
from .learning.learner import Learner
from .learning.plan import Plan, plan
from .learning.viewers import viewers
from .sequence import Reading


@dataclass(frozen=True, kw_only=True, slots=True)
class Learnt:
    """A world that was learnt: its document, the plan of what happened in it, and the account of it.

    `seen` are counts by what they are of; `assumed` and `unknown` are sentences.
    """

    document: Mapping[str, Any]
    plan: Plan
    exchanges: int
    seen: Mapping[str, int]
    assumed: tuple[str, ...]
    unknown: tuple[str, ...]


def learn(reading: Reading, name: str) -> Learnt:
    """The world that the captures of `reading` were made in, called `name`.

    Raises `CaptureError`, also where there is nothing to learn.
    """
    learner = Learner()
    for exchange in reading.exchanges():
        learner.take(exchange)
    if not learner.count:
        raise nothing(reading)
    learner.finish()
    logins = learner.logins
    _guess_passes(learner)
    # What was taken for a login at a TempPass, before it showed to be one, was none.
    logins.all = [
        each for each in logins.all if learner.facts.mvpd(each.slot.mvpd).kind == "regular"
    ]
    accounts = viewers(logins.all)
    found, notes = document(learner, accounts, name)
    found["description"] = _description(learner, reading)
    found = reading.redactor.again(found)
    _check(found)
    return Learnt(
        document=found,
        plan=plan(learner, accounts),
        exchanges=learner.count,
        seen=_seen(found, learner, reading),
        assumed=(*_oddities(reading), *reading.redactor.again(notes.assumed)),
        unknown=tuple(reading.redactor.again(notes.unknown)),
    )


def _guess_passes(learner: Learner) -> None:
    """Take for TempPasses what was logged out of without a login, and for degraded what is none."""
    facts = learner.facts
    others = {each.slot.mvpd for each in learner.logins.all if each.attributes is not None}
    others |= {each.mvpd for each in learner.degradations.rules(facts)}
    others |= learner.degradations.regular
    # The configuration names each TempPass as one.
    others |= {mvpd for (_, mvpd), each in facts.integrations.items() if each.configured}
    for (provider, name, absent), (first, last) in facts.passes.items():
        mvpd = facts.mvpd(name)
        if mvpd.kind != "regular":
            continue
        if name in others or not mvpd.preauthorization_endpoint:
            learner.degradations.held((provider, name), AUTHN_ALL, absent, first, last)
        else:
            mvpd.kind = "temp_pass_basic"


# Why entries are left out, whatever host they are of.
_UNREADABLE: Final = "without a request, an answer or a time"
_NESTED: Final = "with texts that are nested too deeply"


def nothing(reading: Reading) -> CaptureError:
    """The error of captures that have no request to the backend, with what they have instead."""
    names = ", ".join(each.name for each in reading.captures)
    counts = {
        **reading.redactor.backend.ignored,
        _UNREADABLE: reading.unreadable,
        _NESTED: reading.nested,
    }
    left = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    return CaptureError(
        f"{names} has no request to the backend in its {reading.entries} entries"
        f"{f' ({left})' if left else ''}.",
        "Does the tool decrypt HTTPS? If the backend has a name of its own, give it with --host.",
    )


def _check(found: dict[str, Any]) -> None:
    try:
        compiling.sound(validate(found))
    except ScenarioError as error:
        problems = "\n".join(f"  {each}" for each in error.problems[:5])
        raise CaptureError(
            f"What the capture shows does not come to a world:\n{problems}",
            "Please report it with the capture as `pass-simulator redact` makes it.",
        ) from error


def _description(learner: Learner, reading: Reading) -> str:
    start, end = (
        datetime.fromtimestamp(each / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        for each in (learner.facts.start, learner.facts.end)
    )
    return f"{learner.count} exchanges of {reading.entries} entries, from {start} to {end}."


def _seen(found: Mapping[str, Any], learner: Learner, reading: Reading) -> dict[str, int]:
    counts = {
        name.replace("_", " "): len(each) for name, each in found.items() if isinstance(each, list)
    }
    ignored = {
        f"left out: {what}": count for what, count in reading.redactor.backend.ignored.items()
    }
    replaced = {
        f"replaced: {kind}": count for kind, count in reading.redactor.stand_ins.counts.items()
    }
    return {
        "exchanges": learner.count,
        **{f"exchanges: {name}": each for name, each in sorted(learner.facts.operations.items())},
        **counts,
        **ignored,
        **replaced,
    }


def _oddities(reading: Reading) -> tuple[str, ...]:
    """What was odd about the captures themselves."""
    left = {_UNREADABLE: reading.unreadable, _NESTED: reading.nested}
    found = [f"{count} entries {what} are left out" for what, count in left.items() if count]
    if reading.redactor.bodiless:
        found.append(
            f"{reading.redactor.bodiless} answers without a body in the capture: only their status counts"
        )
    if reading.backwards:
        found.append(
            f"the clock of the capture goes back {reading.backwards} times, by "
            f"{reading.furthest / 1000:g} s at most: it is taken as standing still"
        )
    if reading.clock.largest:
        found.append(
            f"the clock of the device was {reading.clock.largest / 1000:g} s off the backend's: "
            "the backend's counts"
        )
    return tuple(found)
