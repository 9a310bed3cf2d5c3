"""The SSO service: service tokens, link codes and the devices of a person (Adobe: SSO service, SVC1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from simulator.domain.access import device_info
from simulator.domain.errors import EnhancedError, ServiceError
from simulator.domain.sso.identities import Issuer
from simulator.domain.sso.sso_service import (
    CODE_LENGTH,
    CODE_LIFETIME,
    ISSUER,
    RENEWABLE_FOR,
    TOKEN_LIFETIME,
    LinkCode,
    SsoDevice,
    device_type,
    sso_device_id,
)
from simulator.domain.texts import LONGEST_KEY
from simulator.keys import Keys
from simulator.services.context import AppContext
from simulator.services.shared.admission import DeviceCall, admit_without_device
from simulator.storage.engine.base import Engine
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession

_DIGITS: Final = "0123456789"
_TOLD: Final = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceCall:
    """What a request to the service carries: that of any device call, and the service's own headers.

    `sso_id` names the person, `sso_link` is a code that does, `token` is AD-Service-Token.
    """

    call: DeviceCall
    sso_id: str | None = None
    sso_link: str | None = None
    token: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Issued:
    subject: str
    now: int


def introduce(engine: Engine, keys: Keys) -> None:
    """Let every world know the service's tokens, and take no forged ones for them."""
    engine.trust(Issuer(id=ISSUER, public_key=keys.public_pem))


async def create_token(simulator: AppContext, at: SandboxRef, asked: ServiceCall) -> dict[str, Any]:
    """A token for the person that X-SSO-ID or X-SSO-LINK names; the device becomes theirs.

    Raises `ServiceError`.
    """

    def unit(world: SandboxSession) -> _Issued:
        provider = _admit(world, asked)
        device = _device(asked.call)
        if not asked.call.device_info:
            raise ServiceError("header_missing", "The X-Device-Info header is missing.")
        if not asked.sso_id and not asked.sso_link:
            problem = "One of the headers X-SSO-ID and X-SSO-LINK has to be sent."
            raise ServiceError("header_missing", problem)
        if asked.sso_id and asked.sso_link:
            problem = "Only one of the headers X-SSO-ID and X-SSO-LINK can be sent."
            raise ServiceError("header_invalid", problem)
        if asked.sso_id and len(asked.sso_id.encode()) > LONGEST_KEY:
            problem = f"The X-SSO-ID header has more than {LONGEST_KEY} bytes."
            raise ServiceError("header_invalid", problem)
        subject = asked.sso_id or _linked_to(world, provider, asked.sso_link or "")
        linked = asked.sso_id is None
        by = "X-SSO-LINK" if linked else "X-SSO-ID"
        world.explanation.explain(f"{by} names {subject}, to whom {device} is linked at {provider}")
        _keep(world, provider, subject, device, asked.call, linked=linked)
        return _Issued(subject=subject, now=world.now)

    issued = await simulator.engine.write(at, unit)
    return _token(simulator.keys, issued, "CREATED")


async def renew_token(simulator: AppContext, at: SandboxRef, asked: ServiceCall) -> dict[str, Any]:
    """A new token for the person of one that is valid, or was until recently. Raises `ServiceError`."""

    def unit(world: SandboxSession) -> _Issued:
        _admit(world, asked)
        subject = _subject(world, simulator.keys, asked, missing=400, grace=RENEWABLE_FOR)
        world.explanation.explain(f"the token of {subject} can be renewed")
        return _Issued(subject=subject, now=world.now)

    issued = await simulator.engine.read(at, unit)
    return _token(simulator.keys, issued, "OK")


async def create_link(simulator: AppContext, at: SandboxRef, asked: ServiceCall) -> dict[str, Any]:
    """A code with which another device becomes the person's; good once. Raises `ServiceError`."""

    def unit(world: SandboxSession) -> dict[str, Any]:
        provider, subject, _ = _person(world, simulator.keys, asked)
        codes = world.link_codes
        code = world.ids.text(_DIGITS, CODE_LENGTH)
        while codes.get(code) is not None:
            code = world.ids.text(_DIGITS, CODE_LENGTH)
        until = world.now + CODE_LIFETIME
        world.explanation.explain(f"the code {code} stands for {subject} at {provider}")
        codes.put(
            LinkCode(
                id=code,
                service_provider=provider,
                subject=subject,
                not_before=world.now,
                not_after=until,
            )
        )
        return {"status": "CREATED", "code": code, "notBefore": world.now, "notAfter": until}

    return await simulator.engine.write(at, unit)


async def unlink(
    simulator: AppContext, at: SandboxRef, asked: ServiceCall, devices: Sequence[str] | ServiceError
) -> dict[str, Any]:
    """Let devices go: those of them that were the person's. Raises `ServiceError`.

    `devices` are those of the body, or what is wrong with it.
    """

    def unit(world: SandboxSession) -> dict[str, Any]:
        provider, subject, _ = _person(world, simulator.keys, asked)
        if isinstance(devices, ServiceError):
            raise devices
        known = [each for each in dict.fromkeys(devices) if _owned(world, provider, subject, each)]
        named = ", ".join(known) or f"none of {len(devices)}"
        world.explanation.explain(f"devices of {subject} at {provider} that were let go: {named}")
        if not known:
            _explain_devices(world, subject)
        for device in known:
            found = world.sso_devices.get(sso_device_id(provider, subject, device))
            if found is not None:
                world.sso_devices.put(replace(found, unlinked_at=world.now))
        return {"status": "OK", "unlinkedDevices": known}

    return await simulator.engine.write(at, unit)


