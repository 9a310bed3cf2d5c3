"""The partner framework status: six things that can be wrong with it, in their order.

(Adobe: partner profile, PFS1)
"""

import base64
import json
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.domain.configuration import Mvpd
from simulator.domain.sso.partner_sso import status_problem

NOW: Final = 1_767_225_600_000
CABLE: Final = Mvpd(id="Cable", display_name="C", platform_mappings={"apple": "cable_apple"})
DISH: Final = Mvpd(id="Dish", display_name="D", platform_mappings={"apple": "dish_apple"})
PLAIN: Final = Mvpd(id="Plain", display_name="P")
MVPDS: Final = (CABLE, DISH, PLAIN)


def _header(permission: object, provider: object) -> str:
    status = {"frameworkPermissionInfo": permission, "frameworkProviderInfo": provider}
    return base64.b64encode(json.dumps(status).encode()).decode()


def _granted(**provider: str | int) -> str:
    return _header({"accessStatus": "granted"}, provider)


GOOD: Final = {"id": "cable_apple", "expirationDate": str(NOW + 1)}

ABSENT: Final = "permission_access_not_present"
UNDETERMINED: Final = "permission_access_not_determined"
REFUSED: Final = "permission_access_not_granted"
NO_ID: Final = "provider_id_not_determined"
OTHER_ID: Final = "provider_id_mismatch"
EXPIRED: Final = "provider_info_expired"

CASES: Final[list[tuple[str | None, str | None]]] = [
    # Nothing is wrong.
    (_granted(**GOOD), None),
    (_granted(id="cable_apple"), None),
    # There is no access status to speak of.
    (None, ABSENT),
    ("", ABSENT),
    ("no Base64!", ABSENT),
    ("\udcff", ABSENT),
    (base64.b64encode(b"no JSON").decode(), ABSENT),
    (base64.b64encode(b"[]").decode(), ABSENT),
    (base64.b64encode(b"[" * 100_000).decode(), ABSENT),
    (_header(None, GOOD), ABSENT),
    (_header({}, GOOD), ABSENT),
    (_header({"accessStatus": ""}, GOOD), ABSENT),
    (_header({"accessStatus": True}, GOOD), ABSENT),
    # There is one, and it is not granted.
    (_header({"accessStatus": "notDetermined"}, GOOD), UNDETERMINED),
    (_header({"accessStatus": "denied"}, GOOD), REFUSED),
    (_header({"accessStatus": "restricted"}, GOOD), REFUSED),
    (_header({"accessStatus": "whatever"}, GOOD), REFUSED),
    # It is granted, and the provider is in doubt.
    (_header({"accessStatus": "granted"}, None), NO_ID),
    (_granted(), NO_ID),
    (_granted(id=7), NO_ID),
    (_granted(id="nobody"), NO_ID),
    (_granted(id="dish_apple"), OTHER_ID),
    # The provider is right, and its information is old.
    (_granted(id="cable_apple", expirationDate=str(NOW)), EXPIRED),
    (_granted(id="cable_apple", expirationDate=NOW - 1), EXPIRED),
    (_granted(id="cable_apple", expirationDate="soon"), EXPIRED),
    # The earlier check wins.
    (_header({}, {}), ABSENT),
    (_header({"accessStatus": "notDetermined"}, {}), UNDETERMINED),
    (_header({"accessStatus": "denied"}, {"id": "dish_apple"}), REFUSED),
    (_granted(id="nobody", expirationDate="0"), NO_ID),
    (_granted(id="dish_apple", expirationDate="0"), OTHER_ID),
]


@pytest.mark.parametrize(("header", "code"), CASES)
def test_the_first_thing_that_is_wrong_is_named(header: str | None, code: str | None) -> None:
    expected = None if code is None else f"invalid_header_pfs_{code}"
    assert status_problem(header, CABLE, MVPDS, NOW) == expected


def test_an_mvpd_without_a_mapping_matches_no_provider() -> None:
    assert status_problem(_granted(**GOOD), PLAIN, MVPDS, NOW) == f"invalid_header_pfs_{OTHER_ID}"


@given(header=st.text(st.characters(codec=None)))
def test_no_header_breaks_the_check(header: str) -> None:
    assert status_problem(header, CABLE, MVPDS, NOW) == f"invalid_header_pfs_{ABSENT}"
