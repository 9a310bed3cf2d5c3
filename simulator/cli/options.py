"""What many verbs are given: bundles of options that stand in a verb's signature as one parameter."""

import functools
import gc
import inspect
import json as json_text
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from inspect import Parameter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from .addresses import LOCAL, local_url
from .completion import sandbox_names, scenario_names
from .exits import CliExit

if TYPE_CHECKING:
    from simulator.settings import Settings

Json = Annotated[
    bool,
    typer.Option(
        "--json",
        envvar="PASS_SIMULATOR_JSON",
        help="Print JSON, for a machine to read.",
        show_default=False,
    ),
]


def pairs(given: list[str] | None, form: str, example: str) -> list[tuple[str, str]]:
    """What stands before and behind the first "=" of each. Raises `CliExit` where there is no `form`."""
    found = [each.partition("=") for each in given or ()]
    for name, equals, value in found:
        if not equals or not name:
            raise CliExit(
                f"'{name}{equals}{value}' is not {form}.", f"Write {example}, for example."
            )
    return [(name, value) for name, _, value in found]


def values(given: list[str] | None, form: str, example: str) -> dict[str, Any]:
    """As `pairs`, with what is JSON decoded and all else as the text that it is. Raises `CliExit`."""
    return {name: _value(text) for name, text in pairs(given, form, example)}


