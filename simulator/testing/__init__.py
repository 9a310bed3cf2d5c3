"""For tests: a Python client of the simulator, blocking and awaiting, and a pytest plugin.

    from simulator.testing import Simulator

    with Simulator("http://127.0.0.1:8642") as simulator:
        sandbox = simulator.create_sandbox(scenario="demo")
        device = sandbox.device("living-room-tv", platform="Roku")
        device.login("Cablevision", subscriber="demo")
        [decision] = device.authorize("Cablevision", "NEWS")
        assert decision.authorized

Under pytest the fixture `simulator` is such a sandbox, made for the test. `AsyncSimulator` has the same
calls, to be awaited. Nothing is imported before it is used.
"""

from importlib import import_module

TYPE_CHECKING = False  # as in `simulator`
if TYPE_CHECKING:
    from .conduct import AppConduct, Conduct, Finding
    from .device_headers import PLATFORMS
    from .device_results import (
        Configuration,
        Decision,
        Landing,
        LoginDetails,
        LoginStep,
        Logout,
        Profile,
        Provider,
    )
    from .devices import Device
    from .entities import Applications, Collection, Faults, KnownDevices, StoredProfiles
    from .errors import (
        AdminError,
        DeviceError,
        LoginFailed,
        NoAnswer,
        SimulatorError,
        UnexpectedAnswer,
        VerificationError,
    )
    from .flows import Answer, Awaiting, Blocking
    from .journal import Journal
    from .logins import Codes, Sessions
    from .parts import Clock, Settings, Snapshots, Tokens
    from .results import (
        AccessToken,
        Check,
        Cleared,
        ClockReading,
        Entity,
        JournalEntry,
        Lease,
        MediaTokenCheck,
        Operation,
        SandboxState,
        Scenario,
        Seeded,
        Session,
        Snapshot,
        Verification,
        Waited,
    )
    from .sandboxes import Sandbox
    from .simulators import AsyncSimulator, Simulator

_HOMES = {
    "conduct": "AppConduct Conduct Finding",
    "device_headers": "PLATFORMS",
    "device_results": "Configuration Decision Landing LoginDetails LoginStep Logout Profile Provider",
    "devices": "Device",
    "entities": "Applications Collection Faults KnownDevices StoredProfiles",
    "errors": "AdminError DeviceError LoginFailed NoAnswer SimulatorError UnexpectedAnswer "
    "VerificationError",
    "flows": "Answer Awaiting Blocking",
    "journal": "Journal",
    "logins": "Codes Sessions",
    "parts": "Clock Settings Snapshots Tokens",
    "results": "AccessToken Check Cleared ClockReading Entity JournalEntry Lease MediaTokenCheck "
    "Operation SandboxState Scenario Seeded Session Snapshot Verification Waited",
    "sandboxes": "Sandbox",
    "simulators": "AsyncSimulator Simulator",
}
_HOME = {name: module for module, names in _HOMES.items() for name in names.split()}


if not TYPE_CHECKING:
    # Type checkers would take any name for granted.
    def __getattr__(name):  # noqa: ANN202, ANN001 - see above
        if name not in _HOME:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        return getattr(import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(_HOME)


__all__ = [
    "PLATFORMS",
    "AccessToken",
    "AdminError",
    "Answer",
    "AppConduct",
    "Applications",
    "AsyncSimulator",
    "Awaiting",
    "Blocking",
    "Check",
    "Cleared",
    "Clock",
    "ClockReading",
    "Codes",
    "Collection",
    "Conduct",
    "Configuration",
    "Decision",
    "Device",
    "DeviceError",
    "Entity",
    "Faults",
    "Finding",
    "Journal",
    "JournalEntry",
    "KnownDevices",
    "Landing",
    "Lease",
    "LoginDetails",
    "LoginFailed",
    "LoginStep",
    "Logout",
    "MediaTokenCheck",
    "NoAnswer",
    "Operation",
    "Profile",
    "Provider",
    "Sandbox",
    "SandboxState",
    "Scenario",
    "Seeded",
    "Session",
    "Sessions",
    "Settings",
    "Simulator",
    "SimulatorError",
    "Snapshot",
    "Snapshots",
    "StoredProfiles",
    "Tokens",
    "UnexpectedAnswer",
    "Verification",
    "VerificationError",
    "Waited",
]
