"""The world that the cases work on: some logins of each kind for every piece of work."""

from dataclasses import dataclass
from typing import Any, Final

from tests.support.lab import device_header

from .wire import Answer, Wire, request

PROVIDER: Final = "REF30"
CLIENTS: Final = 16
INFO: Final = (
    "eyJwcmltYXJ5SGFyZHdhcmVUeXBlIjoiU2V0VG9wQm94IiwibW9kZWwiOiJSb2t1IFVsdHJhIiwidmVyc2lvbiI6IjQ4"
    "NTBYIiwibWFudWZhY3R1cmVyIjoiUm9rdSIsIm9zTmFtZSI6IlJva3UgT1MiLCJvc1ZlcnNpb24iOiIxNC4xIiwiY29u"
    "bmVjdGlvblR5cGUiOiJXaUZpIn0="
)
"""The X-Device-Info header of a Roku, as an app sends it."""


@dataclass(frozen=True, kw_only=True)
class Logins:
    """A kind of login: the devices that have one are called by its name and a number."""

    name: str
    mvpd: str
    link: str | None = None


LOGINS: Final = (
    Logins(name="home", mvpd="Cablevision"),
    Logins(name="watch", mvpd="Cablevision"),
    Logins(name="endpoint", mvpd="Cablevision"),
    Logins(name="mixed", mvpd="Cablevision"),
    Logins(name="plain", mvpd="Dish"),
    Logins(name="service", mvpd="Spectrum", link="service_token"),
    Logins(name="platform", mvpd="Comcast_SSO", link="platform_identity"),
    Logins(name="degraded", mvpd="ATTOTT"),
)


def document(each: int) -> dict[str, Any]:
    """A scenario with `each` logins of every kind."""
    return {
        "name": f"bench-{each}",
        "extends": "logout-samples",
        "clients": [{"id": client(n), "application": "sample-app"} for n in range(CLIENTS)],
        "profiles": [_profile(kind, number) for kind in LOGINS for number in range(each)],
    }


def _profile(kind: Logins, number: int) -> dict[str, Any]:
    device = f"{kind.name}-{number}"
    # A login that is reached by single sign-on is on another device than the one that will ask.
    at = f"{device}-elsewhere" if kind.link else device
    found: dict[str, Any] = {
        "id": device,
        "service_provider": PROVIDER,
        "mvpd": kind.mvpd,
        "device": at,
        "client": client(number),
    }
    if kind.link:
        found["links"] = [{"kind": kind.link, "value": identity(number)}]
    return found


def client(number: int) -> str:
    """The client that owns the logins of this number."""
    return f"bench-client-{number % CLIENTS}"


def identity(number: int) -> str:
    """The value of the single sign-on header that reaches the logins of this number."""
    return f"bench-viewer-{number}"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Where the scripts play: a sandbox by its name, and an access token for each of the clients."""

    sandbox: str
    tokens: tuple[str, ...]
    statement: str

    def headers(self, device: str, number: int) -> dict[str, str]:
        """What the app of this number sends from a device."""
        return {
            "Authorization": f"Bearer {self.tokens[number % len(self.tokens)]}",
            "AP-Device-Identifier": device_header(device),
            "X-Device-Info": INFO,
            "User-Agent": "Roku/DVP-14.1 (14.1.0.1234)",
        }

    def admin(self, method: str, path: str, body: object = None) -> bytes:
        """A call of the admin API, in the sandbox."""
        return request(method, f"/admin/v1/{path}", {"X-Sim-Sandbox": self.sandbox}, body)


async def set_stage(wire: Wire, sandbox: str, each: int) -> Stage:
    """Make the world of a sandbox that exists, and get what its apps need."""
    empty = Stage(sandbox=sandbox, tokens=(), statement="")

    async def admin(method: str, path: str, body: object = None) -> Answer:
        return await wire.must(empty.admin(method, path, body))

    await admin("POST", "seed", {"document": document(each)})
    minted = [await admin("POST", "tokens", {"client": client(n)}) for n in range(CLIENTS)]
    application = (await admin("GET", "applications/sample-app")).json()
    return Stage(
        sandbox=sandbox,
        tokens=tuple(each.json()["access_token"] for each in minted),
        statement=application["software_statement"],
    )
