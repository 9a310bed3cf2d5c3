"""How to seed a world, drive an app in it, assert on what the app did, and reset.

The fixture `simulator` is a sandbox that is made for the test and deleted after it. Here a played device
stands for the app; a real one takes `simulator.url` for Adobe's host.
"""

import pytest

from pass_simulator import Sandbox


def test_a_viewer_logs_in_watches_and_logs_out(simulator: Sandbox) -> None:
    device = simulator.device("living-room-tv", platform="Roku")

    profile = device.login("Cablevision", subscriber="demo")
    assert profile.user_id == "demo-viewer"

    [decision] = device.authorize("Cablevision", "NEWS")
    assert decision.authorized
    assert decision.media_token is not None
    assert simulator.verify_media_token(decision.media_token, "NEWS").status == "VALID_TOKEN"

    logout = device.logout("Cablevision", "https://adobe.com/bye", follow=True)
    assert logout.action == "logout"
    assert logout.landing is not None
    assert logout.landing.url == "https://adobe.com/bye"
    assert device.profiles() == {}


@pytest.mark.scenario("logout-samples")
def test_a_scenario_is_where_a_test_starts_from(simulator: Sandbox) -> None:
    device = simulator.device("sample-bystander")
    assert set(device.profiles()) == {"Cablevision", "Spectrum", "Comcast_SSO"}


@pytest.mark.scenario(
    {
        "name": "small-package",
        "extends": "demo",
        "subscribers": [{"id": "kim", "entitlements": ["CARTOONS"]}],
    }
)
def test_a_scenario_can_be_written_where_it_is_used(simulator: Sandbox) -> None:
    device = simulator.device("kids-room-tv")
    device.login("Cablevision", subscriber="kim")
    cartoons, movies = device.preauthorize("Cablevision", "CARTOONS", "MOVIES")
    assert cartoons.authorized
    assert movies.error_code == "preauthorization_denied_by_mvpd"


def test_a_reset_starts_over_within_a_test(simulator: Sandbox) -> None:
    device = simulator.device("demo-roku")
    for _ in range(3):
        assert device.logout("Cablevision").action == "logout"
        assert device.logout("Cablevision").action == "invalid"
        simulator.reset()


def test_a_snapshot_is_a_place_to_come_back_to(simulator: Sandbox) -> None:
    device = simulator.device("living-room-tv")
    device.login("Cablevision")
    simulator.snapshots.take("logged-in")

    device.logout("Cablevision")
    assert device.profiles() == {}

    simulator.snapshots.restore("logged-in")
    assert "Cablevision" in device.profiles()
