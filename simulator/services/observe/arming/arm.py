"""Arming a sandbox: whatever an app was not shown yet, its next matching call shows it."""

import base64
import json
from dataclasses import asdict
from typing import Any, Final

from simulator.domain.journal.entries import Wanted
from simulator.services.context import AppContext
from simulator.services.control import clock, tokens
from simulator.services.control.tokens import ResponseOrder, StatusOrder
from simulator.services.errors import NothingToArm
from simulator.services.observe import requests
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession

from .preparing import Way
from .staging import NextCall, Stage, target_in
from .ways import way_to

_LOOKED_AT: Final = 50
_SECOND: Final = 1_000
_NAME: Final = "coverage"
_REDIRECT: Final = "https://app.example/signed-in"
_HEADERS: Final = {
    "service_token": ("AD-Service-Token", "lab-idp"),
    "platform_identity": ("Adobe-Subject-Token", "lab-platform"),
}


async def arm(
    simulator: AppContext, at: SandboxRef, cell: str, device: str | None = None
) -> dict[str, Any]:
    """Prepare the sandbox for a cell; what was done, and the call that is to come then.

    Without a `device` it is for the one that called last, else for the sandbox's first. Raises
    `NothingToArm`, and nothing has changed then.
    """
    way = way_to(cell)
    latest = await requests.find(
        simulator, at, Wanted(texts={}), after=0, limit=_LOOKED_AT, newest_first=True
    )
    own = [each for each in latest if each["device"] and device in {None, each["device"]}]
    called = own[0]["device"] if own else device
    provider = next((each["service_provider"] for each in own if each["service_provider"]), None)
    mvpds = [each["mvpd"] for each in own if each["mvpd"] and each["service_provider"] == provider]

    def unit(world: SandboxSession) -> NextCall:
        name = called or next((each.id for each in world.devices.page(limit=1)), None)
        if name is None:
            raise NothingToArm(
                "No device has called yet, and the sandbox describes none.",
                "Name the device that is to be shown this.",
            )
        target = target_in(world, name, provider=provider, mvpds=mvpds)
        stage = Stage(world, target, way.call)
        if way.prepare is not None:
            way.prepare(stage)
        return stage.call

    call = await simulator.engine.write(at, unit, long=True)
    if way.passes_time:
        await _expire_tokens(simulator, at)
    await _hand_out(simulator, at, call)
    return {"cell": cell, "did": way.says, "then": _described(way, call)}


async def _expire_tokens(simulator: AppContext, at: SandboxRef) -> None:
    """Let pass as much time as an access token is good for."""
    lifetime = await simulator.engine.read(
        at, lambda world: int(world.config.setting("access_token.lifetime"))
    )
    await clock.advance(simulator, at, (lifetime + 1) * _SECOND)


async def _hand_out(simulator: AppContext, at: SandboxRef, call: NextCall) -> None:
    """Make what the call has to carry, and what only partners and identity services can make."""
    for kind, (header, issuer) in _HEADERS.items():
        if kind in call.tokens:
            call.headers[header] = await tokens.sso_token(
                simulator, at, issuer=issuer, subject=call.tokens[kind], expires_in=86_400
            )
    access = call.tokens.get("partner_status")
    if access is not None:
        order = StatusOrder(mvpd=call.mvpd, access=access)
        status = await tokens.partner_status(simulator, at, order)
        call.headers["AP-Partner-Framework-Status"] = status["header"]
    if "saml_response" in call.tokens:
        response = ResponseOrder(mvpd=call.mvpd or "")
        call.parameters["SAMLResponse"] = await tokens.saml_response(simulator, at, response)
    if "domainName" in call.parameters:
        call.parameters |= {"domainName": "app.example", "redirectUrl": _REDIRECT}
    if "identity" in call.tokens:
        identity = json.dumps({call.tokens["identity"]: f"{_NAME}@example.com"})
        call.headers["AP-TempPass-Identity"] = base64.b64encode(identity.encode()).decode()
    if call.operation in {"authorize", "preauthorize"}:
        call.resources = (f"{_NAME}-channel",)


def _described(way: Way, call: NextCall) -> dict[str, Any]:
    members = asdict(call)
    del members["tokens"]
    return {**members, "resources": [*call.resources], "note": way.note, "first": way.first}
