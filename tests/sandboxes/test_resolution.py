"""Which sandbox a request belongs to: the steps that settle it, each alone and all against each other."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

import pytest

from tests.sandboxes.places import HOME, Place, marked, open_place, users
from tests.support.lab import Lab, device_header
from tests.support.replies import Reply
from tests.support.shapes import assert_admin_error
from tests.support.worlds import TV

CODE_PATH: Final = "/api/v2/authenticate/LABSP/{code}"


@dataclass(frozen=True, kw_only=True)
class Clue:
    """What a request shows of its sandbox: before its path, in its headers, behind its path."""

    prefix: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    query: str = ""


async def _prefix(place: Place) -> Clue:
    return Clue(prefix=f"/s/{place.name}")


async def _header(place: Place) -> Clue:
    return Clue(headers={"X-Sim-Sandbox": place.name})


async def _host(place: Place) -> Clue:
    return Clue(headers={"Host": f"{place.name}.lab.local:8642"})


async def _token(place: Place) -> Clue:
    return Clue(headers={"Authorization": f"Bearer {await place.token()}"})


async def _code(place: Place) -> Clue:
    app = await place.app(TV)
    body = {"mvpd": "LabDish", "domainName": "lab.example", "redirectUrl": "https://lab.example"}
    created = await place.call("POST", "/api/v2/LABSP/sessions", app.headers, data=body)
    return Clue(query=f"?reg_code={created.data()['code']}")


async def _claim(place: Place) -> Clue:
    await place.admin("PUT", f"devices/{TV}/claim", {})
    return Clue(headers={"AP-Device-Identifier": device_header(TV)})


# In the order in which they count.
STEPS: Final[Mapping[str, Callable[[Place], Awaitable[Clue]]]] = {
    "prefix": _prefix,
    "header": _header,
    "host": _host,
    "token": _token,
    "code": _code,
    "claim": _claim,
}
SHOWN: Final = [each for length in (0, 1, 2, 6) for each in combinations(STEPS, length)]


@pytest.fixture
async def lab(lab: Lab) -> Lab:
    """A world in `default`, too, so that whoever lands there by mistake finds something."""
    await lab.seed(marked("default"))
    return lab


async def _ask(lab: Lab, path: str, *clues: Clue) -> Reply:
    prefix = "".join(each.prefix for each in clues)
    query = "".join(each.query for each in clues)
    headers = {name: value for each in clues for name, value in each.headers.items()}
    return await lab.call("GET", f"{prefix}{path}{query}", headers)


@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: "+".join(shown) or "nothing")
async def test_the_earliest_step_that_a_request_shows_decides(
    lab: Lab, shown: tuple[str, ...]
) -> None:
    clues = []
    for step in shown:
        place = await open_place(lab, f"by-{step}", marked(f"by-{step}"))
        clues.append(await STEPS[step](place))
    expected = f"by-{shown[0]}" if shown else "default"
    for path in ("/api/v2/LABSP/configuration", "/provider/login", "/nowhere/at/all"):
        assert (await _ask(lab, path, *clues)).headers["X-Sim-Sandbox"] == expected
    # A path that shows the world itself: no header can lie about that.
    one = await _ask(lab, f"/admin/v1/profiles/{HOME}", *clues)
    assert one.headers["X-Sim-Sandbox"] == expected
    assert one.data()["attributes"]["userID"]["value"] == expected


async def test_a_code_counts_in_a_path_as_well(lab: Lab) -> None:
    place = await open_place(lab, "ci-42", marked("ci-42"))
    code = (await _code(place)).query.partition("=")[2]
    for written in (code, code.lower()):
        reply = await lab.call("GET", CODE_PATH.format(code=written))
        assert (reply.status, reply.headers["X-Sim-Sandbox"]) == (302, "ci-42")


@pytest.mark.parametrize(
    ("prefix", "headers", "query"),
    [
        ("/s/nowhere", {}, ""),
        ("/s/nowhere", {"X-Sim-Sandbox": "ci-42", "Host": "ci-42.lab.local"}, ""),
        ("/s/", {}, ""),
        ("/s/CI-42", {}, ""),
        ("/s/ci-42%20", {}, ""),
        ("", {"X-Sim-Sandbox": "nowhere"}, ""),
        ("", {"X-Sim-Sandbox": "nowhere", "Host": "ci-42.lab.local"}, ""),
        ("", {"X-Sim-Sandbox": ""}, ""),
        ("", {"X-Sim-Sandbox": "default, ci-42"}, ""),
        ("", {}, "?sim_sandbox=nowhere"),
    ],
)
@pytest.mark.parametrize(
    "path",
    ["/api/v2/LABSP/profiles", "/o/client/register", "/admin/v1/profiles", "/adobe-services/logout",
     "/api/v2/nothing/here"],
)  # fmt: skip
async def test_a_sandbox_that_is_named_and_unknown_is_never_replaced_by_another(
    lab: Lab, path: str, prefix: str, headers: Mapping[str, str], query: str
) -> None:
    await open_place(lab, "ci-42")
    before = await lab.state()
    for method in ("GET", "POST", "DELETE"):
        reply = await lab.call(method, f"{prefix}{path}{query}", headers)
        error = assert_admin_error(reply)
        assert (error["status"], error["code"]) == (404, "sandbox_not_found")
        assert error["hint"]
        assert "X-Sim-Sandbox" not in reply.headers
    assert await lab.state() == before


async def test_an_unknown_sandbox_is_told_by_its_name(lab: Lab) -> None:
    error = assert_admin_error(await lab.call("GET", "/s/n%C3%B6where/admin/v1/clock"))
    assert error["message"] == "There is no sandbox 'nöwhere'."


async def test_a_host_that_names_no_sandbox_says_nothing(lab: Lab) -> None:
    place = await open_place(lab, "claimed", marked("claimed"))
    claim = await _claim(place)
    for host in ("nowhere.lab.local", "localhost", "[::1]:8642", "127.0.0.1:8642", "", "a" * 300):
        reply = await _ask(lab, "/api/v2/LABSP/profiles", Clue(headers={"Host": host}), claim)
        assert reply.headers["X-Sim-Sandbox"] == "claimed"


async def test_a_host_is_read_as_hosts_are_in_any_case_and_without_port(lab: Lab) -> None:
    await open_place(lab, "ci-42")
    for host in (
        "ci-42.lab.local",
        "CI-42.Lab.Local",
        "ci-42",
        "ci-42:8642",
        "ci-42.lab.local.:80",
    ):
        reply = await lab.call("GET", "/activate", {"Host": host})
        assert reply.headers["X-Sim-Sandbox"] == "ci-42"


@pytest.mark.parametrize("name", ["127", "192", "10"])
async def test_the_first_number_of_an_address_is_no_label_of_a_host(lab: Lab, name: str) -> None:
    await open_place(lab, name)
    host = f"{name}.0.0.1:8642"
    reply = await lab.call("GET", "/admin/v1/clock", {"Host": host})
    assert reply.headers["X-Sim-Sandbox"] == "default"


async def test_a_token_that_is_not_ours_says_nothing(lab: Lab) -> None:
    claim = await _claim(await open_place(lab, "claimed", marked("claimed")))
    token = Clue(headers={"Authorization": "Bearer eyJhbGciOiJub25lIn0.e30."})
    reply = await _ask(lab, "/api/v2/LABSP/profiles", token, claim)
    assert (reply.status, reply.headers["X-Sim-Sandbox"]) == (401, "claimed")


async def test_a_code_that_nobody_gave_out_says_nothing(lab: Lab) -> None:
    claim = await _claim(await open_place(lab, "claimed", marked("claimed")))
    reply = await _ask(lab, "/provider/login", Clue(query="?reg_code=ZZZZZZZ"), claim)
    assert (reply.status, reply.headers["X-Sim-Sandbox"]) == (400, "claimed")


async def test_a_device_without_a_claim_is_in_default(lab: Lab) -> None:
    await _claim(await open_place(lab, "claimed", marked("claimed")))
    headers = {"AP-Device-Identifier": device_header("another-device")}
    reply = await lab.call("GET", "/admin/v1/profiles", headers)
    assert reply.headers["X-Sim-Sandbox"] == "default"
    assert reply.json["items"][0]["attributes"]["userID"]["value"] == "default"


async def test_within_a_sandbox_each_surface_works_under_its_prefix(lab: Lab) -> None:
    place = await open_place(lab, "ci-42", marked("ci-42"))
    app = await place.app(TV)
    assert (await app.profiles())["LabCable"]["attributes"]["userID"]["value"] == "ci-42"
    assert await users(place) == {HOME: "ci-42"}
    page = await place.call("GET", "/provider/logout?mvpd=LabCable&redirect_url=https%3A%2F%2Fa.b")
    assert page.status == 302
