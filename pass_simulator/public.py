"""Every public name, where it comes from; `pass_simulator` itself has them when one is asked for."""

from .client.conduct import AppConduct, Conduct, Finding
from .client.coverage import Armed, Coverage, CoverageCell
from .client.entities import (
    Applications,
    Collection,
    Faults,
    KnownDevices,
    StoredProfiles,
)
from .client.journal import Journal
from .client.resources import Clock, Settings, Snapshots, Tokens
from .client.results import (
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
from .client.sandbox import Sandbox
from .client.sessions import Codes, Sessions
from .client.simulator import AsyncSimulator, Simulator
from .device.device import Device
from .device.headers import PLATFORMS
from .device.results import (
    Configuration,
    Decision,
    Landing,
    LoginDetails,
    LoginStep,
    Logout,
    Profile,
    Provider,
)
from .errors import (
    AdminError,
    DeviceError,
    LoginFailed,
    NoResponse,
    SimulatorError,
    UnexpectedResponse,
    UnusableCoverage,
    VerificationError,
)
from .transport.calls import Async, Sync
from .transport.messages import Response

__all__ = [
    "PLATFORMS",
    "AccessToken",
    "AdminError",
    "AppConduct",
    "Applications",
    "Armed",
    "Async",
    "AsyncSimulator",
    "Check",
    "Cleared",
    "Clock",
    "ClockReading",
    "Codes",
    "Collection",
    "Conduct",
    "Configuration",
    "Coverage",
    "CoverageCell",
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
    "NoResponse",
    "Operation",
    "Profile",
    "Provider",
    "Response",
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
    "Sync",
    "Tokens",
    "UnexpectedResponse",
    "UnusableCoverage",
    "Verification",
    "VerificationError",
    "Waited",
]
