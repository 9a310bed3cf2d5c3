"""What a sandbox has to be, told in a few lines: no database, no layers, no epochs."""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Final

MINUTE: Final = 60_000


@dataclass(frozen=True, kw_only=True)
class Login:
    """A login by its slot, with its window in the age of the world (milliseconds)."""

    device: str
    mvpd: str
    begins: int
    ends: int


@dataclass(kw_only=True)
class SandboxSession:
    """Logins by id, clients, how old the world is, and whether there is anything to log in at."""

    age: int = 0
    configured: bool = False
    logins: dict[str, Login] = field(default_factory=dict)
    clients: set[str] = field(default_factory=set)

    def valid(self) -> set[str]:
        return {key for key, each in self.logins.items() if each.begins <= self.age < each.ends}


@dataclass(kw_only=True)
class Clock:
    """Real time and a distance from it, or an instant at which it stands still."""

    ahead: int = 0
    stopped_at: int | None = None

    def shown(self, real: int) -> int:
        return real + self.ahead if self.stopped_at is None else self.stopped_at


@dataclass(kw_only=True)
class Kept:
    """A state under a name: the world as it was, and how its clock went."""

    world: SandboxSession
    clock: Clock


@dataclass(kw_only=True)
class Model:
    """One sandbox."""

    baseline: SandboxSession
    baseline_name: str
    real: int
    world: SandboxSession = field(default_factory=SandboxSession)
    clock: Clock = field(default_factory=Clock)
    generation: int = 1
    snapshots: dict[str, Kept] = field(default_factory=dict)
    keeps: bool = False
    kept_clients: set[str] | None = None

    @property
    def shown(self) -> int:
        return self.clock.shown(self.real)

    def wait(self, by: int) -> None:
        """Real time passes, and with it the world's unless its clock stands still."""
        self.real += by
        if self.clock.stopped_at is None:
            self.world.age += by

    def set_clock(self, clock: Clock) -> None:
        """Forward, the time in between passes in the world; back, the world grows no younger."""
        self.world.age += max(0, clock.shown(self.real) - self.shown)
        self.clock = clock

    def log_in(self, key: str, login: Login) -> bool:
        """Whether there was no login of that name; the last login in a slot wins."""
        if key in self.world.logins:
            return False
        slot = (login.device, login.mvpd)
        kept = {name: each for name, each in self.world.logins.items()
                if (each.device, each.mvpd) != slot}  # fmt: skip
        self.world.logins = {**kept, key: login}
        return True

    def log_out(self, device: str, mvpd: str) -> bool:
        """Whether a valid login was there to end."""
        here = {name for name, each in self.world.logins.items()
                if (each.device, each.mvpd) == (device, mvpd)}  # fmt: skip
        if not here & self.world.valid():
            return False
        for name in here:
            del self.world.logins[name]
        return True

    def clients(self) -> set[str]:
        """Who gets a token: the world's clients, and kept ones where there is their application."""
        kept = self.kept_clients or set() if self.world.configured else set()
        return self.world.clients | kept

    def create_client(self, key: str) -> bool:
        """Whether the world had no such client; a kept one is no obstacle."""
        if key in self.world.clients:
            return False
        self.world.clients.add(key)
        if self.kept_clients is not None:
            self.kept_clients.add(key)
        return True

    def ask_for_token(self, key: str) -> bool:
        """Whether there is such a client, which is part of the world from then on."""
        if key in self.clients():
            self.world.clients.add(key)
            return True
        return False

    def delete_client(self, key: str) -> bool:
        """Whether there was such a client."""
        there = key in self.clients()
        self.world.clients.discard(key)
        if there and self.kept_clients is not None:
            self.kept_clients.discard(key)
        return there

    def seed(self, world: SandboxSession, name: str, *, keep: bool | None) -> None:
        self.baseline, self.baseline_name = world, name
        self.reset(keep=keep)

    def reset(self, *, keep: bool | None) -> None:
        """To the baseline; clients stay where that is asked for, or else where the sandbox keeps them."""
        kept: set[str] | None = None
        if self.keeps if keep is None else keep:
            kept = {*self.world.clients} if self.kept_clients is None else self.kept_clients
        self._begin(Kept(world=self.baseline, clock=Clock()))
        self.kept_clients = kept

    def empty(self) -> None:
        self._begin(Kept(world=SandboxSession(), clock=Clock()))

    def keep(self, name: str) -> bool:
        """Whether the name was free for a snapshot."""
        if name in self.snapshots:
            return False
        self.snapshots[name] = self.kept()
        return True

    def restore(self, name: str) -> bool:
        """Whether there is such a snapshot."""
        if name not in self.snapshots:
            return False
        self._begin(self.snapshots[name])
        return True

    def kept(self) -> Kept:
        return Kept(world=deepcopy(self.world), clock=deepcopy(self.clock))

    def clone(self) -> "Model":
        kept = self.kept()
        return Model(baseline=self.baseline, baseline_name=self.baseline_name, real=self.real,
                     world=kept.world, clock=kept.clock)  # fmt: skip

    def from_snapshot(self, name: str) -> "Model":
        kept = deepcopy(self.snapshots[name])
        return Model(baseline=self.snapshots[name].world, baseline_name=name, real=self.real,
                     world=kept.world, clock=kept.clock)  # fmt: skip

    def rebase(self, name: str) -> bool:
        """Whether there is such a snapshot to be the baseline."""
        if name in self.snapshots:
            self.baseline, self.baseline_name = self.snapshots[name].world, name
        return name in self.snapshots

    def _begin(self, kept: Kept) -> None:
        self.world, self.clock = deepcopy(kept.world), deepcopy(kept.clock)
        self.generation += 1
        self.kept_clients = None
