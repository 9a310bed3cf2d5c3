"""The samples of Adobe's pages, sent as they are printed there."""

from typing import Final
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.samples.pages import Sample, samples
from tests.support.lab import Lab

SAMPLES: Final = samples()


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
async def test_the_answer_is_the_one_on_the_page(lab: Lab, sample: Sample) -> None:
    await sample.check(lab)


async def test_authenticating_in_a_user_agent(lab: Lab) -> None:
    back = "http://adobe.com/apitest/live.html"
    given = {"mvpd": "Cablevision", "domainName": "adobe.com", "redirectUrl": back}
    sample = Sample(
        request="GET /api/v2/authenticate/REF30/8KHP9RW",
        before=[{"code": "8KHP9RW"}, {"session": given}],
        answer=None,
    )
    reply = await sample.ask(lab)
    assert reply.status == 302
    location = urlsplit(reply.headers["Location"])
    assert f"{location.scheme}://{location.netloc}" == lab.origin
    assert location.path == "/adobe-services/authenticate/saml"
    # Ours carries the code as well, which the real backend keeps in a cookie.
    assert parse_qsl(location.query) == [
        ("noflash", "true"),
        ("mso_id", "Cablevision"),
        ("requestor_id", "REF30"),
        ("no_iframe", "false"),
        ("domain_name", "adobe.com"),
        ("redirect_url", back),
        ("reg_code", "8KHP9RW"),
    ]
