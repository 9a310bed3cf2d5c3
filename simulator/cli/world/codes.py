"""`code`: logging in, refusing and running out of time by hand, where a person would open a page."""

from typing import Annotated, Any

import typer

from pass_simulator.transport.connection import drop_none, path_segment
from simulator.cli.exits import NO, CliExit
from simulator.cli.options import Json, Place
from simulator.cli.output import as_json, print_result, table
from simulator.cli.remote import call, items

from .parameters import Client, Device, Mvpd, Provider

Code = Annotated[
    str | None,
    typer.Argument(help="The code. Default: the only one that is waiting.", show_default=False),
]


def show_all(
    at: Place,
    device: Device = None,
    mvpd: Mvpd = None,
    service_provider: Provider = None,
    client: Client = None,
    json: Json = False,
) -> None:
    """List the codes that somebody could log in with.

    Example: pass-simulator code list --device bedroom-tv
    """
    filters = drop_none(device=device, mvpd=mvpd, service_provider=service_provider, client=client)
    found = items(at, "codes", filters)
    if json:
        as_json({"items": found})
        return
    table(
        ("code", "device", "service provider", "mvpd", "status", "until", "where to log in"),
        [
            (
                each["code"],
                each["device"],
                each["service_provider"],
                each["mvpd"],
                each["status"],
                each["not_after"],
                each["url"] or f"lacks {', '.join(each['missing'])}",
            )
            for each in found
        ],
        empty="No code is waiting for a login.",
    )


def approve(
    at: Place,
    code: Code = None,
    device: Device = None,
    subscriber: Annotated[
        str | None,
        typer.Option(help="Who logs in. Default: one that fits.", show_default=False),
    ] = None,
    mvpd: Mvpd = None,
    json: Json = False,
) -> None:
    """Log in with a code, as a person would on the provider's page.

    Example: pass-simulator code approve ABC2345 --subscriber demo --mvpd Cablevision

    Example: pass-simulator code approve --device bedroom-tv
    """
    body = drop_none(subscriber=subscriber, mvpd=mvpd)
    _end(at, _waiting(at, code, device), "approve", body, json, "Logged in")


def deny(at: Place, code: Code = None, device: Device = None, json: Json = False) -> None:
    """Let the login with a code fail: somebody gave up, or was not let in.

    Example: pass-simulator code deny ABC2345
    """
    _end(at, _waiting(at, code, device), "deny", {}, json, "Denied")


def expire(at: Place, code: Code = None, device: Device = None, json: Json = False) -> None:
    """Let a code run out of time now.

    Example: pass-simulator code expire ABC2345
    """
    _end(at, _waiting(at, code, device), "expire", {}, json, "Expired")


def put_next(
    code: Annotated[str, typer.Argument(help="The code.")], at: Place, json: Json = False
) -> None:
    """Choose the code that the next session gets.

    Example: pass-simulator code next LAB2345
    """
    found = call(at, "PUT", "codes/next", {"code": code})
    print_result(found, json, f"The next session gets {found['code']}.")


def _waiting(at: Place, code: str | None, device: str | None) -> str:
    """The code that is meant. Raises `CliExit`."""
    if code is not None:
        return code
    found = [each["code"] for each in items(at, "codes", drop_none(device=device))]
    if not found:
        raise CliExit(
            "No code is waiting for a login.",
            "An app shows one when it has begun a session; see `pass-simulator requests list`.",
            status=NO,
        )
    if len(found) > 1:
        raise CliExit(
            f"{len(found)} codes are waiting: {', '.join(found)}.",
            "Name one of them, or its device with --device.",
        )
    return str(found[0])


def _end(at: Place, code: str, how: str, body: dict[str, Any], json: bool, said: str) -> None:
    found = call(at, "POST", f"codes/{path_segment(code)}/{how}", body)
    where = f" at {found['mvpd']}" if found["mvpd"] else ""
    print_result(found, json, f"{said}: {code} of {found['device']}{where}.")
