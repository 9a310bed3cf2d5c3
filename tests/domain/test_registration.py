"""Which redirect URIs an application may register, and which service providers it serves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.domain.access.registration import Application

ANY = Application(id="a", name="A")
DOMAINS = Application(id="a", name="A", domains=("adobe.com",))
SCHEMES = Application(id="a", name="A", custom_schemes=("labapp",))
BOTH = Application(id="a", name="A", domains=("adobe.com",), custom_schemes=("labapp",))


@pytest.mark.parametrize(
    ("application", "uri", "accepted"),
    [
        (ANY, "https://anywhere.example/", True),
        (ANY, "anything://x", True),
        (ANY, "anything:x", True),
        (ANY, "", False),
        (ANY, "no-scheme", False),
        (ANY, "https://", False),
        (ANY, "https://[", False),
        (ANY, "labapp:", False),
        (DOMAINS, "https://adobe.com/back", True),
        (DOMAINS, "https://www.adobe.com", True),
        (DOMAINS, "https://ADOBE.com", True),
        (DOMAINS, "https://adobe.com.evil.example", False),
        (DOMAINS, "https://notadobe.com", False),
        (DOMAINS, "https://adobe.com@evil.example/", False),
        (DOMAINS, "labapp://x", True),
        (SCHEMES, "labapp://x", True),
        (SCHEMES, "otherapp://x", False),
        (SCHEMES, "https://anywhere.example/", True),
        (BOTH, "labapp://x", True),
        (BOTH, "https://adobe.com", True),
        (BOTH, "https://anywhere.example/", False),
        (BOTH, "otherapp://x", False),
    ],
)
def test_a_redirect_uri_lies_within_the_domains_and_schemes_that_are_set(
    application: Application, uri: str, accepted: bool
) -> None:
    assert application.accepts_redirect(uri) is accepted


@given(uri=st.text(st.characters(codec=None)))
def test_no_redirect_uri_breaks_the_check(uri: str) -> None:
    assert BOTH.accepts_redirect(uri) in {True, False}


@pytest.mark.parametrize(
    ("assigned", "serves"), [((), True), (("LABSP",), True), (("LABSP2",), False)]
)
def test_an_application_without_assignment_serves_everybody(
    assigned: tuple[str, ...], serves: bool
) -> None:
    application = Application(id="a", name="A", service_providers=assigned)
    assert application.serves("LABSP") is serves
