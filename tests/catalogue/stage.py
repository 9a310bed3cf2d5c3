"""What the scenarios of the catalogue share: its devices and apps, and their calls in short."""

import base64
import json
from typing import Any, Final

from tests.support.lab import App, Lab, device_header
from tests.support.logins import DONE, FULL, Browser, create, post
from tests.support.replies import Json, Reply

D1: Final = "qa-device-1"
D2: Final = "qa-device-2"
A1: Final = "app-1"
A2: Final = "app-2"

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

SIGNED_OUT: Final = "https://lab.example/signed-out"


def info(**members: str) -> str:
    """An X-Device-Info header with the required members and these."""
    told = {
        "model": "QA",
        "version": "1",
        "osName": "Roku OS",
        "osVersion": "14.1",
        "connectionType": "WiFi",
        **members,
    }
    return base64.b64encode(json.dumps(told).encode()).decode()


ROKU: Final = info()
TVOS: Final = info(osName="tvOS", model="AppleTV", manufacturer="Apple")


async def tv(lab: Lab, device: str = D1, client: str = A1, told: str = ROKU) -> App:
    """An app instance of the fixture on one of its devices."""
    app = await lab.app(device, client=client)
    return app.sending(X_Device_Info=told)


async def apple_tv(lab: Lab, client: str = A1) -> App:
    """The app on an Apple TV whose viewer has let it see the TV provider, which is LabCable."""
    app = await tv(lab, client=client, told=TVOS)
    return await with_status(app, mvpd="LabCable")


async def with_status(app: App, **wanted: object) -> App:
    """The app with a status from the partner's framework, as the admin API makes one."""
    made = await app.lab.admin("POST", "partner-framework-statuses", wanted)
    return app.sending(AP_Partner_Framework_Status=made["header"])


async def log_in(app: App, mvpd: str = "LabCable") -> str:
    """Log the viewer in on a browser of its own; the code that was used."""
    code = (await create(app, {**FULL, "mvpd": mvpd}))["code"]
    url = f"/api/v2/authenticate/{app.service_provider}/{code}"
    landed = await Browser(lab=app.lab).log_in(url, "viewer")
    assert landed.url == DONE
    return str(code)


async def decide(app: App, operation: str, mvpd: str, *resources: str) -> Reply:
    """`POST decisions/{operation}/{mvpd}`."""
    path = f"/api/v2/{app.service_provider}/decisions/{operation}/{mvpd}"
    return await app.lab.call("POST", path, app.headers, json={"resources": [*resources]})


async def authorize(app: App, *resources: str, mvpd: str = "LabCable") -> Json:
    """The decisions on these resources; the first one's channel is LAB-LIVE when none is named."""
    found = (await decide(app, "authorize", mvpd, *(resources or ("LAB-LIVE",)))).data()
    return found["decisions"]


async def preauthorize(app: App, *resources: str, mvpd: str = "LabCable") -> Json:
    """The decisions that are made beforehand."""
    return (await decide(app, "preauthorize", mvpd, *resources)).data()["decisions"]


async def permitted(app: App, *resources: str, mvpd: str = "LabCable") -> Json:
    """The one decision of an authorize that must be a permit."""
    (item,) = await authorize(app, *resources, mvpd=mvpd)
    assert item["authorized"] is True, item
    assert item["token"]["serializedToken"].startswith("PHNpZ25hdHVyZUluZm8")
    return item


async def denied(app: App, *resources: str, mvpd: str = "LabCable") -> Json:
    """The error of the one decision of an authorize that must be a denial."""
    (item,) = await authorize(app, *resources, mvpd=mvpd)
    assert item["authorized"] is False, item
    assert "token" not in item
    return item["error"]


async def by_mvpd(app: App, mvpd: str = "LabCable") -> Json:
    """The profiles at one MVPD."""
    return (await app.get(f"profiles/{mvpd}")).data()["profiles"]


async def by_code(app: App, code: str) -> Json:
    """The profiles of a code."""
    return (await app.get(f"profiles/code/{code}")).data()["profiles"]


async def session(app: App, **form: str) -> Json:
    """The answer to a session that is created, with nothing in its form but this."""
    return await create(app, form)


async def full_session(app: App, **changes: str) -> Json:
    """The answer to a session that lacks nothing."""
    return await create(app, {**FULL, **changes})


async def later(lab: Lab, by: str) -> None:
    """Let time pass in the sandbox: an ISO duration, such as PT31M."""
    await lab.admin("POST", "clock/advance", {"by": by})


async def fault(lab: Lab, action: object, **members: Any) -> None:  # noqa: ANN401 - JSON
    """Order a fault."""
    await lab.admin("POST", "faults", {"action": action, **members})


def identity(text: str) -> str:
    """An AP-TempPass-Identity header."""
    return base64.b64encode(text.encode()).decode()


async def service_token(lab: Lab, **claims: object) -> str:
    """A token of a viewer, as an identity service would issue it."""
    made = await lab.admin("POST", "service-tokens", {"subject": "user-9001", **claims})
    return str(made["token"])


async def subject_token(lab: Lab) -> str:
    """A token of a platform's account."""
    made = await lab.admin("POST", "subject-tokens", {"subject": "household-55"})
    return str(made["token"])


__all__ = ["DONE", "FULL", "Browser", "create", "device_header", "post"]
