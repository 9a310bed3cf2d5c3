"""How to let hours and days pass: the fixture `simulator_clock` is the time of the test's sandbox."""

import pytest

from pass_simulator import Clock, DeviceError, Sandbox


def test_a_login_ends_after_thirty_days(simulator: Sandbox, simulator_clock: Clock) -> None:
    device = simulator.device("living-room-tv", platform="Roku")
    device.login("Cablevision", subscriber="demo")

    simulator_clock.advance(days=29)
    assert "Cablevision" in device.profiles()

    moved = simulator_clock.advance(days=1)
    assert device.profiles() == {}
    assert "profile_expired" in [each["event"] for each in moved.due]
    [decision] = device.authorize("Cablevision", "NEWS")
    assert decision.error_code == "authenticated_profile_expired"


def test_a_code_is_good_for_half_an_hour(simulator: Sandbox, simulator_clock: Clock) -> None:
    device = simulator.device("living-room-tv")
    step = device.start_login("Cablevision")

    simulator_clock.advance("PT31M")

    with pytest.raises(DeviceError) as caught:
        device.profile_by_code(step.code)
    assert caught.value.code == "invalid_authentication_session"


def test_a_free_trial_is_over_after_five_minutes(
    simulator: Sandbox, simulator_clock: Clock
) -> None:
    device = simulator.device("kitchen-tablet")
    [begun] = device.authorize("TempPass_5mins", "NEWS")
    assert begun.authorized

    simulator_clock.advance(minutes=6)

    [over] = device.authorize("TempPass_5mins", "NEWS")
    assert over.error_code == "temporary_access_duration_limit_exceeded"


def test_time_can_stand_still(simulator: Sandbox, simulator_clock: Clock) -> None:
    simulator_clock.freeze("2026-12-31T23:59:59Z")
    profile = simulator.device("living-room-tv").login("Cablevision")
    assert profile.not_before == simulator_clock.now()
