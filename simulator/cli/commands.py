"""The verbs of the command line, as one readable list; each is imported when it is asked for."""

from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import typer
from typer.core import TyperGroup

from .exits import STATUSES
from .options import verb

if TYPE_CHECKING:
    from typer._click import Command


class Verb(NamedTuple):
    """What is typed, and what gives the function; the module that it is in is imported for it."""

    path: str
    load: Callable[[], Callable[..., None]]


def _certificates() -> ModuleType:
    from . import certificates

    return certificates


def _clock() -> ModuleType:
    from . import clock

    return clock


def _conduct() -> ModuleType:
    from . import conduct

    return conduct


def _doctor() -> ModuleType:
    from simulator.cli.doctor import verb

    return verb


def _grade() -> ModuleType:
    from simulator.cli.grade import verbs

    return verbs


def _learn() -> ModuleType:
    from simulator.cli.learn import verbs

    return verbs


def _openapi() -> ModuleType:
    from . import openapi

    return openapi


def _replay() -> ModuleType:
    from simulator.cli.replay import verbs

    return verbs


def _requests() -> ModuleType:
    from . import requests

    return requests


def _scenarios() -> ModuleType:
    from . import scenarios

    return scenarios


def _seeding() -> ModuleType:
    from . import seeding

    return seeding


def _serve() -> ModuleType:
    from . import serve

    return serve


def _snapshots() -> ModuleType:
    from . import snapshots

    return snapshots


def _state() -> ModuleType:
    from . import state

    return state


def _tokens() -> ModuleType:
    from . import tokens

    return tokens


def _wait() -> ModuleType:
    from . import wait

    return wait


_RUN: Final = "Run it"
_WORLD: Final = "Set up worlds"
_DEVICES: Final = "Bring devices to it"
_TOLD: Final = "Look at what devices did"

VERBS: Final[Mapping[str, tuple[Verb, ...]]] = {
    _RUN: (
        Verb("serve", lambda: _serve().serve),
        Verb("wait", lambda: _wait().wait),
        Verb("doctor", lambda: _doctor().doctor),
        Verb("migrate", lambda: _serve().migrate),
        Verb("version", lambda: _serve().version),
    ),
    _WORLD: (
        Verb("seed", lambda: _seeding().seed),
        Verb("reset", lambda: _seeding().reset),
        Verb("scenario list", lambda: _scenarios().show_all),
        Verb("scenario show", lambda: _scenarios().show),
        Verb("scenario validate", lambda: _scenarios().validate),
        Verb("learn", lambda: _learn().learn_world),
        Verb("snapshot list", lambda: _snapshots().show_all),
        Verb("snapshot take", lambda: _snapshots().take),
        Verb("snapshot restore", lambda: _snapshots().restore),
        Verb("snapshot delete", lambda: _snapshots().delete),
        Verb("state export", lambda: _state().export),
        Verb("state import", lambda: _state().load),
        Verb("clock show", lambda: _clock().show),
        Verb("clock freeze", lambda: _clock().freeze),
        Verb("clock set", lambda: _clock().put),
        Verb("clock advance", lambda: _clock().advance),
        Verb("clock reset", lambda: _clock().reset),
    ),
    _DEVICES: (
        Verb("token", lambda: _tokens().token),
        Verb("certs show", lambda: _certificates().show),
        Verb("certs ca", lambda: _certificates().ca),
        Verb("certs bad", lambda: _certificates().bad),
        Verb("openapi", lambda: _openapi().openapi),
    ),
    _TOLD: (
        Verb("requests list", lambda: _requests().show_all),
        Verb("requests verify", lambda: _requests().verify),
        Verb("requests clear", lambda: _requests().clear),
        Verb("requests har", lambda: _requests().har),
        Verb("conduct", lambda: _conduct().conduct),
        Verb("bundle", lambda: _replay().bundle),
        Verb("replay", lambda: _replay().again),
        Verb("grade", lambda: _grade().grade_captures),
        Verb("redact", lambda: _learn().redact),
    ),
}  # fmt: skip

GROUPS: Final[Mapping[str, str]] = {
    "scenario": "Look at scenarios and check your own.",
    "snapshot": "Keep states of a sandbox, and go back to them.",
    "state": "Take the state of a sandbox out, and put it in.",
    "certs": "What devices have to trust, and what they must not accept.",
    "requests": "List, verify and export what devices asked for.",
    "clock": "Stop, set and move the time of a sandbox.",
}


class _Commands(Mapping[str, "Command"]):
    """The commands by name, each built when it is looked up: no verb pays for another's imports."""

    def __init__(self) -> None:
        self._verbs: dict[str, list[Verb]] = {}
        self._panels: dict[str, str] = {}
        self._built: dict[str, Command] = {}
        for panel, verbs in VERBS.items():
            for each in verbs:
                name = each.path.partition(" ")[0]
                self._verbs.setdefault(name, []).append(each)
                self._panels[name] = panel

    def __getitem__(self, name: str) -> "Command":
        if name not in self._built:
            command = _build(name, self._verbs[name])
            command.name = name
            command.rich_help_panel = self._panels[name]  # type: ignore[attr-defined]
            self._built[name] = command
        return self._built[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._verbs)

    def __len__(self) -> int:
        return len(self._verbs)


def _build(name: str, verbs: list[Verb]) -> "Command":
    own = typer.Typer(
        name=name, help=GROUPS.get(name), no_args_is_help=name in GROUPS, add_completion=False
    )
    for each in verbs:
        # An option without a variable of its own has one by its verb, as PASS_SIMULATOR_RESET_TO.
        prefix = f"PASS_SIMULATOR_{each.path.replace(' ', '_').upper()}"
        register = own.command(
            each.path.rpartition(" ")[2],
            epilog=STATUSES,
            context_settings={"auto_envvar_prefix": prefix},
        )
        register(verb(each.load()))
    if name in GROUPS:
        # With one verb alone, typer would make a command of the group.
        own.callback()(lambda: None)
    return typer.main.get_command(own)


class _Verbs(TyperGroup):
    """The command itself, which knows its verbs by name."""

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 - whatever typer gives
        super().__init__(**attributes)
        self.commands = _Commands()  # type: ignore[assignment]

    def list_commands(self, ctx: object) -> list[str]:
        """The verbs in the order of the list; they need not be built for it."""
        del ctx
        return list(self.commands)


app = typer.Typer(
    name="pass-simulator",
    cls=_Verbs,
    help="A stand-in for the Adobe Pass Authentication backend.",
    epilog=STATUSES,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def _root() -> None:
    """What all verbs share: nothing."""


def main() -> None:
    """Run the command line."""
    app()
