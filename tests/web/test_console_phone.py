"""Where the QR codes of the console lead: to an address that a phone can reach, or the card says why not."""

from ipaddress import ip_address

import pytest

from simulator.web.console import device, phone
from tests.support.console import Console
from tests.support.lab import App
from tests.support.logins import code_for


@pytest.mark.parametrize(
    ("everywhere", "addresses", "said"),
    [
        (False, ["192.0.2.7"], "It listens on 127.0.0.1 alone."),
        (True, ["2001:db8::7", "192.0.2.7"], "On a phone: http://192.0.2.7:"),
        (True, [], "This machine is in no network."),
    ],
)
async def test_the_picture_leads_where_a_phone_can_go_or_the_card_says_that_it_cannot(
    app: App,
    console: Console,
    monkeypatch: pytest.MonkeyPatch,
    everywhere: bool,
    addresses: list[str],
    said: str,
) -> None:
    monkeypatch.setattr(phone, "lan_addresses", lambda: [*map(ip_address, addresses)])
    if everywhere:
        # As an instance that does would be asked for its token, this one counts as one.
        monkeypatch.setattr(phone, "_EVERYWHERE", frozenset({"127.0.0.1"}))
    code = await code_for(app)
    page = await console.open()
    assert said in page.texts("//*[contains(@class, 'phone')]")[0]
    picture = await console.ask(f"/codes/{code}/qr.svg")
    port = app.lab.origin.rpartition(":")[2]
    leads = "http://192.0.2.7" if said.startswith("On a phone") else "http://127.0.0.1"
    assert picture.text.encode() == device._qr(f"{leads}:{port}/activate?code={code}")
