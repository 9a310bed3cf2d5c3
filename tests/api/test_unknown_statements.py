"""Statements of apps that the sandbox was never told of (Adobe: client credentials, DCR2)."""

import hashlib
from typing import Final

import jwt
import pytest

from tests.support.dcr import app_with, assert_refused, register, statement
from tests.support.lab import Lab
from tests.support.tokens import private_key, segments
from tests.support.worlds import TV, world


@pytest.fixture
async def lab(default_lab: Lab) -> Lab:
    """The base world, and applications that nobody can register with."""
    await default_lab.seed(
        world(
            applications=[
                {"id": "revoked", "revoked": True},
                {"id": "without-scope", "scopes": []},
                {"id": "short-lived"},
            ]
        )
    )
    return default_lab


def _of_elsewhere(**claims: object) -> str:
    """A statement that the sandbox was never told of."""
    return jwt.encode({"iss": "auth.adobe.com", **claims}, private_key("the dashboard"), "RS256")


async def test_why_a_registration_is_refused_stands_in_its_body_and_in_the_journal(
    lab: Lab,
) -> None:
    reply = await register(lab, software_statement=_of_elsewhere(sub="4NRB1"))
    assert_refused(reply, "invalid_software_statement")
    assert "registration.unknown_statements" in reply.json["error_description"]
    (entry,) = (await lab.admin("GET", "requests?operation=register"))["items"]
    said = f"invalid_software_statement: {reply.json['error_description']}"
    assert said in entry["explanation"]


# What a statement says of its app, and which application is made of that: its id and its name.
ELSEWHERE: Final[dict[str, tuple[dict[str, object], str, str]]] = {
    "as the dashboard writes it": ({"sub": "3b1c-42"}, "3b1c-42", "3b1c-42"),
    "as the page has it": (
        {"software_id": "4NRB1-0XZABZI9E6-5SM3R", "client_name": "Example Statement-based Client"},
        "4NRB1-0XZABZI9E6-5SM3R",
        "Example Statement-based Client",
    ),
    "both": ({"sub": "one", "software_id": "two"}, "one", "one"),
    "no name": ({"sub": "one", "client_name": 7}, "one", "one"),
    "a path": (
        {"sub": "https://app.example/tv"},
        f"app-{hashlib.sha256(b'https://app.example/tv').hexdigest()[:40]}",
        "https://app.example/tv",
    ),
}


@pytest.mark.parametrize("name", ELSEWHERE)
async def test_a_statement_of_an_unknown_app_can_make_its_application(lab: Lab, name: str) -> None:
    claims, application, title = ELSEWHERE[name]
    await lab.settings(registration__unknown_statements="accept")
    made = [
        (await register(lab, software_statement=_of_elsewhere(**claims, iat=when))).data(201)
        for when in range(2)
    ]
    assert made[0]["scopes"] == ["api:client:v2"]
    found = await lab.admin("GET", f"applications/{application}")
    assert (found["name"], found["service_providers"]) == (title, [])
    clients = (await lab.admin("GET", f"clients?application={application}"))["items"]
    assert {each["id"] for each in clients} == {each["client_id"] for each in made}
    app = await app_with(lab, made[0], TV)
    assert (await app.get("configuration")).status == 200
    first, second = (await lab.admin("GET", "requests?operation=register"))["items"]
    told = [
        any("it was made" in each for each in entry["explanation"]) for entry in (first, second)
    ]
    assert sorted(told) == [False, True]


async def test_an_application_is_made_of_our_own_statement_of_another_sandbox(lab: Lab) -> None:
    given = await statement(lab, "short-lived")
    await lab.admin("DELETE", "applications/short-lived")
    await lab.settings(registration__unknown_statements="accept")
    assert (await register(lab, software_statement=given)).status == 201
    assert (await lab.admin("GET", "applications/short-lived"))["service_providers"] == []


@pytest.mark.parametrize("application", ["revoked", "without-scope"])
async def test_an_unknown_statement_is_no_way_around_what_an_application_is_set_to(
    lab: Lab, application: str
) -> None:
    await lab.settings(registration__unknown_statements="accept")
    reply = await register(lab, software_statement=_of_elsewhere(sub=application))
    assert_refused(reply, "unapproved_software_statement")


@pytest.mark.parametrize(
    "given",
    [
        "garbage",
        "..",
        "a.b.c",
        segments({"alg": "none"}, {"sub": "unsigned"}) + ".",
        segments({"alg": "RS256"}, ["no claims"], b"x"),
        segments(b"[" * 100_000, {"sub": "x"}, b"x"),
        segments({"alg": "RS256"}, b"[" * 100_000, b"x"),
        {},
        {"software_id": " "},
        {"software_id": 7},
        {"software_id": "\0"},
        segments({"alg": "RS256"}, b'{"sub": "\\ud800"}', b"x"),
    ],
    ids=range(12),
)
@pytest.mark.parametrize("switch", ["refuse", "accept"])
async def test_what_is_no_statement_is_refused_whatever_the_switch_says(
    lab: Lab, given: str | dict[str, object], switch: str
) -> None:
    await lab.settings(registration__unknown_statements=switch)
    before = await lab.state()
    sent = given if isinstance(given, str) else _of_elsewhere(**given)
    reply = await register(lab, software_statement=sent)
    assert_refused(reply, "invalid_software_statement")
    assert await lab.state() == before


async def test_a_refused_registration_makes_no_application(lab: Lab) -> None:
    await lab.settings(registration__unknown_statements="accept")
    before = await lab.state()
    reply = await register(lab, software_statement=_of_elsewhere(sub="new"), redirect_uri="nope")
    assert_refused(reply, "invalid_redirect_uri")
    assert await lab.state() == before
