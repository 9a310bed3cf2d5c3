"""For tests: a Python client of the simulator, blocking and asynchronous, and a pytest plugin.

    from pass_simulator import Simulator

    with Simulator("http://127.0.0.1:8642") as simulator:
        sandbox = simulator.create_sandbox(scenario="demo")
        device = sandbox.device("living-room-tv", platform="Roku")
        device.login("Cablevision", subscriber="demo")
        [decision] = device.authorize("Cablevision", "NEWS")
        assert decision.authorized

Under pytest the fixture `simulator` is such a sandbox, made for the test. `AsyncSimulator` has the same
calls, to be awaited. Nothing is imported before it is used, and nothing of the server ever.
"""

import sys

# Type checkers take it for true, and `typing` takes longer to import than all that is here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from .public import *  # noqa: F403 - each of them is public here, too

    __version__: str
else:
    # Type checkers would take any name for granted.
    def __getattr__(name):  # noqa: ANN202, ANN001 - see above
        if name == "__version__":
            from importlib.metadata import version

            # That of the distribution, which brings the server along: both are of one version.
            return version("pass-simulator")
        if name in __dir__():
            return getattr(sys.modules[f"{__name__}.public"], name)
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)


def __dir__() -> list[str]:
    from .public import __all__ as names

    return sorted(names)
