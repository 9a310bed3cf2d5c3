"""How to test a login on a second screen: the TV shows a code, and a phone does the rest."""

from pass_simulator import Sandbox


def test_a_phone_logs_the_tv_in(simulator: Sandbox) -> None:
    tv = simulator.device("living-room-tv", platform="tvOS")
    phone = simulator.device("phone", platform="iOS")

    # The TV asks for a code and shows it. It leaves the choice of the provider to the phone.
    shown = tv.start_login()
    assert shown.action == "resume"
    assert "mvpd" in shown.missing

    # The phone is told the code, sees which device waits, and says what is missing.
    details = phone.login_details(shown.code)
    assert details.device["operatingSystem"]["name"] == "tvOS"
    step = phone.resume_login(shown.code, "Cablevision")
    assert step.action == "authenticate"

    # The TV keeps asking. There is nothing yet.
    assert tv.profile_by_code(shown.code) is None

    # Somebody logs in at `step.url`; a test does the same with one call.
    simulator.codes.approve(shown.code, subscriber="demo")

    assert tv.wait_for_login(shown.code).user_id == "demo-viewer"
    assert phone.profiles() == {}


def test_a_viewer_gives_up(simulator: Sandbox) -> None:
    tv = simulator.device("living-room-tv")
    step = tv.start_login("Cablevision")
    simulator.codes.deny(step.code)
    assert tv.profile_by_code(step.code) is None


def test_the_code_of_an_app_under_test_is_found_by_its_device(simulator: Sandbox) -> None:
    simulator.device("living-room-tv").start_login("Cablevision")  # what the app does

    [waiting] = simulator.codes.list(device="living-room-tv")
    simulator.codes.approve(waiting.code, subscriber="demo")

    [profile] = simulator.profiles.list(device="living-room-tv")
    assert profile["valid"]


def test_a_code_can_be_known_beforehand(simulator: Sandbox) -> None:
    simulator.codes.next("K4T9WQ7")
    assert simulator.device("living-room-tv").start_login("Cablevision").code == "K4T9WQ7"
