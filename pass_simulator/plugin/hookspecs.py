"""Hooks of the plugin, which a conftest.py or another plugin may implement."""

TYPE_CHECKING = False  # as in `pass_simulator`
if TYPE_CHECKING:
    import pytest

    from pass_simulator.client.sandbox import Sandbox


def pytest_pass_simulator_teardown(item: "pytest.Item", sandbox: "Sandbox", failed: bool) -> None:  # noqa: FBT001 - pytest passes hooks their arguments by name
    """A test that had the fixture `simulator` is over, with all of its fixtures; its sandbox is still there.

    `failed` says whether the test has failed so far, in whichever phase. What this raises is an error of the
    test's teardown; the sandbox is deleted all the same.
    """
