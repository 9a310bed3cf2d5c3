"""What release notes say was mended, where nothing else asks for it over HTTP."""

import base64

import pytest

from tests.support.decisions import AUTHORIZE, PREAUTHORIZE, ask, decision, seeded, viewer
from tests.support.lab import Lab
from tests.support.logins import create
from tests.support.worlds import profile, world

DENIED = "authorization_denied_by_mvpd"


async def test_a_media_token_names_channel_mvpd_and_proxy(lab: Lab) -> None:
    login = profile("login", mvpd="LabProxied", client="app-1")
    app = await seeded(lab, world(profiles=[login]))
    token = (await decision(app, mvpd="LabProxied"))["token"]["serializedToken"]
    text = base64.b64decode(token).decode()
    assert "<requestorID>LABSP</requestorID>" in text
    assert "<mvpdId>LabProxied</mvpdId><proxyMvpdId>LabCable</proxyMvpdId>" in text


@pytest.mark.parametrize("operation", [AUTHORIZE, PREAUTHORIZE])
async def test_a_denial_in_any_words_is_no_failure(lab: Lab, operation: str) -> None:
    words = "Désolé:\r\nX-Injected: 1 “gold”"
    app = await seeded(lab, viewer(denials={"LAB-GOLD": {"code": DENIED, "details": words}}))
    reply = await ask(app, "LAB-GOLD", operation=operation)
    (item,) = reply.data()["decisions"]
    assert (item["authorized"], item["error"]["details"]) == (False, words)
    assert "X-Injected" not in reply.headers


async def test_a_code_has_no_characters_that_are_taken_for_each_other(lab: Lab) -> None:
    app = await seeded(lab, world())
    for _ in range(5):
        code = (await create(app))["code"]
        assert not {*"0O1IL"} & {*code}
