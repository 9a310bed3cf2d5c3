"""The reference of the Python client and the pytest plugin."""

import inspect
from collections.abc import Iterator
from typing import Any, Final

import pass_simulator
from pass_simulator import pytest_plugin
from pass_simulator.plugin import fixtures
from tests.docs.tables import code, paragraphs, prose, table

# Whose members are told; the others are what those give back, or are raised.
_PLAYERS: Final = (
    "Simulator", "Sandbox", "Device", "Journal", "Clock", "Codes", "Sessions", "Snapshots",
    "Faults", "Settings", "Tokens", "Collection", "StoredProfiles", "Applications", "KnownDevices",
)  # fmt: skip
_DATA: Final = {
    "PLATFORMS": "What `device(…, platform=…)` knows: for each platform, what X-Device-Info says."
}
FIXTURES: Final = ("simulator_server", "simulator", "simulator_clock")


class _Options:
    """Takes what the plugin tells pytest of its options, in pytest's place."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str]] = []

    def getgroup(self, *_: str) -> "_Options":
        return self

    def addoption(self, name: str, **told: str) -> None:
        self.rows.append((name, told["help"]))

    def addini(self, name: str, about: str, **_: object) -> None:
        self.rows.append((name, about))


def options() -> list[tuple[str, str]]:
    """The command line options and ini settings of the plugin."""
    taken = _Options()
    pytest_plugin.pytest_addoption(taken)  # type: ignore[arg-type]
    return taken.rows


def python() -> str:
    """The page."""
    rows = [(code(name), prose(_fixture(name))) for name in FIXTURES]
    call, _, about = pytest_plugin.MARKER.partition(": ")
    parts = [
        f"""# Python client and pytest plugin

`from pass_simulator import Simulator`; under pytest, the fixtures are there without an import. The
[how-to](pytest.md) shows them at work.

## Fixtures

{table(("Fixture", "What it is"), rows)}

`@pytest.mark.{call}`: {prose(about)}

## Options and ini settings of pytest

{table(("Name", "What it is"), [(code(name), prose(about)) for name, about in options()])}
"""
    ]
    parts += [_class(name) for name in _PLAYERS]
    others = sorted({*dir(pass_simulator)} - {*_PLAYERS})
    parts.append(
        "## What calls give back and raise\n\n" + table(("Name", "What it is"), map(_other, others))
    )
    return "\n".join(parts)


def _fixture(name: str) -> str:
    found = getattr(fixtures, name)
    return (inspect.getdoc(inspect.unwrap(getattr(found, "__wrapped__", found))) or "").strip()


def _class(name: str) -> str:
    found = getattr(pass_simulator, name)
    rows = [(code(call), prose(about)) for call, about in _members(found)]
    return f"## {name}\n\n{paragraphs(inspect.getdoc(found))}\n\n{table(('Member', 'What it does'), rows)}\n"


def _members(of: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - a class
    for name, _ in inspect.getmembers_static(of):
        if name.startswith("_"):
            continue
        member = inspect.getattr_static(of, name)
        about = inspect.getdoc(getattr(of, name)) or ""
        if isinstance(member, property):
            yield name, inspect.getdoc(member.fget) or ""
        elif callable(getattr(of, name)):
            yield f"{name}({_parameters(getattr(of, name))})", about.partition("\n\n")[0]


def _parameters(function: Any) -> str:  # noqa: ANN401 - a function
    shown = []
    keyword_only = False
    for each in inspect.signature(function).parameters.values():
        if each.name == "self":
            continue
        if each.kind is each.VAR_POSITIONAL:
            keyword_only = True
            shown.append(f"*{each.name}")
        elif each.kind is each.VAR_KEYWORD:
            shown.append(f"**{each.name}")
        else:
            if each.kind is each.KEYWORD_ONLY and not keyword_only:
                keyword_only = True
                shown.append("*")
            default = "" if each.default is each.empty else f"={each.default!r}"
            shown.append(f"{each.name}{default}")
    return ", ".join(shown)


def _other(name: str) -> tuple[str, str]:
    found = getattr(pass_simulator, name)
    about = inspect.getdoc(found) if inspect.isclass(found) else _DATA[name]
    return code(name), prose((about or "").partition("\n\n")[0])
