"""The switches of a sandbox: what each is set to, and setting them."""

from collections.abc import Iterable, Mapping
from typing import Any

from simulator.domain.switches import SWITCHES, Setting
from simulator.services.context import AppContext
from simulator.services.errors import FieldProblem, InvalidDocument
from simulator.storage.worlds import entity_mapping
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession
from simulator.validation.problems import Problem


async def show(simulator: AppContext, at: SandboxRef) -> dict[str, dict[str, Any]]:
    """Every switch by name: its value, where that came from, its default and what it is about."""
    return await simulator.engine.read(at, shown)


async def change(
    simulator: AppContext,
    at: SandboxRef,
    changes: Mapping[str, Any],
    before: Iterable[Problem] = (),
) -> dict[str, dict[str, Any]]:
    """Set switches; null takes one back to its default. Raises `AdminError`, all problems at once.

    `before` is what is known to be wrong with `changes` already.
    """
    problems = [FieldProblem(path=each.path, problem=each.problem) for each in before]
    known_places = {each.path for each in problems}
    for name, value in changes.items():
        if name in known_places:
            continue
        switch = SWITCHES.get(name)
        if switch is None:
            known = ", ".join(SWITCHES)
            problems.append(FieldProblem(path=name, problem=f"is no setting; there are {known}"))
        elif value is not None and (problem := switch.problem(value)):
            problems.append(FieldProblem(path=name, problem=problem))
    if problems:
        raise InvalidDocument(problems)

    def unit(world: SandboxSession) -> dict[str, dict[str, Any]]:
        settings = world.repository(entity_mapping.SETTINGS)
        for name, value in changes.items():
            if value is None:
                settings.delete(name)
            else:
                settings.put(Setting(id=name, value=value))
        return shown(world)

    return await simulator.engine.write(at, unit)


def shown(world: SandboxSession) -> dict[str, dict[str, Any]]:
    """As `show`, within a unit of work."""
    set_here = world.config.settings
    return {
        name: {
            "value": set_here.get(name, switch.default),
            "source": "sandbox" if name in set_here else "default",
            "default": switch.default,
            "choices": list(switch.choices) or None,
            "about": switch.about,
        }
        for name, switch in SWITCHES.items()
    }
