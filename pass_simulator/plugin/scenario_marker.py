"""What `@pytest.mark.scenario(…)` says, and what a test's sandbox is called."""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pass_simulator.client.scenario_files import is_file
from pass_simulator.errors import SimulatorError

if TYPE_CHECKING:
    import pytest

_NO_LABEL: Final = re.compile("[^a-z0-9]+")
# A sandbox's name has to do as a label of a host name, which has 63 characters at most.
_LONGEST: Final = 48


class InvalidMarker(SimulatorError):  # noqa: N818 - named for what it says
    """A marker that says nothing that a sandbox could be made from."""


@dataclass(frozen=True, kw_only=True)
class ScenarioChoice:
    """What a sandbox is to be made from: a scenario by name, or `content` that replaces it."""

    name: str | None = None
    content: Path | Mapping[str, Any] | None = None


def scenario_for(node: "pytest.Item", default: str | None) -> ScenarioChoice:
    """What the closest marker of a test says, or else the default. Raises `InvalidMarker`."""
    marker = node.get_closest_marker("scenario")
    if marker is None:
        return _read(node, default) if default else ScenarioChoice()
    if len(marker.args) != 1 or marker.kwargs:
        given = ", ".join(
            [
                *(repr(each) for each in marker.args),
                *(f"{name}={each!r}" for name, each in marker.kwargs.items()),
            ]
        )
        message = (
            "@pytest.mark.scenario takes one thing, the name of a scenario, a file or a document; "
            f"found scenario({given})"
        )
        raise InvalidMarker(message)
    return _read(node, marker.args[0])


def _read(node: "pytest.Item", what: object) -> ScenarioChoice:
    if isinstance(what, Mapping):
        try:
            json.dumps(what)
        except (TypeError, ValueError) as error:
            raise InvalidMarker(f"the document is no JSON: {error}") from error
        return ScenarioChoice(content=what)
    if not isinstance(what, str | Path):
        message = (
            "a scenario is a name, a file or a document (a mapping); "
            f"found {what!r}, which is a {type(what).__name__}"
        )
        raise InvalidMarker(message)
    if not is_file(what):
        return ScenarioChoice(name=str(what))
    places = [node.path.parent / what, node.config.rootpath / what]
    for place in places:
        if place.is_file():
            return ScenarioChoice(content=place)
    looked = " or ".join(str(place) for place in dict.fromkeys(places))
    raise InvalidMarker(f"there is no file {looked}")


def sandbox_name(test: str) -> str:
    """A name for the sandbox of a test that nobody else has, on whichever server."""
    label = _NO_LABEL.sub("-", test.lower()).strip("-")[:_LONGEST].strip("-")
    return f"{label or 'test'}-{secrets.token_hex(5)}"
