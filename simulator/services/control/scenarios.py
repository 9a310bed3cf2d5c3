"""The scenario files at hand, by name."""

from simulator.scenarios.library import Library, UnknownScenario
from simulator.scenarios.models import ScenarioDocument
from simulator.services.errors import not_found


def named(library: Library, name: str) -> ScenarioDocument:
    """The scenario `name`. Raises `Refusal` when there is none."""
    try:
        return library.load(name)
    except UnknownScenario as unknown:
        close = " or ".join(f"'{each}'" for each in unknown.close_matches)
        hint = f"Did you mean {close}?" if close else f"There are: {', '.join(unknown.known)}."
        raise not_found("scenario", name, hint) from unknown
