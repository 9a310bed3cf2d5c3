"""The samples of the profiles pages: all profiles, by MVPD, and by code."""

import json
from typing import Any, Final

import pytest

from tests.samples.pages import (
    BASE64,
    DEGRADED_USER,
    DEVICE,
    IDENTITY,
    MOMENT,
    SERVICE_TOKEN,
    SUBJECT_TOKEN,
    TEMPORARY_USER,
    WINDOW,
    Sample,
    Setting,
    app_call,
    degraded,
    form,
    login,
    next_code,
    plain,
    problem,
)
from tests.support.lab import Lab
from tests.support.replies import Json

MINUTE: Final = 60_000
CODE: Final = "XTC98W"
FOO: Final = json.dumps({"email": "foo@bar.com"})

USER: Final = {"userID": plain("BASE64_value_userId")}
ATTRIBUTES: Final = {
    "userID": "BASE64_value_userId",
    "householdID": "BASE64_value_householdId",
    "zip": {"value": "BASE64_value_zip", "state": "enc"},
}
# A secret value is encrypted for the programmer, so what comes is never what was put in.
SEEN: Final = {
    **USER,
    "householdID": plain("BASE64_value_householdId"),
    "zip": {"value": BASE64, "state": "enc"},
}


def _profile(mvpd: str, kind: str, attributes: Json, issuer: str | None = None) -> Json:
    return {**WINDOW, "issuer": issuer or mvpd, "type": kind, "attributes": attributes}


def _profiles(**found: Json) -> Json:
    return {"profiles": found}


def _of_user(mvpd: str, user: str) -> dict[str, str]:
    return {"upstreamUserID": user, "userID": user, "mvpd": mvpd}


def _shown(attributes: dict[str, str]) -> Json:
    return {name: plain(value) for name, value in attributes.items()}


def _shared(mvpd: str, kind: str, literal: str, user: str) -> dict[str, Any]:
    """A login elsewhere, which the header of the sample reaches."""
    return login(
        mvpd,
        device="another-device",
        attributes=_of_user(mvpd, user),
        links=[{"kind": kind, "value": literal}],
    )


BY_TOKEN: Final = _shared(
    "AdobeShibboleth", "service_token", SERVICE_TOKEN, "AAdzZWNyZXQxydCkywfPBl0K"
)
BY_PLATFORM: Final = _shared(
    "AdobePass_SMI", "platform_identity", SUBJECT_TOKEN, "38524bdc3d1caac0b3e139003ea0954e15ad9648"
)
SHARED_BY_TOKEN: Final = {
    "AdobeShibboleth": _profile(
        "AdobeShibboleth", "serviceTokenSSO",
        _shown(_of_user("AdobeShibboleth", "AAdzZWNyZXQxydCkywfPBl0K")),
    )
}  # fmt: skip
SHARED_BY_PLATFORM: Final = {
    "AdobePass_SMI": _profile(
        "AdobePass_SMI", "platformSSO",
        _shown(_of_user("AdobePass_SMI", "38524bdc3d1caac0b3e139003ea0954e15ad9648")),
    )
}  # fmt: skip

ALL: Final = {
    "1": Sample(
        path="/api/v2/REF30/profiles",
        given={
            "profiles": [
                login("Cablevision", attributes=ATTRIBUTES),
                login("Spectrum", attributes={"userID": "BASE64_value_userId"}),
            ]
        },
        answer=_profiles(
            Cablevision=_profile("Cablevision", "regular", SEEN),
            Spectrum=_profile("Spectrum", "regular", USER),
        ),
    ),
    "2": Sample(
        path="/api/v2/REF30/profiles",
        headers={"AD-Service-Token": SERVICE_TOKEN},
        given={
            "profiles": [
                BY_TOKEN,
                login("Spectrum", attributes={"userID": "BASE64_value_userId"}),
            ]
        },
        answer=_profiles(**SHARED_BY_TOKEN, Spectrum=_profile("Spectrum", "regular", USER)),
    ),
    # The issuer of its second profile is another provider, which is a slip (Adobe: profiles, C41).
    "3": Sample(
        path="/api/v2/REF30/profiles",
        headers={"Adobe-Subject-Token": SUBJECT_TOKEN},
        given={
            "profiles": [
                BY_PLATFORM,
                login("Cablevision", attributes={"userID": "BASE64_value_userId"}),
            ]
        },
        answer=_profiles(
            **SHARED_BY_PLATFORM, Cablevision=_profile("Cablevision", "regular", USER)
        ),
    ),
}


def _trial(mvpd: str, **members: Json) -> dict[str, Any]:
    return {"service_provider": "REF30", "mvpd": mvpd, "device": DEVICE, **members}


def _broken(mvpd: str) -> dict[str, Any]:
    """A TempPass that nobody told how long it lasts."""
    pair = {"service_provider": "REF30", "mvpd": mvpd}
    return {"integrations": [{**pair, "temp_pass_resources": 5, "temp_pass_key": "email"}]}


