"""An app on a TV that speaks to the simulator by itself, from its registration on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from .dcr import register, request_token, statement
from .devices import INFO
from .lab import REDIRECT, Lab, device_header
from .logins import FULL, Browser, form_of
from .replies import Json, Reply


@dataclass
class Television:
    """The app; `sent` are the ids of its requests, in their order."""

    lab: Lab
    device: str
    headers: dict[str, str] = field(default_factory=dict)
    credentials: Json = None
    sent: list[str] = field(default_factory=list)

    async def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.lab.clock.advance(seconds=seconds)

    async def register(self) -> None:
        """Get credentials."""
        text = await statement(self.lab)
        self.credentials = self._note(await register(self.lab, software_statement=text)).data(201)

    async def get_token(self) -> None:
        """Get an access token."""
        reply = self._note(await request_token(self.lab, self.credentials))
        self.headers = {
            "Authorization": f"Bearer {reply.data(201)['access_token']}",
            "AP-Device-Identifier": device_header(self.device),
            "X-Device-Info": INFO,
        }

    async def call(
        self, method: str, path: str, headers: Mapping[str, str | None] | None = None, **body: Json
    ) -> Reply:
        """Call `/api/v2/{path}`; a header that is None is left out."""
        changed = {**self.headers, **(headers or {})}
        sent = {name: value for name, value in changed.items() if value is not None}
        return self._note(await self.lab.call(method, f"/api/v2/{path}", sent, **body))

    async def get(self, path: str, **headers: str | None) -> Reply:
        """`GET /api/v2/LABSP/{path}`; `X_Device_Info` stands for `X-Device-Info`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.call("GET", f"LABSP/{path}", named)

    async def start(self, **changes: str) -> str:
        """The code of a new session."""
        typed = {"Content-Type": "application/x-www-form-urlencoded"}
        reply = await self.call("POST", "LABSP/sessions", typed, **form_of({**FULL, **changes}))
        code: str = reply.data()["code"]
        return code

    async def decide(self, operation: str, *resources: str) -> Json:
        """The decisions on these resources."""
        path = f"LABSP/decisions/{operation}/LabCable"
        reply = await self.call("POST", path, json={"resources": [*resources]})
        return reply.data()["decisions"]

    async def logout(self) -> str:
        """Log out: the url of the provider's page."""
        reply = await self.get(f"logout/LabCable?redirectUrl={quote(REDIRECT, safe='')}")
        url: str = reply.data()["logouts"]["LabCable"]["url"]
        return url

    async def viewer_logs_in(self, code: str) -> None:
        """Somebody opens the login page elsewhere, and signs in."""
        await Browser(lab=self.lab).log_in(f"/api/v2/authenticate/LABSP/{code}")

    def _note(self, reply: Reply) -> Reply:
        self.sent.append(reply.headers["X-Sim-Request-Id"])
        return reply
