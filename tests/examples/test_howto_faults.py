"""How to let things go wrong on purpose, for one device and not for the others."""

import pytest

from pass_simulator import DeviceError, NoResponse, Sandbox


def test_one_device_meets_an_error_twice(simulator: Sandbox) -> None:
    unlucky, lucky = simulator.device("unlucky"), simulator.device("lucky")
    simulator.faults.add(
        "internal_server_error", operation="configuration", device="unlucky", times=2
    )

    for _ in range(2):
        with pytest.raises(DeviceError) as caught:
            unlucky.configuration()
        assert caught.value.status == 500
    assert "Cablevision" in unlucky.configuration()
    assert "Cablevision" in lucky.configuration()


def test_a_connection_is_cut_in_the_middle_of_an_answer(simulator: Sandbox) -> None:
    device = simulator.device("living-room-tv")
    simulator.faults.add({"kind": "truncate", "after": 10}, operation="configuration")
    with pytest.raises(NoResponse):
        device.configuration()


def test_the_provider_denies_what_it_permitted_before(simulator: Sandbox) -> None:
    device = simulator.device("living-room-tv")
    device.login("Cablevision", subscriber="demo")
    simulator.faults.add("authorization_denied_by_mvpd", operation="authorize", resource="NEWS")

    [news] = device.authorize("Cablevision", "NEWS")
    [sports] = device.authorize("Cablevision", "SPORTS")

    assert news.error_code == "authorization_denied_by_mvpd"
    assert sports.authorized


def test_everybody_is_let_in_while_the_provider_is_down(simulator: Sandbox) -> None:
    simulator.degradations.create(
        service_provider="REF30", mvpd="Cablevision", rule="AuthNAll", until="PT1H"
    )
    device = simulator.device("living-room-tv")
    profile = device.profile("Cablevision")
    assert profile is not None
    assert profile.type == "degraded"

    simulator.clock.advance(hours=2)
    assert device.profile("Cablevision") is None
