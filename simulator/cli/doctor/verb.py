"""`doctor`: what is wrong here, and what to enter on each device."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from simulator.cli.addresses import url_here
from simulator.cli.exits import NO, CliExit
from simulator.cli.options import Elsewhere, Flags, Json, Place
from simulator.cli.output import as_json, report
from simulator.clock import SystemClock
from simulator.domain.access.platforms import PLATFORMS, Platform

from . import local_checks, remote_checks
from .findings import Finding, Status, ok
from .remote_checks import Running


def doctor(
    elsewhere: Elsewhere,
    flags: Flags,
    platform: Annotated[
        list[str] | None,
        typer.Option(
            help=f"Tell of this platform alone; may be repeated. {', '.join(each.id for each in PLATFORMS)}."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Check ports, database, clocks, certificates and addresses, and tell what to enter on devices.

    It takes the settings that `serve` takes, and looks at the simulator that is running with them, if
    there is one. With --url it looks at that one alone.

    Example: pass-simulator doctor --host 0.0.0.0 --tls auto
    """
    wanted = _platforms(platform or [])
    findings, (plain, secure) = _examined(elsewhere, flags)
    told = [_described(each, plain, secure) for each in wanted]
    worst = [each for each in findings if each.status is Status.FAILED]
    if json:
        as_json(
            {
                "healthy": not worst,
                "checks": [each.view() for each in findings],
                "platforms": told,
            }
        )
    else:
        report(findings, told)
    if worst:
        noun = "check has" if len(worst) == 1 else "checks have"
        raise CliExit(f"{len(worst)} {noun} failed.", status=NO)


def _platforms(names: list[str]) -> list[Platform]:
    known = {each.id: each for each in PLATFORMS}
    for name in names:
        if name not in known:
            raise CliExit(f"There is no platform '{name}'.", f"There are: {', '.join(known)}.")
    return [known[name] for name in names] or list(PLATFORMS)


def _examined(elsewhere: Elsewhere, flags: Flags) -> tuple[list[Finding], tuple[str, str]]:
    """What was found, and the base URLs for devices: by HTTP, and by HTTPS or ""."""
    if elsewhere.place:
        found = remote_checks.meet(elsewhere.place)
        if isinstance(found, str):
            raise CliExit(
                f"{elsewhere.place.url} cannot be reached: {found}",
                "Is it running? Without --url, the settings of this machine are checked.",
            )
        return list(_of_running(found)), remote_checks.base_urls(found)
    settings, now = flags.load(), SystemClock().now()
    url = url_here(settings.host, settings.port)
    place = Place(url=url, admin_token=settings.admin_token or elsewhere.admin_token)
    running = remote_checks.meet(place) if settings.port else "any port"
    findings: list[Finding] = []
    if isinstance(running, Running):
        findings += _of_running(running)
    else:
        findings.append(ok("simulator", f"None is running at {url}: {running}."))
        findings += local_checks.ports(settings)
        findings += local_checks.addresses(settings)
    findings.append(local_checks.admin_api(settings))
    findings += local_checks.database(settings)
    findings += local_checks.system_clock(now)
    findings += local_checks.certificates(settings, now)
    if isinstance(running, Running) and not settings.public_url:
        return findings, remote_checks.base_urls(running)
    return findings, local_checks.base_urls(settings)


def _of_running(running: Running) -> Iterator[Finding]:
    yield from remote_checks.simulator(running)
    yield from remote_checks.addresses(running)
    yield from remote_checks.clock(running)
    yield from remote_checks.certificates(running)


def _described(platform: Platform, plain: str, secure: str) -> dict[str, Any]:
    """What to do on one platform."""
    by_https = platform.scheme == "https" or not plain
    places = {"pem": f"{plain}/certs/ca.pem", "der": f"{plain}/certs/ca.der"}
    return {
        "id": platform.id,
        "name": platform.name,
        "base_url": (secure or plain) if by_https else plain,
        "http": plain,
        "https": secure or None,
        "over_http": platform.plain,
        "over_https": [step.format(**places) for step in platform.trust],
    }
