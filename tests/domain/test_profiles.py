"""When a profile is valid, who holds it, and who vouches for it (Adobe: profiles, API6, SSO1)."""

from dataclasses import replace
from typing import Final

import pytest

from simulator.domain.sessions.profiles import Profile, ProfileType

PROFILE: Final = Profile(
    id="p", service_provider="LABSP", mvpd="LabCable", device="tv", not_before=100, not_after=200
)


@pytest.mark.parametrize(
    ("now", "valid"), [(99, False), (100, True), (199, True), (200, False), (201, False)]
)
def test_the_window_includes_its_beginning_and_excludes_its_end(now: int, valid: bool) -> None:
    assert PROFILE.valid(now) is valid


def test_an_invalidated_profile_is_never_valid() -> None:
    assert not replace(PROFILE, invalidated=True).valid(150)


@pytest.mark.parametrize(
    ("owner", "asks", "held"), [(None, "a", True), ("a", "a", True), ("a", "b", False)]
)
def test_a_profile_without_owner_is_held_by_whoever_asks(
    owner: str | None, asks: str, held: bool
) -> None:
    assert replace(PROFILE, client=owner).held_by(asks) is held


@pytest.mark.parametrize(
    ("kind", "issuer", "by_header"),
    [
        ("regular", "LabCable", False),
        ("degraded", "Adobe", False),
        ("temporary", "Adobe", False),
        ("appleSSO", "Apple", False),
        ("platformSSO", "LabCable", True),
        ("serviceTokenSSO", "LabCable", True),
    ],
)
def test_a_type_has_its_issuer_and_may_live_by_its_header_alone(
    kind: str, issuer: str, by_header: bool
) -> None:
    found = replace(PROFILE, type=ProfileType(kind))
    assert (found.issuer, found.type.by_header) == (issuer, by_header)


def test_there_are_the_six_documented_types() -> None:
    assert len(ProfileType) == 6