USED: Final = ["res01", "res02", "res03", "res04"]
OVER: Final = "temporary_access_duration_limit_exceeded"
SPENT: Final = "temporary_access_resources_limit_exceeded"
MISCONFIGURED: Final = "invalid_configuration_temporary_access"
NOBODY: Final = "invalid_header_identity_for_temporary_access"
BASIC: Final = _profiles(
    TempPass_TEST40=_profile(
        "TempPass_TEST40", "temporary",
        {"expiration_date": plain(MOMENT), "userID": plain(TEMPORARY_USER)}, "Adobe",
    )
)  # fmt: skip
# The sample's expiration_date is where its window begins; ours is where it ends
# (Adobe: profile by mvpd, C23).
PROMOTIONAL: Final = _profiles(
    flexibleTempPass=_profile(
        "flexibleTempPass", "temporary",
        {
            "remaining_resources": plain(1),
            "used_assets": plain(USED),
            "expiration_date": plain(MOMENT),
            "userID": plain(TEMPORARY_USER),
        },
        "Adobe",
    )
)  # fmt: skip
DEGRADED: Final = _profiles(
    degradedMvpd=_profile(
        "degradedMvpd", "degraded", {"userID": plain(DEGRADED_USER)}, "Adobe"
    )
)  # fmt: skip


def _temporary(by_code: bool) -> dict[str, Sample]:
    """The samples that the page by MVPD and the page by code share."""

    def sample(number: str, mvpd: str, **members: Any) -> tuple[str, Sample]:  # noqa: ANN401
        path = f"profiles/code/{CODE}" if by_code else f"profiles/{mvpd}"
        before = _chosen(mvpd) if by_code else None
        return number, Sample(path=f"/api/v2/REF30/{path}", before=before, **members)

    basic, promotional, rule = "234" if by_code else "456"
    over = {"first_authorized": "-PT61S"}
    used = {"identity": FOO, "used_resources": USED}
    spent = {"identity": FOO, "used_resources": [*USED, "res05"]}
    trial = "TempPass_TEST40"
    flexible = "flexibleTempPass"
    return dict([
        sample(f"{basic}, available", trial, answer=BASIC, lasts=MINUTE),
        sample(f"{basic}, duration", trial, status=403, answer=problem(OVER),
               given={"temp_passes": [_trial(trial, **over)]}),
        sample(f"{basic}, configuration", trial, status=500, answer=problem(MISCONFIGURED),
               given=_broken(trial)),
        sample(f"{promotional}, available", flexible, headers=IDENTITY, answer=PROMOTIONAL,
               given={"temp_passes": [_trial(flexible, **used)]}, lasts=MINUTE),
        sample(f"{promotional}, duration", flexible, headers=IDENTITY, status=403,
               answer=problem(OVER), given={"temp_passes": [_trial(flexible, **used, **over)]}),
        sample(f"{promotional}, resources", flexible, headers=IDENTITY, status=403,
               answer=problem(SPENT), given={"temp_passes": [_trial(flexible, **spent)]}),
        sample(f"{promotional}, configuration", flexible, headers=IDENTITY, status=500,
               answer=problem(MISCONFIGURED), given=_broken(flexible)),
        sample(f"{promotional}, identity", flexible, status=400, answer=problem(NOBODY)),
        sample(f"{rule}, AuthNAll", "degradedMvpd", given=degraded("AuthNAll"), answer=DEGRADED,
               lasts=MINUTE),
    ])  # fmt: skip


def _chosen(mvpd: str) -> Setting:
    """A session for which somebody chose the MVPD afterwards."""

    async def before(lab: Lab) -> None:
        await next_code(lab, CODE)
        await app_call(lab, "sessions")
        await app_call(lab, f"sessions/{CODE}", form(mvpd=mvpd))

    return before


async def _logged_in(lab: Lab) -> None:
    await next_code(lab, CODE)
    token = await app_call(
        lab,
        "sessions",
        form(mvpd="Cablevision", domainName="adobe.com", redirectUrl="https://adobe.com"),
    )
    await lab.admin("POST", f"codes/{token['code']}/approve")


BY_MVPD: Final = {
    "1": Sample(
        path="/api/v2/REF30/profiles/Spectrum",
        given={"profiles": [login("Spectrum", attributes=ATTRIBUTES)]},
        answer=_profiles(Spectrum=_profile("Spectrum", "regular", SEEN)),
    ),
    "2": Sample(
        path="/api/v2/REF30/profiles/AdobeShibboleth",
        headers={"AD-Service-Token": SERVICE_TOKEN},
        given={"profiles": [BY_TOKEN]},
        answer=_profiles(**SHARED_BY_TOKEN),
    ),
    "3": Sample(
        path="/api/v2/REF30/profiles/AdobePass_SMI",
        headers={"Adobe-Subject-Token": SUBJECT_TOKEN},
        given={"profiles": [BY_PLATFORM]},
        answer=_profiles(**SHARED_BY_PLATFORM),
    ),
    **_temporary(by_code=False),
}
BY_CODE: Final = {
    "1": Sample(
        path=f"/api/v2/REF30/profiles/code/{CODE}",
        before=_logged_in,
        given={
            "subscribers": [
                {
                    "id": "viewer",
                    "user_id": "BASE64_value_userId",
                    "household": "BASE64_value_householdId",
                    "attributes": {"zip": "BASE64_value_zip"},
                }
            ]
        },
        answer=_profiles(Cablevision=_profile("Cablevision", "regular", SEEN)),
    ),
    **_temporary(by_code=True),
}


@pytest.mark.parametrize("sample", ALL.values(), ids=ALL)
async def test_all_profiles(lab: Lab, sample: Sample) -> None:
    await sample.check(lab)


@pytest.mark.parametrize("sample", BY_MVPD.values(), ids=BY_MVPD)
async def test_the_profile_by_mvpd(lab: Lab, sample: Sample) -> None:
    await sample.check(lab)


@pytest.mark.parametrize("sample", BY_CODE.values(), ids=BY_CODE)
async def test_the_profile_by_code(lab: Lab, sample: Sample) -> None:
    await sample.check(lab)
