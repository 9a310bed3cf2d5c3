"""The samples of the sessions pages and of the configuration page."""

from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.samples.pages import (
    FORM,
    HEADERS,
    UUID,
    WHOLE,
    WINDOW_AS_TEXT,
    Like,
    Sample,
    Setting,
    app_call,
    degraded,
    form,
    login,
    next_code,
)
from tests.support.lab import Lab
from tests.support.replies import Json

CREATE: Final = "/api/v2/REF30/sessions"
RESUME: Final = "/api/v2/REF30/sessions/8BLW4RW"
HALF_AN_HOUR: Final = 30 * 60 * 1000


def _coded(code: str) -> Setting:
    """The next session gets the code of the sample."""

    async def before(lab: Lab) -> None:
        await next_code(lab, code)

    return before


def _pending(code: str, **parameters: str) -> Setting:
    """A session with the code of the sample."""

    async def before(lab: Lab) -> None:
        await next_code(lab, code)
        await app_call(lab, "sessions", form(**parameters))

    return before


def _authenticate(code: str) -> Json:
    return {
        "actionName": "authenticate",
        "actionType": "interactive",
        "reasonType": "none",
        "url": f"/api/v2/authenticate/REF30/{code}",
        "code": code,
        "sessionId": UUID,
        "mvpd": "Cablevision",
        "serviceProvider": "REF30",
        **WINDOW_AS_TEXT,
    }


def _authorize(mvpd: str, reason: str) -> Json:
    return {
        "actionName": "authorize",
        "actionType": "direct",
        "reasonType": reason,
        "url": f"/api/v2/REF30/decisions/authorize/{mvpd}",
        "sessionId": UUID,
        "mvpd": mvpd,
        "serviceProvider": "REF30",
    }


TEMPORARY: Final = {**WHOLE, "mvpd": "TempPass_TEST40"}
LOGGED_IN: Final = {"profiles": [login("Cablevision")]}
AUTHN_ALL: Final = degraded("AuthNAll", "Cablevision")
POSTED: Final[dict[str, Any]] = {"method": "POST", "body_type": FORM}

CREATED: Final = {
    "1": Sample(
        **POSTED, path=CREATE, body=form(**WHOLE), before=_coded("8ER640M"),
        answer=_authenticate("8ER640M"), lasts=HALF_AN_HOUR,
    ),
    # The page calls the missing one "domain"; the newest of all samples has domainName
    # (Adobe: create session, C6).
    "2": Sample(
        **POSTED, path=CREATE, body=b"", before=_coded("8ER640M"),
        answer={
            "actionName": "resume",
            "actionType": "direct",
            "reasonType": "none",
            "url": "/api/v2/REF30/sessions/8ER640M",
            "missingParameters": ["mvpd", "domainName", "redirectUrl"],
            "code": "8ER640M",
            "sessionId": UUID,
            "serviceProvider": "REF30",
            **WINDOW_AS_TEXT,
        },
        lasts=HALF_AN_HOUR,
    ),
    "3": Sample(
        **POSTED, path=CREATE, body=form(**WHOLE), given=LOGGED_IN,
        answer=_authorize("Cablevision", "authenticated"),
    ),
    "4": Sample(
        **POSTED, path=CREATE, body=form(**TEMPORARY),
        answer=_authorize("TempPass_TEST40", "temporary"),
    ),
    "5": Sample(
        **POSTED, path=CREATE, body=form(**WHOLE), given=AUTHN_ALL,
        answer=_authorize("Cablevision", "degraded"),
    ),
}  # fmt: skip
RESUMED: Final = {
    # Its answer has another code than its path, which is a slip (Adobe: resume session, C28).
    "1": Sample(
        **POSTED, path=RESUME, body=form(**WHOLE), before=_pending("8BLW4RW"),
        answer=_authenticate("8BLW4RW"), lasts=HALF_AN_HOUR,
    ),
    "2": Sample(
        **POSTED, path=RESUME, body=form(mvpd="Cablevision", domainName="adobe.com"),
        before=_pending("8BLW4RW"),
        answer={
            "actionName": "retry",
            "actionType": "direct",
            "reasonType": "none",
            "url": RESUME,
            "missingParameters": ["redirectUrl"],
            "code": "8BLW4RW",
            "sessionId": UUID,
            "mvpd": "Cablevision",
            "serviceProvider": "REF30",
            **WINDOW_AS_TEXT,
        },
        lasts=HALF_AN_HOUR,
    ),
    "4": Sample(
        **POSTED, path=RESUME, body=form(**TEMPORARY), before=_pending("8BLW4RW"),
        answer=_authorize("TempPass_TEST40", "temporary"),
    ),
    "5": Sample(
        **POSTED, path=RESUME, body=form(**WHOLE), given=AUTHN_ALL, before=_pending("8BLW4RW"),
        answer=_authorize("Cablevision", "degraded"),
    ),
}  # fmt: skip

_NO_VERSION: Final = {"major": 0, "minor": 0, "patch": 0, "profile": ""}


