"""The verbs of the command line, as one readable list; each is imported when it is asked for."""

from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

import typer
from typer.core import TyperGroup

from simulator import __version__

from .exits import STATUSES
from .options import verb

if TYPE_CHECKING:
    from typer._click import Command, Context


class Verb(NamedTuple):
    """What is typed, and what gives the function; the module that it is in is imported for it."""

    path: str
    load: Callable[[], Callable[..., None]]


def _certificates() -> ModuleType:
    from . import certificates

    return certificates


def _clock() -> ModuleType:
    from .world import clock

    return clock


def _codes() -> ModuleType:
    from .world import codes

    return codes


def _conduct() -> ModuleType:
    from . import conduct

    return conduct


def _coverage() -> ModuleType:
    from simulator.cli.coverage import verbs

    return verbs


def _degradations() -> ModuleType:
    from .world import degradations

    return degradations


def _devices() -> ModuleType:
    from .world import devices

    return devices


def _doctor() -> ModuleType:
    from simulator.cli.doctor import verb

    return verb


def _environment() -> ModuleType:
    from . import environment

    return environment


def _faults() -> ModuleType:
    from .world import faults

    return faults


def _new() -> ModuleType:
    from . import new

    return new


def _openapi() -> ModuleType:
    from . import openapi

    return openapi


def _profiles() -> ModuleType:
    from .world import profiles

    return profiles


def _replay() -> ModuleType:
    from simulator.cli.replay import verbs

    return verbs


def _requests() -> ModuleType:
    from . import requests

    return requests


def _sandboxes() -> ModuleType:
    from .world import sandboxes

    return sandboxes


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
    from .world import snapshots

    return snapshots


def _state() -> ModuleType:
    from .world import state

    return state


def _tokens() -> ModuleType:
    from .world import tokens

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
        Verb("new", lambda: _new().new),
        Verb("seed", lambda: _seeding().seed),
        Verb("reset", lambda: _seeding().reset),
        Verb("sandbox list", lambda: _sandboxes().show_all),
        Verb("sandbox create", lambda: _sandboxes().create),
        Verb("sandbox lease", lambda: _sandboxes().lease),
        Verb("sandbox release", lambda: _sandboxes().release),
        Verb("sandbox delete", lambda: _sandboxes().delete),
        Verb("scenario list", lambda: _scenarios().show_all),
        Verb("scenario show", lambda: _scenarios().show),
        Verb("scenario validate", lambda: _scenarios().validate),
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
        Verb("profile list", lambda: _profiles().show_all),
        Verb("profile add", lambda: _profiles().add),
        Verb("profile expire", lambda: _profiles().expire),
        Verb("profile invalidate", lambda: _profiles().invalidate),
        Verb("profile delete", lambda: _profiles().delete),
        Verb("degradation list", lambda: _degradations().show_all),
        Verb("degradation add", lambda: _degradations().add),
        Verb("degradation delete", lambda: _degradations().delete),
        Verb("fault list", lambda: _faults().show_all),
        Verb("fault add", lambda: _faults().add),
        Verb("fault delete", lambda: _faults().delete),
        Verb("fault clear", lambda: _faults().clear),
    ),
    _DEVICES: (
        Verb("env", lambda: _environment().env),
        Verb("token", lambda: _tokens().token),
        Verb("code list", lambda: _codes().show_all),
        Verb("code approve", lambda: _codes().approve),
        Verb("code deny", lambda: _codes().deny),
        Verb("code expire", lambda: _codes().expire),
        Verb("code next", lambda: _codes().put_next),
        Verb("device list", lambda: _devices().show_all),
        Verb("device add", lambda: _devices().add),
        Verb("device delete", lambda: _devices().delete),
        Verb("device claim", lambda: _devices().claim),
        Verb("device release", lambda: _devices().release),
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
        Verb("coverage", lambda: _coverage().coverage),
        Verb("coverage arm", lambda: _coverage().arm),
        Verb("coverage merge", lambda: _coverage().merge),
        Verb("coverage clear", lambda: _coverage().clear),
        Verb("bundle", lambda: _replay().bundle),
        Verb("replay", lambda: _replay().again),
    ),
}  # fmt: skip

GROUPS: Final[Mapping[str, str]] = {
    "sandbox": "Isolated worlds, and leases of them.",
    "profile": "Logins that devices have.",
    "degradation": "Providers that are bypassed.",
    "fault": "What goes wrong on purpose.",
    "code": "Log in by hand with the codes that apps show.",
    "device": "Devices, and claims that send them to a sandbox.",
    "scenario": "Look at scenarios and check your own.",
    "snapshot": "Keep states of a sandbox, and go back to them.",
    "state": "Take the state of a sandbox out, and put it in.",
    "certs": "What devices have to trust, and what they must not accept.",
    "requests": "List, verify and export what devices asked for.",
    "clock": "Stop, set and move the time of a sandbox.",
}
"""What is only a group of verbs, and no verb itself."""


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
    group: dict[str, Any] = (
        {"help": GROUPS[name], "no_args_is_help": True} if name in GROUPS else {}
    )
    own = typer.Typer(name=name, cls=_Group, add_completion=False, **group)
    for each in verbs:
        # An option without a variable of its own has one by its verb, as PASS_SIMULATOR_RESET_TO.
        prefix = f"PASS_SIMULATOR_{each.path.replace(' ', '_').upper()}"
        told: dict[str, Any] = {
            "epilog": STATUSES,
            "context_settings": {"auto_envvar_prefix": prefix},
        }
        if each.path == name and len(verbs) > 1:
            # A verb by itself, which has others below it.
            register = own.callback(invoke_without_command=True, **told)
        else:
            register = own.command(each.path.rpartition(" ")[2], **told)
        register(verb(each.load()))
    if name in GROUPS:
        # With one verb alone, typer would make a command of the group.
        own.callback()(lambda: None)
    return typer.main.get_command(own)


class _Group(TyperGroup):
    """Verbs about one thing; options alone are those of its list, as in `requests --follow`."""

    def parse_args(self, ctx: "Context", args: list[str]) -> list[str]:
        """What is left of the arguments."""
        if args and args[0].startswith("-") and args[0] != "--help" and "list" in self.commands:
            args = ["list", *args]
        return super().parse_args(ctx, args)


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


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """What all verbs share: nothing but the version."""
    del version


def main() -> None:
    """Run the command line."""
    app()
