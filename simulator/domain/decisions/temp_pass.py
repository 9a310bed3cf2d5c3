"""TempPass: access for a limited time, or to a limited number of resources (Adobe: TempPass, TMP1, TMP2)."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from simulator.domain.configuration import (
    Integration,
    Mvpd,
    MvpdId,
    MvpdKind,
    ServiceProviderId,
)
from simulator.domain.errors import EnhancedError
from simulator.domain.members import DeviceId, Id, Instant, Key, Numbered, Prose
from simulator.domain.sessions.profiles import ProfileType, device_digits
from simulator.domain.texts import LONGEST_KEY


@dataclass(frozen=True, kw_only=True, slots=True)
class TempPassTrial:
    """One trial; its clock started at `first_authorized`."""

    id: Annotated[
        Id, Numbered("temp-pass"), "The trial's id; temp-pass-1, temp-pass-2, … if absent."
    ]
    service_provider: ServiceProviderId
    mvpd: Annotated[MvpdId, "The id of the TempPass MVPD."]
    device: Annotated[DeviceId, "The device's identifier."]
    identity: Annotated[
        Key | None, "The user of a promotional TempPass, as AP-TempPass-Identity names it."
    ] = None
    first_authorized: Annotated[Instant, "When the trial's clock started."]
    used_resources: Annotated[tuple[Prose, ...], "The resources that were authorized."] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class TemporaryAccess:
    """What is left of a temporary access: its window, and of a promotional one its resources."""

    not_before: int
    not_after: int
    remaining_resources: int | None
    used_resources: tuple[str, ...]


def type_problem(type_: ProfileType, mvpd: str, kind: MvpdKind) -> str | None:
    """Why no profile of the type can be at `mvpd`: the temporary ones are at TempPasses, and only they."""
    if (type_ is ProfileType.TEMPORARY) == kind.temporary:
        return None
    wanted = "temporary" if kind.temporary else "another type"
    is_one = "is a" if kind.temporary else "is no"
    return f"expected {wanted}, because {mvpd!r} {is_one} TempPass MVPD, found {type_.value!r}"


def trial_problem(mvpd: str, kind: MvpdKind) -> str | None:
    """Why no trial can be at `mvpd`: it is no TempPass."""
    return None if kind.temporary else f"expected a TempPass MVPD, found {mvpd!r}"


def identity(header: str | None, key: str | None) -> str:
    """The identity inside an AP-TempPass-Identity header, which is Base64 of any text.

    A text that is a JSON object has the identity under the `key` of the integration. Raises
    `invalid_header_identity_for_temporary_access` (Adobe: AP-TempPass-Identity header, HDR7, C33).
    """
    code = "invalid_header_identity_for_temporary_access"
    if not header:
        raise EnhancedError(code, "The AP-TempPass-Identity header is missing.")
    try:
        text = base64.b64decode(header, validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise EnhancedError(
            code, "The AP-TempPass-Identity header is not the Base64 of a text."
        ) from error
    # A NUL is what no database keeps, and what is too long none finds.
    if not text.strip() or "\x00" in text:
        raise EnhancedError(code, "The AP-TempPass-Identity header is empty or contains a NUL.")
    if len(text.encode()) > LONGEST_KEY:
        problem = f"The AP-TempPass-Identity header has more than {LONGEST_KEY} bytes."
        raise EnhancedError(code, problem)
    if key is not None and not _has(text, key):
        raise EnhancedError(code, f"The AP-TempPass-Identity header has no text under {key!r}.")
    return text


def _has(text: str, key: str) -> bool:
    try:
        members = json.loads(text)
    except (ValueError, RecursionError):
        return True
    if not isinstance(members, dict):
        return True
    found = members.get(key)
    return isinstance(found, str) and bool(found.strip())


def access(
    mvpd: Mvpd, integration: Integration, trials: Sequence[TempPassTrial], now: int
) -> TemporaryAccess:
    """What the trials of a device, and of an identity, leave of the access at `now`.

    Of several trials the strictest counts. Before the first authorization the window is the one
    that would begin now (Adobe: TempPass, C34). Raises the error of an access that is used up or
    misconfigured.
    """
    ttl, quota = integration.temp_pass_ttl, integration.temp_pass_resources
    promotional = mvpd.kind is MvpdKind.TEMP_PASS_PROMOTIONAL
    if not ttl or ttl < 0 or (promotional and not (quota and integration.temp_pass_key)):
        raise EnhancedError(
            "invalid_configuration_temporary_access",
            f"The integration with {mvpd.id} lacks a temp_pass_ttl, or a promotional one its "
            "temp_pass_resources or temp_pass_key.",
        )
    started = min((trial.first_authorized for trial in trials), default=now)
    if started + ttl <= now:
        raise EnhancedError("temporary_access_duration_limit_exceeded")
    used = max((trial.used_resources for trial in trials), key=len, default=())
    remaining = None if not promotional or quota is None else quota - len(used)
    if remaining is not None and remaining <= 0:
        raise EnhancedError("temporary_access_resources_limit_exceeded")
    return TemporaryAccess(
        not_before=started,
        not_after=started + ttl,
        remaining_resources=remaining,
        used_resources=used,
    )


def user_id(device: str) -> str:
    """The userID of a viewer who has no account: that of the device (Adobe: profile by mvpd, API7)."""
    return f"temppass_{device_digits(device)}"