def _value(text: str) -> object:
    try:
        return json_text.loads(text)
    except ValueError:
        return text


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A running simulator: its address, one of its sandboxes, and what it takes to be let in."""

    url: str
    sandbox: str | None = None
    admin_token: str | None = None
    ca: Path | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """A running simulator as a whole, whichever of its sandboxes a verb names."""

    url: str
    admin_token: str | None = None
    ca: Path | None = None

    @property
    def place(self) -> Place:
        """Where to ask it."""
        return Place(url=self.url, admin_token=self.admin_token, ca=self.ca)


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """Where a simulator is, or will be."""

    url: str
    ca: Path | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Elsewhere:
    """Perhaps a running simulator; without a `url` the verb looks here instead."""

    url: str | None
    admin_token: str | None = None
    ca: Path | None = None

    @property
    def place(self) -> Place | None:
        """The running simulator, if one was named."""
        if self.url is None:
            return None
        return Place(url=self.url, admin_token=self.admin_token, ca=self.ca)


@dataclass(frozen=True, kw_only=True, slots=True)
class Flags:
    """Settings as they were given on the command line or in the environment; None where they were not."""

    values: dict[str, Any]
    config: Path | None

    def load(self) -> "Settings":
        """The settings that come to hold. Raises `CliExit` with everything that is wrong with them."""
        from simulator.cli.server.serving import settings_from

        return settings_from(self.values, self.config)


class CertificateFlags(Flags):
    """Those settings that certificates depend on."""


def _variable(name: str) -> str:
    return f"PASS_SIMULATOR_{name.upper()}"


def _option(name: str, kind: Any, help_text: str, default: object = None, **more: Any) -> Parameter:  # noqa: ANN401 - types, and whatever typer takes
    flag = "--" + name.replace("_", "-")
    option = typer.Option(flag, help=help_text, envvar=_variable(name), **more)
    annotation = Annotated[kind, option]
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _setting(name: str) -> Parameter:
    """The flag of a setting; its value is checked where those of environment and file are."""
    from simulator.settings import Settings

    field = Settings.model_fields[name]
    kind = Settings.kind(name)
    text = field.description or ""
    if field.default not in {None, (), False}:
        text = f"{text} Default: {field.default}."
    panel = "Certificates" if name.startswith("tls") else "Settings"
    types: dict[str, object] = {"many": list[str] | None, "path": Path | None, "flag": bool | None}
    metavars = {"many": "<text>", "flag": None}
    return _option(
        name,
        types.get(kind, str | None),
        text,
        metavar=metavars.get(kind, f"<{kind}>"),
        autocompletion=scenario_names if name == "scenario" else None,
        rich_help_panel=panel,
        show_default=False,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Bundle:
    options: tuple[Parameter, ...]
    make: Callable[..., object]


_URL: Final = _option(
    "url",
    str | None,
    "Where the simulator is running. Default: where `serve` listens with the same variables, else "
    f"{LOCAL}.",
    show_default=False,
)
_TOKEN: Final = _option("admin_token", str | None, "The token that its admin API asks for.")
_CA: Final = _option("ca", Path | None, "PEM file of the authority to trust, for https.")


def _settings(kind: type[Flags], *names: str) -> _Bundle:
    """Flags for these settings, or for all."""
    from simulator.settings import Settings, is_service_link

    def _is_of_kubernetes(name: str, value: object) -> bool:
        return is_service_link(value) and value == os.environ.get(_variable(name))

    config = _option("config", Path | None, "TOML file with any of these settings.")

    def make(**given: Any) -> Flags:  # noqa: ANN401 - the values of options
        file = given.pop("config")
        values = {
            name: None if value == [] or _is_of_kubernetes(name, value) else value
            for name, value in given.items()
        }
        return kind(values=values, config=file)

    return _Bundle(options=(*map(_setting, names or Settings.model_fields), config), make=make)


def _at_url(kind: Callable[..., object]) -> Callable[..., object]:
    """`kind`, with a url where none was given."""

    def make(*, url: str | None, **given: Any) -> object:  # noqa: ANN401 - the values of options
        return kind(url=local_url() if url is None else url, **given)

    return make


_BUNDLES: Final[dict[object, Callable[[], _Bundle]]] = {
    Place: lambda: _Bundle(
        options=(
            _URL,
            _option(
                "sandbox",
                str | None,
                "The sandbox to work in. Default: default.",
                autocompletion=sandbox_names,
            ),
            _TOKEN,
            _CA,
        ),
        make=_at_url(Place),
    ),
    Server: lambda: _Bundle(options=(_URL, _TOKEN, _CA), make=_at_url(Server)),
    Address: lambda: _Bundle(options=(_URL, _CA), make=_at_url(Address)),
    Elsewhere: lambda: _Bundle(
        options=(
            _option("url", str | None, "Ask the simulator that is running there instead."),
            _TOKEN,
            _CA,
        ),
        make=Elsewhere,
    ),
    Flags: lambda: _settings(Flags),
    CertificateFlags: lambda: _settings(
        CertificateFlags, "db", "tls_dir", "tls_name", "public_url"
    ),
}


def verb(function: Callable[..., None]) -> Callable[..., None]:
    """`function` as typer takes it: bundles unpacked into options, and `CliExit` into an exit status."""
    signature = inspect.signature(function, eval_str=True)
    bundles = {
        each.name: _BUNDLES[each.annotation]()
        for each in signature.parameters.values()
        if each.annotation in _BUNDLES
    }
    options: dict[str, Parameter] = {}
    for each in signature.parameters.values():
        bundle = bundles.get(each.name)
        own = [each.replace(kind=Parameter.KEYWORD_ONLY)]
        for option in bundle.options if bundle else own:
            # What two bundles share, such as the admin token, is given once and goes to both.
            options.setdefault(option.name, option)

    @functools.wraps(function)
    def run(**given: Any) -> None:  # noqa: ANN401 - the values of options
        made = {
            name: bundle.make(**{each.name: given[each.name] for each in bundle.options})
            for name, bundle in bundles.items()
        }
        made |= {name: given[name] for name in signature.parameters if name not in bundles}
        # From here on a verb may go on for long.
        gc.enable()
        try:
            function(**made)
        except CliExit as ended:
            if ended.message:
                typer.echo(f"pass-simulator: {ended.message}", err=True)
            if ended.hint:
                typer.echo(ended.hint, err=True)
            sys.stdout.flush()
            raise typer.Exit(ended.status) from None

    run.__signature__ = inspect.Signature(list(options.values()))  # type: ignore[attr-defined]
    # A sentence may go over several lines in the source; on the screen it is as wide as that is.
    paragraphs = (inspect.getdoc(function) or "").split("\n\n")
    run.__doc__ = "\n\n".join(" ".join(each.split()) for each in paragraphs)
    run.__annotations__ = {name: each.annotation for name, each in options.items()}
    return run
