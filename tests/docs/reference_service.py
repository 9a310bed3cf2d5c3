"""The reference of what is run and called: settings, command line, admin API, operations."""

import re
from typing import Any, Final

from simulator.admin.openapi import document
from simulator.cli.commands import GROUPS, VERBS
from simulator.cli.exits import STATUSES
from simulator.http.endpoint import Surface
from simulator.routes import ENDPOINTS
from simulator.settings import Settings
from tests.cli.commands import command
from tests.docs.tables import code, prose, table


def settings() -> str:
    """The settings of an instance."""
    return f"""# Settings

A setting is a flag of `pass-simulator serve`, else an environment variable, else a line in the TOML file
that `--config` (or `PASS_SIMULATOR_CONFIG`) names, else the default. A bad value refuses to start and
says which of them it was.

{table(("Flag", "Environment", "Takes", "Default", "What it does"), map(_setting, Settings.model_fields))}

In the file, a setting has its name without dashes in front and with underscores:

```toml
port = 9000
log_format = "json"
```

What holds for one sandbox and not for the whole instance is a [switch](reference-switches.md).
"""


def _setting(name: str) -> tuple[str, ...]:
    field = Settings.model_fields[name]
    default = field.default
    return (
        code("--" + name.replace("_", "-")),
        code(f"PASS_SIMULATOR_{name.upper()}"),
        prose(_takes(Settings.kind(name))),
        code(default) if default not in {None, (), False} else "",
        prose(field.description),
    )


def _takes(kind: str) -> str:
    return " or ".join(map(code, kind.split("|"))) if "|" in kind else kind


def command_line() -> str:
    """Every verb with its arguments and options."""
    parts = [
        f"""# Command line

`pass-simulator VERB --help` says the same on the terminal. Each option can be given as an environment
variable instead. `--json` prints what a script can read. {STATUSES}

`pass-simulator --install-completion` completes verbs and options in your shell.
"""
    ]
    introduced: set[str] = set()
    for panel, verbs in VERBS.items():
        parts.append(f"## {panel}\n")
        for each in verbs:
            group = each.path.partition(" ")[0]
            if group in GROUPS and group not in introduced:
                introduced.add(group)
                parts.append(f"`{group}`: {GROUPS[group]}\n")
            parts.append(_verb(each.path))
    return "\n".join(parts)


def _verb(path: str) -> str:
    found = command(path)
    about = (found.help or "").split("\n\n")
    arguments = [each for each in found.params if each.param_type_name == "argument"]
    options = [
        each for each in found.params if each.param_type_name == "option" and each.name != "help"
    ]
    shown = [
        f"{'' if each.required else '['}{each.name.upper()}{'…' if each.nargs == -1 else ''}"
        f"{'' if each.required else ']'}"
        for each in arguments
    ]
    texts = [
        f"Example: `{prose(each.removeprefix('Example: '))}`"
        if each.startswith("Example: ")
        else prose(each)
        for each in about
    ]
    flags = table(
        ("Option", "Environment", "What it does"), (_option(path, each) for each in options)
    )
    return (
        "\n\n".join(
            each
            for each in (
                f"### {path}",
                code(
                    " ".join(["pass-simulator", path, *shown, *(["[OPTIONS]"] if options else [])])
                ),
                *texts,
                "\n".join(f"- `{each.name.upper()}`: {prose(each.help)}" for each in arguments),
                flags,
            )
            if each
        )
        + "\n"
    )


def _option(path: str, option: Any) -> tuple[str, ...]:  # noqa: ANN401 - the class is not public
    variable = option.envvar or f"PASS_SIMULATOR_{path.replace(' ', '_')}_{option.name}".upper()
    default = option.default
    told = "" if callable(default) or default in {None, False, ()} else f" Default: `{default}`."
    about = prose(option.help)
    return (
        ", ".join(map(code, [*option.opts, *option.secondary_opts])),
        code(variable),
        about if "Default: " in about else about + told,
    )


def admin_api() -> str:
    """The operations of the admin API, by heading."""
    described = document(ENDPOINTS, "http://127.0.0.1:8642")
    parts = [
        f"""# Admin API

{described["info"]["description"]}

A running simulator has all of it, with the members of each body and answer, at `/admin/v1/docs`; the same
for programs, in OpenAPI 3.1, is at `/admin/v1/openapi.json`.
"""
    ]
    for tag in described["tags"]:
        rows = [
            (code(method.upper()), code(path), prose(operation["summary"]))
            for path, of_path in described["paths"].items()
            for method, operation in of_path.items()
            if operation["tags"] == [tag["name"]]
        ]
        head = ("Method", "Path", "What it does")
        parts.append(f"## {tag['name']}\n\n{prose(tag['description'])}\n\n{table(head, rows)}\n")
    return "\n".join(parts)


_OTHERS: Final = frozenset({Surface.WEB, Surface.CONSOLE, Surface.PROBE})
_GROUPS: Final = (
    ("For people", ("/", "/docs", "/activate", "/certs")),
    ("The console", ("/console",)),
    ("Steps of a login or logout", ("/adobe-services", "/provider", "/sp")),
    ("For programs", ("",)),
)
# The call, with which the docstring of a handler begins.
_CALL: Final = re.compile(r"`(?:[A-Z]* ?/|[A-Z]+ )[^`]*`[:;,.]?\s*")


def other_pages() -> str:
    """What is served besides the device-facing and the admin API."""
    left = [each for each in ENDPOINTS if each.surface in _OTHERS]
    parts = [
        """# Pages and probes

What is served besides the device-facing and the admin API.
"""
    ]
    for title, prefixes in _GROUPS:
        here = [each for each in left if any(_below(each.path, prefix) for prefix in prefixes)]
        left = [each for each in left if each not in here]
        rows = [
            (code(each.method), code(each.path), _told(each.handler.__doc__ or "")) for each in here
        ]
        parts.append(f"## {title}\n\n{table(('Method', 'Path', 'What it is'), rows)}\n")
    return "\n".join(parts)


def _below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/") if prefix != "/" else path == "/"


def _told(text: str) -> str:
    told = _CALL.sub("", prose(text.partition("\n\n")[0]), count=1)
    return told[:1].upper() + told[1:]
