"""Each row of the session and decision tables says so in the journal.

(Adobe: create session, N1 to N10; resume session, N11, N12; authorization, D1 to D17)
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import pytest

from tests.support.decisions import PREAUTHORIZE, ask, identity, seeded, viewer
from tests.support.lab import App, Lab
from tests.support.logins import ANN, FULL, code_for, create, log_in, post
from tests.support.replies import Json
from tests.support.tokens import sso_token
from tests.support.worlds import BOX, TV, changed, profile, rule, service_token, world

Do = Callable[[App], Awaitable[object]]

TIMEOUT: Final = "network_connection_timeout"
HOME: Final = "authorization_denied_by_hba_policies"
RATED: Final = (
    '<rss xmlns:media="http://search.yahoo.com/mrss/"><channel><title>FILM</title><item>'
    '<media:rating scheme="urn:mpaa">R</media:rating></item></channel></rss>'
)
APPLE: Final = profile("own", client="app-1", type="appleSSO")
SHARED: Final = profile("there", BOX, client="app-2", links=[service_token("ann")])
OWN: Final = profile("own", client="app-1")
NO_ENDPOINT: Final = world(
    mvpds=[{"id": "LabDumb", "authorization_endpoint": False}],
    integrations=[{"service_provider": "LABSP", "mvpd": "LabDumb"}],
    profiles=[profile("own", mvpd="LabDumb", client="app-1")],
)


def _trial(mvpd: str, since: str, *used: str) -> dict[str, Any]:
    trial = {
        "service_provider": "LABSP",
        "mvpd": mvpd,
        "device": TV,
        "first_authorized": since,
        "used_resources": [*used],
    }
    return world(temp_passes=[trial])


def _session(**form: str) -> Do:
    return lambda app: post(app, "sessions", form)


def _decision(*resources: str, mvpd: str = "LabCable") -> Do:
    async def both(app: App) -> None:
        for operation in (PREAUTHORIZE, "authorize"):
            await ask(app, *(resources or ("NEWS",)), mvpd=mvpd, operation=operation)

    return both


async def _resume_unknown(app: App) -> None:
    await post(app, "sessions/AAAA222", FULL)


async def _resume_over(app: App) -> None:
    code = await log_in(app)
    await post(app, f"sessions/{code}", FULL)


async def _resume_replaced(app: App) -> None:
    code = await code_for(app)
    await create(app, FULL)
    await app.get(f"sessions/{code}")


PLAIN: Final = world(subscribers=[ANN])
ROWS: Final[dict[str, tuple[Mapping[str, Any], Mapping[str, str], Do]]] = {
    "N1": (PLAIN, {}, _session()),
    "N2": (PLAIN, {}, _session(mvpd="Nope")),
    "N3": (PLAIN, {}, _session(mvpd="LabOff")),
    "N4": (PLAIN, {}, _session(mvpd="TempBasic")),
    "N5": (world(degradations=[rule("AuthNAll")]), {}, _session(mvpd="LabCable")),
    "N6": (world(profiles=[OWN]), {}, _session(mvpd="LabCable")),
    "N7": (
        world(profiles=[SHARED]),
        {"AD_Service_Token": sso_token("ann")},
        _session(mvpd="LabCable"),
    ),
    "N8": (world(profiles=[APPLE]), {}, _session(**FULL)),
    "N9": (PLAIN, {}, _session(mvpd="LabCable")),
    "N10": (PLAIN, {}, _session(**FULL)),
    "N11": (PLAIN, {}, _resume_unknown),
    "N11 replaced": (PLAIN, {}, _resume_replaced),
    "N12": (PLAIN, {}, _resume_over),
    "D1": (PLAIN, {}, _decision(mvpd="TempBasic")),
    "D2": (_trial("TempBasic", "-PT10M"), {}, _decision(mvpd="TempBasic")),
    "D3": (
        _trial("TempPromo", "-PT1M", "one", "two"),
        {"AP_TempPass_Identity": identity("ann")},
        _decision(mvpd="TempPromo"),
    ),
    "D4": (PLAIN, {}, _decision(mvpd="TempPromo")),
    "D5": (changed(("LABSP", "TempBasic"), temp_pass_ttl=None), {}, _decision(mvpd="TempBasic")),
    "D6": (world(degradations=[rule("AuthZNone")]), {}, _decision()),
    "D7": (world(degradations=[rule("AuthNAll")]), {}, _decision()),
    "D8": (world(degradations=[rule("AuthZAll")]), {}, _decision()),
    "D9": (world(profiles=[OWN]), {}, _decision(*"abcdef")),
    "D10": (PLAIN, {}, _decision()),
    "D11": (world(profiles=[APPLE]), {}, _decision()),
    "D12": (viewer(), {}, _decision()),
    "D13": (viewer(entitlements=["SPORT"]), {}, _decision()),
    "D14": (viewer(attributes={"maxRating": {"MPAA": "PG"}}), {}, _decision(RATED)),
    "D15": (viewer(denials={"*": HOME}), {}, _decision()),
    "D16": (viewer(denials={"*": TIMEOUT}), {}, _decision()),
    "D17": (NO_ENDPOINT, {}, _decision(mvpd="LabDumb")),
}


@pytest.mark.parametrize("name", ROWS)
async def test_the_row_is_named_and_explains_itself(lab: Lab, name: str) -> None:
    document, headers, do = ROWS[name]
    row = name.partition(" ")[0]
    app = await seeded(lab, dict(document), **headers)
    await do(app)
    entries = await _told(lab, row)
    # Of the two decisions, the one made beforehand may be another row's.
    assert entries
    for entry in entries:
        reasons = [each for each in entry["explanation"] if each.startswith(f"{row}: ")]
        assert len(reasons) == 1
        assert len(reasons[0]) > len(row) + 10
    # These say why another row decides.
    if row not in {"N8", "N12"}:
        assert entries[-1]["rule"] == row


async def _told(lab: Lab, row: str) -> list[Json]:
    """The requests that the row had a say in."""
    found = await lab.admin("GET", f"requests?rule={row}")
    return [*found["items"]]


def test_no_row_is_forgotten() -> None:
    rows = {each.partition(" ")[0] for each in ROWS}
    assert rows == {f"N{number}" for number in range(1, 13)} | {
        f"D{number}" for number in range(1, 18)
    }
