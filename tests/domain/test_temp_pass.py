"""TempPass: what its trials leave of an access, and who has one (Adobe: TempPass, TMP1, TMP2)."""

import base64
import re
from typing import Any, Final

import pytest

from simulator.domain.configuration import Integration, Mvpd, MvpdKind
from simulator.domain.decisions.temp_pass import (
    TemporaryAccess,
    TempPassTrial,
    access,
    identity,
    user_id,
)
from simulator.domain.errors import EnhancedError

BASIC: Final = Mvpd(id="TempBasic", display_name="Free", kind=MvpdKind.TEMP_PASS_BASIC)
PROMO: Final = Mvpd(id="TempPromo", display_name="Free", kind=MvpdKind.TEMP_PASS_PROMOTIONAL)

TTL: Final = 1_000
NOW: Final = 50_000
DURATION: Final = "temporary_access_duration_limit_exceeded"
RESOURCES: Final = "temporary_access_resources_limit_exceeded"
CONFIGURATION: Final = "invalid_configuration_temporary_access"


def _integration(mvpd: Mvpd, **members: Any) -> Integration:  # noqa: ANN401
    pair = {"id": "i", "service_provider": "LABSP", "mvpd": mvpd.id}
    limits = {"temp_pass_ttl": TTL, "temp_pass_resources": 2, "temp_pass_key": "email"}
    return Integration(**{**pair, **limits, **members})


def _trial(first_authorized: int, *used: str) -> TempPassTrial:
    return TempPassTrial(
        id=f"{first_authorized} {used}",
        service_provider="LABSP",
        mvpd="TempPromo",
        device="tv",
        first_authorized=first_authorized,
        used_resources=used,
    )


def _access(mvpd: Mvpd, *trials: TempPassTrial, **members: Any) -> TemporaryAccess:  # noqa: ANN401
    return access(mvpd, _integration(mvpd, **members), trials, NOW)


def _refused(mvpd: Mvpd, *trials: TempPassTrial, **members: Any) -> str:  # noqa: ANN401
    with pytest.raises(EnhancedError) as refused:
        _access(mvpd, *trials, **members)
    return refused.value.code


@pytest.mark.parametrize(("mvpd", "remaining"), [(BASIC, None), (PROMO, 2)], ids=["basic", "promo"])
def test_before_the_first_authorization_the_window_begins_now(
    mvpd: Mvpd, remaining: int | None
) -> None:
    found = _access(mvpd)
    assert (found.not_before, found.not_after) == (NOW, NOW + TTL)
    assert (found.remaining_resources, found.used_resources) == (remaining, ())


@pytest.mark.parametrize("mvpd", [BASIC, PROMO], ids=["basic", "promo"])
def test_a_trial_has_its_window_from_the_first_authorization_on(mvpd: Mvpd) -> None:
    found = _access(mvpd, _trial(NOW - TTL + 1))
    assert (found.not_before, found.not_after) == (NOW - TTL + 1, NOW + 1)
    assert _refused(mvpd, _trial(NOW - TTL)) == DURATION
    assert _refused(mvpd, _trial(0)) == DURATION


def test_a_promotional_trial_counts_its_resources() -> None:
    found = _access(PROMO, _trial(NOW, "show-1"))
    assert (found.remaining_resources, found.used_resources) == (1, ("show-1",))
    assert _refused(PROMO, _trial(NOW, "show-1", "show-2")) == RESOURCES
    assert _refused(PROMO, _trial(NOW, "show-1", "show-2", "show-3")) == RESOURCES


def test_a_basic_trial_does_not_count() -> None:
    assert _access(BASIC, _trial(NOW, "show-1", "show-2", "show-3")).remaining_resources is None


def test_time_runs_out_before_resources_do() -> None:
    assert _refused(PROMO, _trial(0, "show-1", "show-2")) == DURATION


def test_of_two_trials_the_stricter_counts_in_each_respect() -> None:
    older, fuller = _trial(NOW - 500), _trial(NOW - 100, "show-1")
    for trials in ((older, fuller), (fuller, older)):
        found = _access(PROMO, *trials)
        assert (found.not_before, found.remaining_resources) == (NOW - 500, 1)
    assert _refused(PROMO, _trial(NOW), _trial(0)) == DURATION
    assert _refused(PROMO, _trial(NOW), _trial(NOW, "show-1", "show-2")) == RESOURCES


@pytest.mark.parametrize(
    ("mvpd", "members"),
    [
        (BASIC, {"temp_pass_ttl": None}),
        (BASIC, {"temp_pass_ttl": 0}),
        (BASIC, {"temp_pass_ttl": -1}),
        (PROMO, {"temp_pass_ttl": 0}),
        (PROMO, {"temp_pass_resources": None}),
        (PROMO, {"temp_pass_resources": 0}),
        (PROMO, {"temp_pass_key": None}),
        (PROMO, {"temp_pass_key": ""}),
    ],
    ids=str,
)
def test_what_is_misconfigured_gives_no_access(mvpd: Mvpd, members: dict[str, Any]) -> None:
    assert _refused(mvpd, **members) == CONFIGURATION
    assert _refused(mvpd, _trial(0), **members) == CONFIGURATION


def test_a_basic_one_needs_neither_quota_nor_key() -> None:
    assert _access(BASIC, temp_pass_resources=None, temp_pass_key=None).not_after == NOW + TTL


@pytest.mark.parametrize("text", ['{"email": "d4772a67"}', "ann@example.com", "ä"])
def test_an_identity_is_the_base64_of_any_text(text: str) -> None:
    assert identity(base64.b64encode(text.encode()).decode(), "email") == text


@pytest.mark.parametrize(
    "header",
    [None, "", "  ", "no Base64!", "YQ", "IA==", "AA==", "YQBi", "/w==", "Zm9v Zm9v"],
    ids=["absent", "empty", "blank", "text", "cut", "space", "NUL", "a NUL b", "no UTF-8", "two"],
)
def test_what_is_no_identity_is_refused(header: str | None) -> None:
    with pytest.raises(EnhancedError) as refused:
        identity(header, "email")
    assert refused.value.code == "invalid_header_identity_for_temporary_access"
    assert "AP-TempPass-Identity" in refused.value.message


def test_a_user_id_looks_documented_and_stays_the_same() -> None:
    found = user_id("tv")
    assert re.fullmatch(r"temppass_[0-9a-f]{40}", found)
    assert found == user_id("tv")
    assert found != user_id("box")
