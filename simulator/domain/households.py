"""The people and the boxes: subscribers of an MVPD and the devices in their homes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final

from simulator.domain.members import DeviceId, Id, Implied, Key, Reference, Text

PASSWORD: Final = "password"
"""What a subscriber logs in with who is given nothing else."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscriber:
    """An account at an MVPD; `entitlements` of None permits every resource.

    `denials` maps a resource, or "*" for every one, to the `code`, and perhaps the `details`, that
    the MVPD answers with instead.
    """

    id: Annotated[Id, "The subscriber's id within the scenario."]
    username: Annotated[Key, Implied(str), "The name to log in with; the id when absent."]
    password: Annotated[Text, "The password to log in with."] = PASSWORD
    name: Annotated[Text | None, "The viewer's name."] = None
    mvpd: Annotated[Id | None, Reference("mvpds"), "The MVPD of the account; any when absent."] = (
        None
    )
    user_id: Annotated[Text | None, "The userID that profiles of the viewer carry."] = None
    household: Annotated[Text | None, "The household, which several may share."] = None
    entitlements: Annotated[
        tuple[Text, ...] | None,
        "The resources that the viewer may watch; every resource when absent. An MRSS "
        "resource goes by its whole text, or by the title of its channel.",
    ] = None
    denials: Annotated[
        Mapping[str, Mapping[str, str]],
        "What the MVPD answers for a resource, or for every one under *, whatever the "
        "entitlements say: the code of a decision's error, or code and details. With "
        "authorization_denied_by_mvpd preauthorize says preauthorization_denied_by_mvpd; with "
        "preauthorization_denied_by_mvpd only preauthorize denies. Decisions that are cached "
        "stand.",
    ] = field(default_factory=dict)
    attributes: Annotated[
        Mapping[str, object], "Further user metadata, such as zip or maxRating, by name."
    ] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Device:
    """A streaming device, named by the plain text inside its AP-Device-Identifier header."""

    id: Annotated[DeviceId, "The plain text inside the AP-Device-Identifier header."]
    name: Annotated[Text | None, "The name for people."] = None
    platform: Annotated[
        Text | None, "The platform, such as Roku, tvOS, FireTV, Android, iOS or desktop."
    ] = None
    subscriber: Annotated[
        Id | None, Reference("subscribers"), "The id of the subscriber whose device it is."
    ] = None
    info: Annotated[Mapping[str, object], "What its X-Device-Info header says."] = field(
        default_factory=dict
    )
