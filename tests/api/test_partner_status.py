"""The AP-Partner-Framework-Status header, as the page of the header has it."""

import base64
import json
from typing import Any, Final

import pytest

from tests.support.decisions import seeded
from tests.support.lab import App, Lab
from tests.support.logins import post
from tests.support.replies import Json
from tests.support.worlds import changed

ERROR: Final = {"code": "1", "message": "The provider is not supported."}
LATER: Final = "2025430636000"


@pytest.fixture
async def app(lab: Lab) -> App:
    supported = {"enable_platform_services": True, "boarding_status": "SUPPORTED"}
    document = changed(("LABSP", "LabCable"), **supported)
    return await seeded(lab, document, X_Device_Info="eyJvc05hbWUiOiJ0dk9TIn0=")


async def _asked(app: App, permission: Any, provider: Any) -> Json:  # noqa: ANN401 - JSON
    status = {"frameworkPermissionInfo": permission, "frameworkProviderInfo": provider}
    header = base64.b64encode(json.dumps(status).encode()).decode()
    form = {"mvpd": "LabCable", "domainName": "lab.example", "redirectUrl": "https://lab.example"}
    sent = app.sending(AP_Partner_Framework_Status=header)
    return (await post(sent, "sessions/sso/Apple", form)).data()


PROVIDER: Final = {"id": "labcable_apple", "expirationDate": LATER}


@pytest.mark.parametrize(
    ("access", "action"),
    [
        ("granted", "partner_profile"),
        ("denied", "authenticate"),
        ("restricted", "authenticate"),
        ("notDetermined", "authenticate"),
    ],
)
async def test_only_a_granted_permission_leads_to_the_partner(
    app: App, access: str, action: str
) -> None:
    answer = await _asked(app, {"accessStatus": access}, PROVIDER)
    assert answer["actionName"] == action
    assert answer["reasonType"] == ("none" if access == "granted" else "pfs_fallback")


async def test_the_errors_of_the_framework_may_be_told(app: App) -> None:
    answer = await _asked(
        app, {"accessStatus": "granted", "error": ERROR}, {**PROVIDER, "error": ERROR}
    )
    assert (answer["actionName"], answer["mvpd"]) == ("partner_profile", "LabCable")


async def test_the_provider_is_told_by_its_mapping(app: App) -> None:
    answer = await _asked(app, {"accessStatus": "granted"}, {**PROVIDER, "id": "nobody"})
    assert answer["reasonType"] == "pfs_fallback"
