"""How to verify what an app did: the journal holds every request, and why it was answered as it was."""

import pytest

from pass_simulator import Sandbox, VerificationError


def test_the_app_logged_out_once_and_for_the_right_reason(simulator: Sandbox) -> None:
    device = simulator.device("living-room-tv")
    device.login("Cablevision")
    device.logout("Cablevision")

    # L5 is the row of the logout matrix for a provider that has a logout page.
    simulator.requests.verify(
        operation="logout", device="living-room-tv", rule="L5", status=200, exactly=1
    )
    simulator.requests.verify(status="5xx", exactly=0)
    simulator.requests.verify_order(
        {"operation": "register"},
        {"operation": "create_session"},
        {"operation": "logout"},
    )


def test_what_was_expected_and_what_came_instead_is_told(simulator: Sandbox) -> None:
    device = simulator.device("living-room-tv")
    device.login("Cablevision")
    device.logout("Cablevision")

    with pytest.raises(VerificationError) as caught:
        simulator.requests.verify(operation="logout", mvpd="Dish")

    assert "mvpd: expected Dish, found Cablevision" in str(caught.value)


def test_an_entry_explains_itself(simulator: Sandbox) -> None:
    device = simulator.device("living-room-tv")
    device.login("Cablevision")
    device.logout("Cablevision")

    [entry] = simulator.requests.list(operation="logout")
    assert entry.rule == "L5"
    assert entry.explanation
    assert [each["kind"] for each in entry.changes["deleted"]] == ["profiles"]


def test_waiting_is_better_than_sleeping(simulator: Sandbox) -> None:
    simulator.device("living-room-tv").login("Cablevision")  # what the app does, some time

    simulator.requests.wait("profile", device="living-room-tv", mvpd="Cablevision", within="PT30S")
