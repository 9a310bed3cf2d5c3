"""Which row decides a logout and what it says of itself: the journal tells, the answer does not."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from simulator.domain.sso.identities import SSO_HEADERS
from tests.support.lab import Lab
from tests.support.replies import Json
from tests.support.tokens import sso_token
from tests.support.worlds import BOX, TV, changed, profile, rule, service_token, world

ANN: Final = [service_token("ann")]
SHARED: Final = profile("shared", BOX, client="app-2", links=ANN)
ON_THIS_TV: Final = profile("shared", client="app-2", links=ANN)
NO_SSO: Final = changed(("LABSP", "LabCable"), single_sign_on=False)


async def _entry(
    lab: Lab, document: Mapping[str, Any], mvpd: str, headers: Mapping[str, str]
) -> Json:
    await lab.seed(document)
    app = await lab.app(TV, client="app-1")
    sending = {name.replace("-", "_"): value for name, value in headers.items()}
    await app.sending(**sending).logged_out(mvpd)
    found = (await lab.admin("GET", "requests?operation=logout&order=newest"))["items"]
    return found[0]


def _world(*profiles: Mapping[str, Any], **lists: Any) -> dict[str, Any]:  # noqa: ANN401 - as `world`
    return world(profiles=profiles, **lists)


@pytest.mark.parametrize(
    ("document", "mvpd", "header", "rows", "deleted"),
    [
        (_world(), "TempBasic", None, ["L1"], []),
        (_world(degradations=[rule("AuthNAll")]), "LabCable", None, ["L2"], []),
        (_world(profile("own", type="appleSSO")), "LabCable", None, ["L4"], ["own"]),
        (_world(profile("own")), "LabCable", None, ["L5"], ["own"]),
        (
            _world(profile("own"), degradations=[rule("AuthZNone")]),
            "LabCable", None, ["L3", "L5"], ["own"],
        ),
        (_world(profile("own", mvpd="LabDish")), "LabDish", None, ["L6"], ["own"]),
        (_world(SHARED), "LabCable", "Adobe-Subject-Token", ["L10"], []),
        (_world({**SHARED, "links": [{"kind": "platform_identity", "subject": "ann"}]}),
            "LabCable", "Adobe-Subject-Token", ["L7"], ["shared"]),
        (_world(SHARED), "LabCable", "AD-Service-Token", ["L8"], ["shared"]),
        (_world(profile("own"), SHARED), "LabCable", "AD-Service-Token", ["L8"], ["own", "shared"]),
        # A login that the right header would have shown, as long as it can be shared at all.
        (_world(ON_THIS_TV), "LabCable", None, ["L9"], []),
        (_world(ON_THIS_TV), "LabCable", "Adobe-Subject-Token", ["L9"], []),
        ({**NO_SSO, "profiles": [ON_THIS_TV]}, "LabCable", None, ["L10"], []),
        (_world({**ON_THIS_TV, "expires_in": "-PT1S"}), "LabCable", None, ["L10"], []),
        (_world({**ON_THIS_TV, "links": []}), "LabCable", None, ["L10"], []),
        (_world(), "LabCable", "AD-Service-Token", ["L10"], []),
    ],
)  # fmt: skip
async def test_the_row_that_decides_is_named_with_its_reasons(
    lab: Lab,
    document: Mapping[str, Any],
    mvpd: str,
    header: str | None,
    rows: list[str],
    deleted: list[str],
) -> None:
    headers = {header: sso_token("ann")} if header else {}
    entry = await _entry(lab, document, mvpd, headers)
    assert entry["rules"] == rows
    gone = [each["id"] for each in entry["changes"]["deleted"] if each["kind"] == "profiles"]
    assert sorted(gone) == deleted
    named = [each.partition(":")[0] for each in entry["explanation"]]
    assert [each for each in named if each in rows] == rows


@pytest.mark.parametrize("header", SSO_HEADERS)
async def test_the_reasons_begin_with_what_the_sso_headers_said(lab: Lab, header: str) -> None:
    for value, says in (
        (sso_token("ann"), "identity lab-idp/ann"),
        (sso_token("ann", exp=lab.clock.seconds), "has expired"),
        ("opaque", "is no JWS"),
    ):
        entry = await _entry(lab, _world(), "LabCable", {header: value})
        kind = SSO_HEADERS[header].value
        assert entry["explanation"][0].startswith(f"{kind}: ")
        assert says in entry["explanation"][0]