def _device() -> Json:
    """A device that says nothing of itself that can be read; the page's tells it in its user agent."""
    return {
        "type": "Unknown",
        "model": None,
        "version": _NO_VERSION,
        "hardware": {"name": None, "vendor": None, "version": _NO_VERSION, "manufacturer": None},
        "operatingSystem": {"name": None, "family": None, "vendor": None, "version": _NO_VERSION},
        "browser": {
            "name": None,
            "vendor": None,
            "version": _NO_VERSION,
            "userAgent": None,
            "originalUserAgent": HEADERS["User-Agent"],
        },
        "display": {
            "width": 0,
            "height": 0,
            "ppi": 0,
            "name": "DISPLAY",
            "vendor": None,
            "version": None,
            "diagonalSize": None,
        },
        "applicationId": None,
        "connection": {"ipAddress": None, "port": None, "secure": False, "type": None},
    }


# The page's path has the order of an old revision (Adobe: retrieve session, C2).
SHOWN: Final = {
    "1": Sample(
        path=RESUME,
        before=_pending(
            "8BLW4RW", mvpd="apassidp", domainName="adobe.com", redirectUrl="https://www.adobe.com"
        ),
        answer={
            "existingParameters": {
                "mvpd": "apassidp",
                "domainName": "adobe.com",
                "redirectUrl": "https://www.adobe.com",
                "serviceProvider": "REF30",
            },
            "device": _device(),
            **WINDOW_AS_TEXT,
        },
        lasts=HALF_AN_HOUR,
    ),
    "1, the second": Sample(
        path=RESUME,
        before=_pending("8BLW4RW", domainName="adobe.com", redirectUrl="https://adobe.com"),
        answer={
            "missingParameters": ["mvpd"],
            "existingParameters": {
                "redirectUrl": "https://adobe.com",
                "domainName": "adobe.com",
                "serviceProvider": "REF30",
            },
            "device": _device(),
            **WINDOW_AS_TEXT,
        },
        lasts=HALF_AN_HOUR,
    ),
}


@pytest.mark.parametrize("sample", CREATED.values(), ids=CREATED)
async def test_creating_a_session(lab: Lab, sample: Sample) -> None:
    await sample.check(lab)


@pytest.mark.parametrize("sample", RESUMED.values(), ids=RESUMED)
async def test_resuming_a_session(lab: Lab, sample: Sample) -> None:
    await sample.check(lab)


async def test_resuming_a_session_when_logged_in(lab: Lab) -> None:
    """Sample 3: the login came about after the session."""
    sample = Sample(
        **POSTED, path=RESUME, body=form(**WHOLE), before=_logged_in_meanwhile,
        answer=_authorize("Cablevision", "authenticated"),
    )  # fmt: skip
    await sample.check(lab)


async def _logged_in_meanwhile(lab: Lab) -> None:
    await _pending("8BLW4RW")(lab)
    await lab.admin("POST", "profiles", login("Cablevision"))


@pytest.mark.parametrize("sample", SHOWN.values(), ids=SHOWN)
async def test_retrieving_a_session(lab: Lab, sample: Sample) -> None:
    await sample.check(lab)


async def test_authenticating_in_a_user_agent(lab: Lab) -> None:
    back = "http://adobe.com/apitest/live.html"
    sample = Sample(
        path="/api/v2/authenticate/REF30/8KHP9RW",
        before=_pending("8KHP9RW", **{**WHOLE, "redirectUrl": back}),
        status=302,
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


async def test_the_configuration(lab: Lab) -> None:
    """With the path's slash; an entry of each kind that the sample has."""
    logo = "https://entitlement.auth.adobe.com/entitlement/noLogo.png"
    given = {
        "mvpds": [
            {"id": "Shown", "display_name": "Adobe Pass SMI", "logo_url": logo},
            {"id": "ElasticSSO"},
            {"id": "Passive"},
            {"id": "Trial", "display_name": "Three minutes", "logo_url": logo,
             "kind": "temp_pass_basic"},
        ],
        "service_providers": [
            {"id": "SAMPLE", "name": "Reference site", "domains": ["adobe.com", "adobe.io"]}
        ],
        "integrations": [
            {"service_provider": "SAMPLE", "mvpd": "Shown", "auth_per_aggregator": False},
            {"service_provider": "SAMPLE", "mvpd": "ElasticSSO"},
            {"service_provider": "SAMPLE", "mvpd": "Passive", "passive_authentication": False,
             "auth_per_aggregator": True, "auth_per_browser_session": True},
            {"service_provider": "SAMPLE", "mvpd": "Trial", "auth_per_aggregator": True,
             "temp_pass_ttl": "PT3M"},
        ],
    }  # fmt: skip
    sample = Sample(
        path="/api/v2/SAMPLE/configuration/",
        given=given,
        answer={
            "device": Like(str),
            "clientType": "html5",
            "os": "Unknown",
            "requestor": {
                "id": "SAMPLE",
                "name": "Reference site",
                "domains": [
                    {"name": "adobe.com", "mvpdInitiated": False},
                    {"name": "adobe.io", "mvpdInitiated": False},
                ],
                "mvpds": [
                    {"id": "ElasticSSO", "displayName": "ElasticSSO", "authPerAggregator": False},
                    {
                        "id": "Passive",
                        "displayName": "Passive",
                        "authPerAggregator": True,
                        "authPerBrowserSession": True,
                        "passiveAuthnEnabled": False,
                    },
                    {
                        "id": "Shown",
                        "displayName": "Adobe Pass SMI",
                        "logoUrl": logo,
                        "authPerAggregator": False,
                    },
                    {
                        "id": "Trial",
                        "displayName": "Three minutes",
                        "logoUrl": logo,
                        "authPerAggregator": True,
                        "isTempPass": True,
                    },
                ],
            },
        },
    )
    await sample.check(lab)
