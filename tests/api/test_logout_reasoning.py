"""Which row decides a logout and what it says of itself, which the answer alone does not tell."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from simulator.domain.single_sign_on import SSO_HEADERS
from simulator.middleware.endpoints import SIMULATOR
from simulator.services.admission import DeviceCall
from simulator.services.logout import LoggedOut, Logout, log_out
from simulator.storage import sandboxes
from simulator.storage.sandboxes import DEFAULT
from tests.support.lab import REDIRECT, Lab, device_header
from tests.support.tokens import sso_token
from tests.support.worlds import BOX, TV, changed, profile, rule, service_token, world

ANN: Final = [service_token("ann")]
SHARED: Final = profile("shared", BOX, client="app-2", links=ANN)
ON_THIS_TV: Final = profile("shared", client="app-2", links=ANN)
NO_SSO: Final = changed(("LABSP", "LabCable"), single_sign_on=False)


async def _outcome(
    lab: Lab, document: Mapping[str, Any], mvpd: str, headers: Mapping[str, str]
) -> LoggedOut:
    await lab.seed(document)
    simulator = lab.client.app[SIMULATOR]
    token = await lab.token(client="app-1")
    call = DeviceCall(
        service_provider="LABSP",
        bearer=token,
        token=simulator.keys.read(token),
        device_identifier=device_header(TV),
        sso_headers=headers,
    )
    asked = Logout(call=call, mvpd=mvpd, redirect_urls=[REDIRECT], origin=lab.origin)
    head = await simulator.engine.query(lambda connection: sandboxes.head(connection, DEFAULT))
    outcome = await log_out(simulator, head, asked)
    assert outcome is not None
    return outcome


def _world(*profiles: Mapping[str, Any], **lists: Any) -> dict[str, Any]:  # noqa: ANN401 - as `world`
    return world(profiles=profiles, **lists)


@pytest.mark.parametrize(
    ("document", "mvpd", "header", "rows", "deleted"),
    [
        (_world(), "TempBasic", None, ["L1"], ()),
        (_world(degradations=[rule("AuthNAll")]), "LabCable", None, ["L2"], ()),
        (_world(profile("own", type="appleSSO")), "LabCable", None, ["L4"], ("own",)),
        (_world(profile("own")), "LabCable", None, ["L5"], ("own",)),
        (
            _world(profile("own"), degradations=[rule("AuthZNone")]),
            "LabCable", None, ["L3", "L5"], ("own",),
        ),
        (_world(profile("own", mvpd="LabDish")), "LabDish", None, ["L6"], ("own",)),
        (_world(SHARED), "LabCable", "AD-Service-Token", ["L8"], ("shared",)),
        (_world(profile("own"), SHARED), "LabCable", "AD-Service-Token", ["L8"], ("own", "shared")),
        # A login that the right header would have shown, as long as it can be shared at all.
        (_world(ON_THIS_TV), "LabCable", None, ["L9"], ()),
        (_world(ON_THIS_TV), "LabCable", "Adobe-Subject-Token", ["L9"], ()),
        ({**NO_SSO, "profiles": [ON_THIS_TV]}, "LabCable", None, ["L10"], ()),
        (_world({**ON_THIS_TV, "expires_in": "-PT1S"}), "LabCable", None, ["L10"], ()),
        (_world({**ON_THIS_TV, "links": []}), "LabCable", None, ["L10"], ()),
        (_world(), "LabCable", "AD-Service-Token", ["L10"], ()),
    ],
)  # fmt: skip
async def test_the_row_that_decides_is_named_with_its_reasons(
    lab: Lab,
    document: Mapping[str, Any],
    mvpd: str,
    header: str | None,
    rows: list[str],
    deleted: tuple[str, ...],
) -> None:
    headers = {header: sso_token("ann")} if header else {}
    outcome = await _outcome(lab, document, mvpd, headers)
    assert outcome.row == rows[-1]
    assert tuple(sorted(outcome.deleted)) == deleted
    reasons = outcome.reasoning[len(headers) :]
    assert [each.partition(":")[0] for each in reasons] == rows


@pytest.mark.parametrize("header", SSO_HEADERS)
async def test_the_reasons_begin_with_what_the_sso_headers_said(lab: Lab, header: str) -> None:
    for value, says in (
        (sso_token("ann"), "identity lab-idp/ann"),
        (sso_token("ann", exp=lab.clock.seconds), "has expired"),
        ("opaque", "is no JWS"),
    ):
        outcome = await _outcome(lab, _world(), "LabCable", {header: value})
        kind = SSO_HEADERS[header].value
        assert outcome.reasoning[0].startswith(f"{kind}: ")
        assert says in outcome.reasoning[0]
