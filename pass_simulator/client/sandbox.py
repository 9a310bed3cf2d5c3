"""One sandbox: an isolated world with its own clock, devices, journal and faults."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from pass_simulator.device.app import App
from pass_simulator.device.device import Device
from pass_simulator.device.headers import device_headers
from pass_simulator.times import Length, duration
from pass_simulator.transport.calls import Async, Client, Flow, M, call
from pass_simulator.transport.connection import Connection, drop_none, path_segment
from pass_simulator.values import Json

from .conduct import Conduct
from .coverage import Armed, Coverage
from .entities import Applications, Collection, Faults, KnownDevices, StoredProfiles
from .journal import Journal
from .resources import Clock, Settings, Snapshots, Tokens
from .results import AccessToken, Cleared, Lease, MediaTokenCheck, SandboxState, Seeded
from .scenario_files import content_of, is_file
from .sessions import Codes, Sessions

Scenario = str | Path | Mapping[str, Any]
"""A scenario: the name of one that the simulator knows, a YAML or JSON file, or a document."""

Keep = Iterable[Literal["clients"]]
"""What stays through a reset: clients, which are the apps that registered."""


class Sandbox(Client[M]):
    """A sandbox, as `Simulator.sandbox`, `Simulator.create_sandbox` and the fixture `simulator` give it.

    `url` is what an app under test takes for Adobe's host: all that it asks there stays in here.
    """

    def __init__(self, connection: Connection[M], name: str) -> None:
        super().__init__(connection.transport)
        self._connection = connection
        self._name = name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name} at {self.url}>"

    @property
    def name(self) -> str:
        """The sandbox's id."""
        return self._name

    @property
    def url(self) -> str:
        """The base URL of the sandbox; in front of Adobe's paths it leads into it."""
        return f"{self._connection.instance}/s/{path_segment(self._name)}"

    @property
    def asynchronous(self) -> "Sandbox[Async]":
        """The same sandbox for tests that await: `await simulator.asynchronous.reset()`."""
        from pass_simulator.transport.async_transport import AsyncTransport

        return Sandbox(
            self._connection.with_transport(AsyncTransport(self._transport.cafile)), self._name
        )

    # Its parts

    @property
    def clock(self) -> Clock[M]:
        """Its time."""
        return Clock(self._connection)

    @property
    def codes(self) -> Codes[M]:
        """Authentication codes that wait for somebody."""
        return Codes(self._connection)

    @property
    def sessions(self) -> Sessions[M]:
        """All login attempts."""
        return Sessions(self._connection)

    @property
    def requests(self) -> Journal[M]:
        """Its journal."""
        return Journal(self._connection)

    @property
    def faults(self) -> Faults[M]:
        """What goes wrong on purpose."""
        return Faults(self._connection, "faults")

    @property
    def settings(self) -> Settings[M]:
        """Its switches."""
        return Settings(self._connection)

    @property
    def snapshots(self) -> Snapshots[M]:
        """States to come back to."""
        return Snapshots(self._connection)

    @property
    def tokens(self) -> Tokens[M]:
        """Tokens of single sign-on and partners."""
        return Tokens(self._connection)

    @property
    def profiles(self) -> StoredProfiles[M]:
        """Stored logins."""
        return StoredProfiles(self._connection, "profiles")

    @property
    def devices(self) -> KnownDevices[M]:
        """Devices that are described; others may call all the same."""
        return KnownDevices(self._connection, "devices")

    @property
    def service_providers(self) -> Collection[M]:
        """Channels."""
        return Collection(self._connection, "service-providers")

    @property
    def mvpds(self) -> Collection[M]:
        """Pay-TV providers."""
        return Collection(self._connection, "mvpds")

    @property
    def integrations(self) -> Collection[M]:
        """Which channel works with which provider, and how."""
        return Collection(self._connection, "integrations")

    @property
    def applications(self) -> Applications[M]:
        """Registered applications, with their software statements."""
        return Applications(self._connection, "applications")

    @property
    def clients(self) -> Collection[M]:
        """App instances that registered."""
        return Collection(self._connection, "clients")

    @property
    def issuers(self) -> Collection[M]:
        """Issuers of single sign-on tokens whose signatures are checked."""
        return Collection(self._connection, "issuers")

    @property
    def subscribers(self) -> Collection[M]:
        """Accounts to log in with."""
        return Collection(self._connection, "subscribers")

    @property
    def sso_links(self) -> Collection[M]:
        """Ties between profiles and single sign-on identities."""
        return Collection(self._connection, "sso-links")

    @property
    def temp_passes(self) -> Collection[M]:
        """TempPass trials that have begun."""
        return Collection(self._connection, "temp-passes")

    @property
    def degradations(self) -> Collection[M]:
        """Degradation rules: `create(service_provider=…, mvpd=…, rule="AuthNAll", until="PT1H")`."""
        return Collection(self._connection, "degradations")

    def device(
        self,
        device: str,
        *,
        platform: str | None = None,
        info: Mapping[str, Any] | None = None,
        service_provider: str | None = None,
        application: str | None = None,
        minted: bool = False,
        renews: bool = True,
    ) -> Device[M]:
        """An app on the device with this plain identifier, ready to log in.

        `platform` is one of `PLATFORMS`, such as "Roku" or "tvOS", and becomes its X-Device-Info;
        `info` are members of that which differ. The app is the registered `application`, else the
        one that serves the most channels, and asks for `service_provider`, else for its first. It
        registers before its first call; with `minted` it gets its token from the admin API instead.
        With `renews=False` it does not get another token when that is refused.
        """
        headers = device_headers(device, platform, info)
        return Device(
            self._connection,
            device,
            headers=headers,
            app=App(
                described={n: text for n, text in headers.items() if n != "AP-Device-Identifier"},
                application=application,
                service_provider=service_provider,
                minted=minted,
                renews=renews,
            ),
        )

    # The world as a whole

    @call
    def show(self) -> Flow[SandboxState]:
        """How it stands."""
        found = yield from self._connection.without_sandbox.admin(
            "GET", f"sandboxes/{path_segment(self._name)}"
        )
        return SandboxState.of(found)

    @call
    def seed(
        self,
        scenario: Scenario,
        *,
        mode: Literal["replace", "merge"] = "replace",
        keep: Keep | None = None,
    ) -> Flow[Seeded]:
        """Make a scenario the world and its baseline, or merge it into the world.

        `keep` says what stays of the old world, this time; without it, what the sandbox keeps.
        Files beside a scenario's file, which it extends or names, are sent along. Raises `AdminError` with
        every problem of a document; nothing has changed then.
        """
        kept = None if keep is None else [*keep]
        if not isinstance(scenario, Mapping) and is_file(scenario):
            content = content_of(Path(scenario))
            query = {"mode": mode, **({} if kept is None else {"keep": ",".join(kept)})}
            found = yield from self._connection.admin("POST", "seed", query=query, content=content)
        else:
            member = "document" if isinstance(scenario, Mapping) else "scenario"
            body = {member: scenario, "mode": mode, **drop_none(keep=kept)}
            found = yield from self._connection.admin("POST", "seed", body)
        return Seeded.of(found)

    @call
    def reset(self, to: str | None = None, *, keep: Keep | None = None) -> Flow[Cleared]:
        """Back to the baseline, or to "empty" or "snapshot:NAME".

        Apps that registered since then are forgotten, too, unless `keep`, or the sandbox, keeps
        "clients"; a `Device` registers again by itself.
        """
        body = drop_none(to=to, keep=None if keep is None else [*keep])
        return Cleared.of((yield from self._connection.admin("POST", "reset", body)))

    @call
    def keep(self, *kinds: Literal["clients"]) -> Flow[SandboxState]:
        """Let resets keep these from now on: "clients", or nothing."""
        return (yield from self._change(keep=[*kinds]))

    @call
    def rebase(self, snapshot: str) -> Flow[SandboxState]:
        """Make one of its snapshots what it goes back to from now on."""
        return (yield from self._change(baseline=f"snapshot:{snapshot}"))

    def _change(self, **body: object) -> Flow[SandboxState]:
        path = f"sandboxes/{path_segment(self._name)}"
        return SandboxState.of(
            (yield from self._connection.without_sandbox.admin("PATCH", path, body))
        )

    @call
    def state(self) -> Flow[Json]:
        """The world as a scenario document."""
        return (yield from self._connection.admin("GET", "state"))

    @call
    def load(self, document: Mapping[str, Any]) -> Flow[Seeded]:
        """Make a document, such as `state` gives, the world and its baseline."""
        body = "application/json", json.dumps(document).encode()
        return Seeded.of((yield from self._connection.admin("PUT", "state", content=body)))

    @call
    def bundle(self) -> Flow[bytes]:
        """The run so far as a zip file, for `pass-simulator replay`; passwords are left out."""
        return (yield from self._connection.download("bundle"))

    @call
    def conduct(
        self,
        *,
        application: str | None = None,
        client: str | None = None,
        device: str | None = None,
        generation: int | Literal["current", "any"] | None = None,
    ) -> Flow[Conduct]:
        """What each client app did right and wrong, by Adobe's public integration checklist."""
        query = drop_none(
            application=application,
            client=client,
            device=device,
            generation=None if generation is None else str(generation),
        )
        return Conduct.of((yield from self._connection.admin("GET", "conduct", query=query)))

    @call
    def coverage(
        self,
        *require: str,
        application: str | None = None,
        platform: str | None = None,
        device: str | None = None,
        since: int | Literal["current"] | None = None,
    ) -> Flow[Coverage]:
        """What apps were shown of the backend, and what they did about it; `since` is a generation.

        `require` are cells, such as "logout:L5", of which `required` says whether they were met.
        """
        first = since if since in {None, "current"} else f"generation:{since}"
        query = drop_none(application=application, platform=platform, device=device, since=first)
        asked = [*query.items(), *(("require", each) for each in require)]
        return Coverage.of((yield from self._connection.admin("GET", "coverage", query=asked)))

    @call
    def arm(self, cell: str, *, device: str | None = None) -> Flow[Armed]:
        """Prepare it so that the next matching call of the app on a device meets a cell of coverage."""
        body = drop_none(cell=cell, device=device)
        return Armed.of((yield from self._connection.admin("POST", "coverage/arm", body)))

    @call
    def clear_coverage(self) -> Flow[None]:
        """Forget what apps were shown."""
        yield from self._connection.admin("DELETE", "coverage")

    @call
    def token(
        self,
        *,
        application: str | None = None,
        client: str | None = None,
        expires_in: int | None = None,
        scopes: list[str] | None = None,
    ) -> Flow[AccessToken]:
        """An access token without the registration dance; it outlives a reset."""
        body = drop_none(
            application=application, client=client, expires_in=expires_in, scopes=scopes
        )
        return AccessToken.of((yield from self._connection.admin("POST", "tokens", body)))

    @call
    def verify_media_token(self, token: str, resource: str | None = None) -> Flow[MediaTokenCheck]:
        """What Adobe's media token verifier would say of a `serializedToken`."""
        body = drop_none(token=token, resource=resource)
        return MediaTokenCheck.of(
            (yield from self._connection.admin("POST", "media-tokens/verify", body))
        )

    @call
    def lease(
        self, owner: str, lasting: Length, *, on_return: Literal["reset", "delete"] = "reset"
    ) -> Flow[Lease]:
        """Borrow it, or go on borrowing it."""
        body = {"owner": owner, "for": duration(lasting), "on_return": on_return}
        path = f"sandboxes/{path_segment(self._name)}/lease"
        return Lease.of((yield from self._connection.without_sandbox.admin("POST", path, body)))

    @call
    def release(self) -> Flow[None]:
        """Bring it back early."""
        yield from self._connection.without_sandbox.admin(
            "DELETE", f"sandboxes/{path_segment(self._name)}/lease"
        )

    @call
    def delete(self) -> Flow[None]:
        """Delete it with all that is in it."""
        yield from self._connection.without_sandbox.admin(
            "DELETE", f"sandboxes/{path_segment(self._name)}"
        )