async def devices_of(simulator: AppContext, at: SandboxRef, asked: ServiceCall) -> dict[str, Any]:
    """The person's devices, by id. Raises `ServiceError`."""

    def unit(world: SandboxSession) -> dict[str, Any]:
        provider, subject, _ = _person(world, simulator.keys, asked)
        found = world.sso_devices.find(service_provider=provider, subject=subject)
        linked = [each for each in found if each.unlinked_at is None]
        world.explanation.explain(f"{subject} has {len(linked)} devices at {provider}")
        if not linked:
            _explain_devices(world, subject)
        return {"devices": {each.device: _shown(each) for each in linked}}

    return await simulator.engine.read(at, unit)


def _explain_devices(world: SandboxSession, subject: str) -> None:
    """Say which devices the person has or had, for an answer that names none."""
    known = world.sso_devices.find(subject=subject)
    for each in known[:_TOLD]:
        state = "linked" if each.unlinked_at is None else "let go"
        world.explanation.explain(f"the device {each.device} is {state} at {each.service_provider}")
    if not known:
        world.explanation.explain(f"no device was ever linked to {subject}")


def _owned(world: SandboxSession, provider: str, subject: str, device: str) -> bool:
    found = world.sso_devices.get(sso_device_id(provider, subject, device))
    return found is not None and found.unlinked_at is None


def _shown(device: SsoDevice) -> dict[str, Any]:
    return {
        "deviceType": device.device_type,
        "model": device.model,
        "os": device.os,
        "osVersion": device.os_version,
        "lastSeen": device.last_seen,
        "type": "sso" if device.linked else "regular",
    }


def _admit(world: SandboxSession, asked: ServiceCall) -> str:
    """The service provider's id. Raises `ServiceError`."""
    try:
        return admit_without_device(world, asked.call).id
    except EnhancedError as error:
        raise ServiceError("unauthorized", error.message) from error


def _person(world: SandboxSession, keys: Keys, asked: ServiceCall) -> tuple[str, str, str]:
    """Service provider, subject and device of a call about a person's devices."""
    provider = _admit(world, asked)
    device = _device(asked.call)
    return provider, _subject(world, keys, asked, missing=401), device


def _device(call: DeviceCall) -> str:
    if not call.device_identifier:
        raise ServiceError("header_missing", "The AP-Device-Identifier header is missing.")
    try:
        return device_info.device_identifier(call.device_identifier)
    except EnhancedError as error:
        raise ServiceError("header_invalid", error.message) from error


def _subject(
    world: SandboxSession, keys: Keys, asked: ServiceCall, *, missing: int, grace: int = 0
) -> str:
    """The person that AD-Service-Token names; it may have ended `grace` milliseconds ago."""
    if not asked.token:
        problem = "The AD-Service-Token header is missing."
        raise ServiceError("header_missing", problem, status=missing)
    claims = keys.claims(asked.token)
    if claims is None:
        problem = "The AD-Service-Token header is no JSON Web Token with a good signature."
        raise ServiceError("header_invalid", problem)
    if claims.get("iss") != ISSUER:
        raise ServiceError("token_invalid")
    subject, expires = claims.get("sub"), claims.get("exp")
    if not isinstance(subject, str) or not subject:
        raise ServiceError("header_invalid", "The AD-Service-Token header names nobody in its sub.")
    if not isinstance(expires, int) or expires * 1000 + grace <= world.now:
        raise ServiceError("token_expired")
    return subject


def _linked_to(world: SandboxSession, provider: str, code: str) -> str:
    """The person of a link code, which is used up by this."""
    found = world.link_codes.get(code)
    if found is None or found.service_provider != provider:
        raise ServiceError("header_invalid", "The code in X-SSO-LINK is unknown or was used.")
    if found.not_after <= world.now:
        raise ServiceError("header_invalid", "The code in X-SSO-LINK has expired.")
    world.link_codes.delete(code)
    return found.subject


def _keep(
    world: SandboxSession,
    provider: str,
    subject: str,
    device: str,
    call: DeviceCall,
    *,
    linked: bool,
) -> None:
    info = device_info.device_info(call.device_info, strict=False)
    world.sso_devices.put(
        SsoDevice(
            id=sso_device_id(provider, subject, device),
            service_provider=provider,
            subject=subject,
            device=device,
            device_type=device_type(
                _text_in(info, "primaryHardwareType"),
                _text_in(info, "osName"),
                device_info.platform(info, call.user_agent).category,
            ),
            model=_text_in(info, "model"),
            os=_text_in(info, "osName"),
            os_version=_text_in(info, "osVersion"),
            linked=linked,
            last_seen=world.now,
        )
    )


def _text_in(info: Mapping[str, Any], name: str) -> str | None:
    value = info.get(name)
    return value.replace("\x00", "?") if isinstance(value, str) else None


def _token(keys: Keys, issued: _Issued, status: str) -> dict[str, Any]:
    token = keys.sso_token(
        issuer=ISSUER, subject=issued.subject, now=issued.now, lifetime=TOKEN_LIFETIME
    )
    begins = issued.now // 1000 * 1000
    return {
        "status": status,
        "serviceToken": token,
        "notBefore": begins,
        "notAfter": begins + TOKEN_LIFETIME * 1000,
    }
