"""The verbs of the command line, as one readable list; each is imported when it is asked for."""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import typer
from typer.core import TyperGroup

from .ending import STATUSES
from .options import verb

if TYPE_CHECKING:
    from typer._click import Command


class Verb(NamedTuple):
    """What is typed, the module that it is in, and the function there."""

    path: str
    module: str
    function: str


_RUN: Final = "Run it"
_WORLD: Final = "Set up worlds"
_DEVICES: Final = "Bring devices to it"
_TOLD: Final = "Look at what devices did"

VERBS: Final[Mapping[str, tuple[Verb, ...]]] = {
    _RUN: (
        Verb("serve", "running", "serve"),
        Verb("wait", "waiting", "wait"),
        Verb("doctor", "doctor", "doctor"),
        Verb("migrate", "running", "migrate"),
        Verb("version", "running", "version"),
    ),
    _WORLD: (
        Verb("seed", "worlds", "seed"),
        Verb("reset", "worlds", "reset"),
        Verb("scenario list", "scenarios", "show_all"),
        Verb("scenario show", "scenarios", "show"),
        Verb("scenario validate", "scenarios", "validate"),
        Verb("snapshot list", "snapshots", "show_all"),
        Verb("snapshot take", "snapshots", "take"),
        Verb("snapshot restore", "snapshots", "restore"),
        Verb("snapshot delete", "snapshots", "delete"),
        Verb("state export", "states", "export"),
        Verb("state import", "states", "load"),
        Verb("clock show", "clocks", "show"),
        Verb("clock freeze", "clocks", "freeze"),
        Verb("clock set", "clocks", "put"),
        Verb("clock advance", "clocks", "advance"),
        Verb("clock reset", "clocks", "reset"),
    ),
    _DEVICES: (
        Verb("token", "tokens", "token"),
        Verb("certs show", "certificates", "show"),
        Verb("certs ca", "certificates", "ca"),
        Verb("certs bad", "certificates", "bad"),
        Verb("openapi", "documents", "openapi"),
    ),
    _TOLD: (
        Verb("requests list", "journals", "show_all"),
        Verb("requests verify", "journals", "verify"),
        Verb("requests clear", "journals", "clear"),
        Verb("requests har", "journals", "har"),
        Verb("conduct", "conducts", "conduct"),
        Verb("bundle", "replay.verbs", "bundle"),
        Verb("replay", "replay.verbs", "again"),
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
        register(verb(_function(each)))
    if name in GROUPS:
        # With one verb alone, typer would make a command of the group.
        own.callback()(lambda: None)
    return typer.main.get_command(own)


def _function(wanted: Verb) -> Callable[..., None]:
    found: Callable[..., None] = getattr(
        import_module(f".{wanted.module}", __package__), wanted.function
    )
    return found


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
