"""`new`: a scenario for a channel of one's own."""

import json as json_text
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from simulator.validation.problems import ScenarioError

from .exits import NO, CliExit
from .files import PIPE, write
from .options import Json
from .output import as_json, at_terminal, note, print_result

# Plain in YAML, whatever its readers take for a number, a date or a truth.
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[ ._-][A-Za-z0-9]+)*")
_SPECIAL: Final = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n"})
_MVPDS: Final = ("Cablevision", "Spectrum")


@dataclass(frozen=True, kw_only=True, slots=True)
class Channel:
    """What a scenario of one's own is made from."""

    id: str
    name: str
    title: str
    domain: str
    mvpds: Sequence[str]
    resources: Sequence[str]


def new(
    channel: Annotated[
        str | None,
        typer.Argument(
            help="The channel's id, which the app sends as its requestor or service provider.",
            show_default=False,
        ),
    ] = None,
    title: Annotated[
        str | None, typer.Option(help="Its name for people. Default: the id.", show_default=False)
    ] = None,
    domain: Annotated[
        str | None,
        typer.Option(help="A domain of its app. Default: its id at .example.", show_default=False),
    ] = None,
    mvpd: Annotated[
        list[str] | None,
        typer.Option(
            help=f"A provider to log in at; may be repeated. Default: {' and '.join(_MVPDS)}.",
            show_default=False,
        ),
    ] = None,
    resource: Annotated[
        list[str] | None,
        typer.Option(
            help="A resource that the app asks for; may be repeated. The first one is all that a second "
            "viewer may watch.",
            show_default=False,
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(help="The scenario's. Default: the id in small letters.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Where to write it. Default: NAME.yaml.", show_default=False
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    json: Json = False,
) -> None:
    """Write a small scenario for a channel of your own, to go on from.

    What is not said is asked for at a terminal, and has a default elsewhere.

    Example: pass-simulator new

    Example: pass-simulator new MYTV --mvpd Cablevision --mvpd Dish --resource NEWS
    """
    made = _asked(channel, title, domain, mvpd, resource, name)
    text = written(made)
    _check(text)
    file = output or Path(f"{made.name}.yaml")
    if file == PIPE:
        print_result({"name": made.name, "text": text}, json, text.rstrip("\n"))
        return
    if file.exists() and not force:
        raise CliExit(
            f"{file} is there already.", "Give another one with --output, or --force.", status=NO
        )
    write(file, text.encode())
    if json:
        as_json({"file": str(file), "name": made.name})
        return
    folder = file.parent if file.is_absolute() else Path("./") / file.parent
    note(f"Wrote {file}. Serve it:")
    typer.echo(f"pass-simulator serve --scenarios {folder} --scenario {made.name} --db :memory:")


def _asked(
    channel: str | None,
    title: str | None,
    domain: str | None,
    mvpds: list[str] | None,
    resources: list[str] | None,
    name: str | None,
) -> Channel:
    """What the flags say, and for the rest what somebody answers. Raises `CliExit`."""
    # Who names the channel has said what there is to say.
    asks = channel is None and at_terminal()
    if channel is None and not asks:
        raise CliExit("Which channel is it for?", "Give its id, such as `pass-simulator new MYTV`.")
    channel = channel or typer.prompt("Channel, by the id that the app sends", err=True)
    lower = re.sub(r"[^a-z0-9]+", "-", channel.lower()).strip("-") or "channel"
    title = title or _answer(asks, "Its name for people", channel)
    if not mvpds:
        mvpds = _answer(asks, "Providers to log in at", " ".join(_MVPDS)).split()
    if not resources:
        resources = _answer(asks, "Resources that the app asks for", "").split()
    return Channel(
        id=channel,
        name=name or lower,
        title=title,
        domain=domain or _answer(asks, "A domain of its app", f"{lower}.example"),
        mvpds=[*dict.fromkeys(mvpds)],
        resources=resources,
    )


def _answer(asks: bool, question: str, default: str) -> str:
    if not asks:
        return default
    return str(typer.prompt(question, default=default, show_default=bool(default), err=True))


def written(channel: Channel) -> str:
    """The scenario as YAML, with comments for whoever goes on from it."""
    return "\n".join(_lines(channel)) + "\n"


def _lines(channel: Channel) -> Iterator[str]:
    provider, app = _scalar(channel.id), _scalar(f"{channel.name}-app")
    yield "# Everything that can stand here: docs/reference-scenario-files at the running simulator."
    yield f"name: {_scalar(channel.name)}"
    yield f"title: {_scalar(channel.title)}"
    yield "service_providers:"
    yield f"  - id: {provider}"
    yield f"    name: {_scalar(channel.title)}"
    yield f"    domains: [{_scalar(channel.domain)}]"
    yield f"    default_redirect_url: {_scalar(f'https://{channel.domain}')}"
    yield "# Who viewers can choose from; display_name is what they read."
    yield "mvpds:"
    for each in channel.mvpds:
        yield f"  - {{id: {_scalar(each)}, display_name: {_scalar(each)}}}"
    yield "# Where the channel works, and how long a login is good there."
    yield "integrations:"
    for each in channel.mvpds:
        yield f"  - {{service_provider: {provider}, mvpd: {_scalar(each)}, authentication_ttl: P30D}}"
    yield "# What the app registers with; `pass-simulator token` does without."
    yield "applications:"
    yield f"  - {{id: {app}, service_providers: [{provider}]}}"
    yield "# Who can log in, at each provider. The first one may watch everything."
    yield "subscribers:"
    yield "  - {id: viewer, password: viewer}"
    if channel.resources:
        first, *others = map(_scalar, channel.resources)
        yield f"  - {{id: basic, password: basic, entitlements: [{first}]}}"
        if others:
            yield f"# Denied to basic: {', '.join(others)}."


def _scalar(text: str) -> str:
    """`text` as YAML has it: plain where that is safe, else as JSON, which is YAML too."""
    plain = _PLAIN.fullmatch(text) and text.lower() not in _SPECIAL
    return text if plain else json_text.dumps(text, ensure_ascii=False)


def _check(text: str) -> None:
    """Raise `CliExit` with all that is wrong with what was given."""
    from simulator.scenarios import compiling
    from simulator.scenarios.loading import parse

    try:
        compiling.sound(parse(text))
    except ScenarioError as error:
        problems = "\n".join(f"  {each.path}: {each.problem}" for each in error.problems)
        raise CliExit(f"No scenario can be made of that:\n{problems}", "See --help.") from None
