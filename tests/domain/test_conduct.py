"""Each rule of conduct as a table: requests that keep it, that break it, and in which it is not seen."""

import base64
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import pytest

from simulator.domain.conduct.calls import App, Call
from simulator.domain.conduct.report import RULES, report
from simulator.domain.conduct.rules import Verdict, judged
from tests.support.lab import device_header

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
KEPT, BROKEN, NOT_SEEN = Verdict
INFO: Final = base64.b64encode(
    json.dumps(
        {
            "model": "QA",
            "version": "1",
            "osName": "Roku OS",
            "osVersion": "14",
            "connectionType": "WiFi",
        }
    ).encode()
).decode()
HEADERS: Final = {
    "authorization": "Bearer [redacted aaaa]",
    "ap-device-identifier": device_header("tv"),
    "x-device-info": INFO,
}
EXPIRED: Final = "invalid_authentication_session"
REFUSED: Final = "invalid_access_token_client_application"


def call(at: float, operation: str | None, **members: Any) -> Call:  # noqa: ANN401 - of a Call
    """A call so many seconds after the beginning, which lacks nothing unless `members` say so."""
    given = {
        "service_provider": "LABSP",
        "headers": HEADERS,
        "path": f"/api/v2/LABSP/{operation}",
        "client": "app-1",
        "device": "tv",
        **members,
    }
    return Call(id="", number=round(at * 1000), at=round(at * 1000), operation=operation, **given)


def token(at: float, mark: str = "aaaa", **members: Any) -> Call:  # noqa: ANN401 - as above
    answer = {"access_token": f"[redacted {mark}]", "expires_in": 6 * HOUR}
    return call(at, "token", status=201, answer=answer, headers={}, **members)


def bearing(mark: str) -> dict[str, str]:
    return {**HEADERS, "authorization": f"Bearer [redacted {mark}]"}


def refused(at: float, mark: str = "aaaa", message: str = "no", **members: Any) -> Call:  # noqa: ANN401
    answer = {"message": message}
    return call(
        at, "profiles", status=401, error=REFUSED, answer=answer, headers=bearing(mark), **members
    )


def login(at: float, until: float, operation: str = "profiles", **members: Any) -> Call:  # noqa: ANN401
    answer = {"profiles": {"LabCable": {"notAfter": round(until * 1000)}}}
    return call(at, operation, answer=answer, **members)


def poll(at: float, code: str = "AAAA222", **members: Any) -> Call:  # noqa: ANN401 - as above
    return call(at, "profile_by_code", code=code, **{"answer": {"profiles": {}}, **members})


def started(at: float, code: str = "AAAA222", **members: Any) -> Call:  # noqa: ANN401 - as above
    return call(at, "create_session", code=code, **members)


def decided(
    at: float,
    operation: str,
    *resources: str,
    denial: str | None = None,
    **members: Any,  # noqa: ANN401
) -> Call:
    form = {"resources": [*resources]}
    decisions = [(each, denial) for each in resources]
    return call(at, operation, form=form, decisions=decisions, mvpd="LabCable", **members)


def permit(at: float, mark: str, until: float) -> Call:
    given = {"serializedToken": f"[redacted {mark}]", "notAfter": round(until * 1000)}
    answer = {"decisions": [{"resource": "NEWS", "token": given}]}
    return decided(at, "authorize", "NEWS", answer=answer)


def shown(at: float, mark: str) -> Call:
    return Call(
        id="",
        number=round(at * 1000),
        at=round(at * 1000),
        operation="verify_media_token",
        form={"token": f"[redacted {mark}]"},
    )


def leave(at: float, url: str | None = None, **members: Any) -> Call:  # noqa: ANN401 - as above
    action = {"actionName": "logout", "url": url} if url else {"actionName": "complete"}
    return call(at, "logout", mvpd="LabCable", answer={"logouts": {"LabCable": action}}, **members)


def opened(at: float, redirect: str) -> Call:
    query = {"mso_id": "LabCable", "redirect_url": redirect}
    path = "/adobe-services/logout"
    return Call(
        id="",
        number=round(at * 1000),
        at=round(at * 1000),
        operation="start_logout",
        path=path,
        query=query,
    )


LOGOUT_URL: Final = "https://x.example/adobe-services/logout?mso_id=LabCable&redirect_url=app%3A%2F"
OTHER: Final = replace(call(1, "profiles"), client="app-0", application="lab-app")
BEFORE: Final = replace(
    call(1, "profiles", headers={**HEADERS, "ap-device-identifier": device_header("old")}),
    device="old",
)
REGISTERED: Final = call(0, "register", status=201, device=None, headers={})
MISSING: Final = "authenticated_profile_missing"
TIMEOUT: Final = "network_connection_timeout"

# rule, verdict, calls, and what else the rule looks at
Case = tuple[str, Verdict, Sequence[Call], dict[str, Any]]


def _needs(rule: str, header: str) -> list[Case]:
    without = {name: value for name, value in HEADERS.items() if name != header}
    return [
        (rule, KEPT, [call(0, "profiles"), call(1, "logout")], {}),
        (rule, BROKEN, [call(0, "profiles"), call(1, "logout", headers=without)], {}),
        (rule, NOT_SEEN, [call(0, "authenticate", headers={}), token(1)], {}),
    ]


def old(at: float, path: str = "/api/v1/checkauthn", **members: Any) -> Call:  # noqa: ANN401 - as above
    return call(at, "legacy", path=path, status=410, device=None, **members)


CASES: Final[list[Case]] = [
    ("legacy-not-called", KEPT, [token(0), call(1, "profiles")], {}),
    ("legacy-not-called", BROKEN, [old(0)], {}),
    ("legacy-not-called", BROKEN, [call(0, "profiles"), old(1, "/adobe-services/config/LABSP")], {}),
    ("legacy-not-called", NOT_SEEN, [token(0)], {}),
    ("no-hybrid", KEPT, [call(0, "profiles"), call(1, "logout")], {}),
    ("no-hybrid", BROKEN, [call(0, "configuration"), old(1)], {}),
    ("no-hybrid", BROKEN, [call(0, "profiles")], {"elsewhere": [old(1)]}),
    ("no-hybrid", BROKEN, [call(0, "profiles")], {"siblings": [old(1, client="app-0")]}),
    ("no-hybrid", NOT_SEEN, [old(0), old(1)], {}),
    ("session-path", KEPT, [call(0, "get_session", path="/api/v2/LABSP/sessions/ABC1234")], {}),
    ("session-path", BROKEN, [call(0, "get_session", path="/s/lab/api/v2/sessions/LABSP/ABC1234")], {}),
    ("session-path", NOT_SEEN, [call(0, "profiles"), call(1, "logout")], {}),
    ("scope", KEPT, [call(0, "profiles")], {}),
    ("scope", BROKEN, [refused(0, message="The access token lacks the scope api:client:v2.")], {}),
    ("scope", NOT_SEEN, [token(0)], {}),
    ("credentials-reused", KEPT, [REGISTERED, token(1), token(9 * HOUR)], {}),
    ("credentials-reused", KEPT, [call(9, "register"), token(10)],
     {"siblings": [replace(OTHER, error=REFUSED)]}),
    ("credentials-reused", BROKEN, [call(9, "register"), token(10)], {"siblings": [OTHER]}),
    ("credentials-reused", NOT_SEEN, [call(9, "profiles")], {"siblings": [OTHER]}),
    ("tokens-reused", KEPT, [token(0), call(1, "profiles"), call(2, "profiles")], {}),
    ("tokens-reused", KEPT,
     [token(0), call(1, "profiles"), call(2, "profiles"), token(5.5 * HOUR, "bbbb")], {}),
    ("tokens-reused", KEPT,
     [token(0), call(1, "profiles"), refused(2), token(3, "bbbb"), call(4, "profiles")], {}),
    ("tokens-reused", BROKEN, [token(0), call(1, "profiles"), token(2, "bbbb")], {}),
    ("tokens-reused", BROKEN, [token(0), token(5.3 * HOUR)], {}),
    ("tokens-reused", NOT_SEEN, [token(0), call(1, "profiles")], {}),
    ("expired-tokens-not-sent", KEPT, [token(0), call(1, "profiles")], {}),
    ("expired-tokens-not-sent", BROKEN, [refused(0, message="The access token has expired.")], {}),
    ("expired-tokens-not-sent", NOT_SEEN, [call(0, "profiles"), refused(1)], {}),
    ("expired-tokens-not-sent", NOT_SEEN, [refused(0, message="It is invalid or expired.")], {}),
    ("tokens-renewed-first", KEPT,
     [refused(0), token(1, "bbbb"), call(2, "profiles", headers=bearing("bbbb"))], {}),
    ("tokens-renewed-first", BROKEN, [refused(0), call(1, "profiles")], {}),
    ("tokens-renewed-first", BROKEN, [refused(0), token(1, "bbbb"), call(2, "profiles")], {}),
    ("tokens-renewed-first", NOT_SEEN, [call(0, "profiles"), refused(1)], {}),
    ("configuration-only-to-choose", KEPT, [call(0, "configuration"), login(1, HOUR)], {}),
    ("configuration-only-to-choose", KEPT,
     [login(0, HOUR), leave(1), call(2, "configuration")], {}),
    ("configuration-only-to-choose", KEPT, [login(0, 10), call(11, "configuration")], {}),
    ("configuration-only-to-choose", KEPT,
     [login(0, HOUR), call(1, "configuration", service_provider="LABSP2")], {}),
    ("configuration-only-to-choose", BROKEN, [login(0, HOUR), call(1, "configuration")], {}),
    ("configuration-only-to-choose", NOT_SEEN, [login(0, HOUR)], {}),
    ("provider-remembered", KEPT,
     [login(0, 10), started(11, form={"mvpd": "LabCable"})], {}),
    ("provider-remembered", BROKEN, [login(0, 10), call(11, "configuration")], {}),
    ("provider-remembered", NOT_SEEN, [login(0, 10), leave(9), call(11, "configuration")], {}),
    ("provider-remembered", NOT_SEEN, [login(0, HOUR), started(1, form={"mvpd": "LabDish"})], {}),
    ("configuration-cached", KEPT, [call(0, "configuration"), call(120, "configuration")], {}),
    ("configuration-cached", KEPT,
     [call(0, "configuration"), call(1, "configuration", service_provider="LABSP2")], {}),
    ("configuration-cached", KEPT,
     [call(0, "configuration", status=500), call(1, "configuration")], {}),
    ("configuration-cached", BROKEN, [call(0, "configuration"), call(119, "configuration")], {}),
    ("configuration-cached", NOT_SEEN, [call(0, "profiles")], {}),
    ("polling-interval", KEPT, [started(0), poll(1), poll(4), poll(9)], {}),
    ("polling-interval", KEPT, [started(0), poll(1), poll(3.95)], {}),
    ("polling-interval", KEPT,
     [started(0), call(1, "profiles"), call(4, "profiles"), login(7, 99), call(8, "profiles")], {}),
    ("polling-interval", BROKEN, [started(0), poll(1), poll(3)], {}),
    ("polling-interval", BROKEN,
     [started(0), call(1, "profile_by_mvpd"), call(2, "profile_by_mvpd")], {}),
    ("polling-interval", NOT_SEEN, [started(0), poll(1), poll(2, "BBBB222")], {}),
    ("polling-interval", NOT_SEEN, [call(1, "profiles"), call(2, "profiles")], {}),
    ("polling-stops-on-success", KEPT,
     [poll(1), login(5, HOUR, "profile_by_code", code="AAAA222")], {}),
    ("polling-stops-on-success", BROKEN,
     [login(5, HOUR, "profile_by_code", code="AAAA222"), poll(10)], {}),
    ("polling-stops-on-success", NOT_SEEN, [poll(1), poll(5)], {}),
    ("polling-stops-on-expiry", KEPT, [poll(1), poll(5, status=400, error=EXPIRED)], {}),
    ("polling-stops-on-expiry", BROKEN, [poll(5, status=400, error=EXPIRED), poll(9)], {}),
    ("polling-stops-on-expiry", NOT_SEEN, [poll(1), poll(5)], {}),
    ("polling-stops-on-new-code", KEPT,
     [started(0), poll(1), started(5, "BBBB222"), poll(6, "BBBB222")], {}),
    ("polling-stops-on-new-code", BROKEN,
     [started(0), poll(1), started(5, "BBBB222"), poll(6)], {}),
    ("polling-stops-on-new-code", NOT_SEEN, [started(0), started(5, "BBBB222")], {}),
    ("polling-stops-on-new-code", NOT_SEEN,
     [started(0), poll(1), started(5, "BBBB222", service_provider="LABSP2"), poll(6)], {}),
    ("session-restarted", KEPT,
     [call(0, "authenticate", code="AAAA222", status=400), started(1, "BBBB222")], {}),
    ("session-restarted", BROKEN,
     [call(0, "resume_session", code="AAAA222", status=400, error=EXPIRED),
      call(1, "resume_session", code="AAAA222", status=400, error=EXPIRED)], {}),
    ("session-restarted", BROKEN,
     [poll(0, status=400, error=EXPIRED), call(1, "authenticate", code="AAAA222", status=400)], {}),
    ("session-restarted", NOT_SEEN, [started(0), started(1, "BBBB222")], {}),
    ("profiles-cached", KEPT, [login(0, HOUR), login(60, HOUR)], {}),
    ("profiles-cached", KEPT, [login(0, HOUR), decided(1, "authorize", "A"), login(2, HOUR)], {}),
    ("profiles-cached", BROKEN, [login(0, HOUR), login(59, HOUR)], {}),
    ("profiles-cached", NOT_SEEN, [call(0, "profiles"), call(1, "profiles")], {}),
    ("code-validated", KEPT, [call(1, "authenticate", code="AAAA222", status=302)],
     {"around": [call(0, "get_session", code="AAAA222")]}),
    ("code-validated", BROKEN, [call(1, "authenticate", code="AAAA222", status=400)],
     {"around": [call(0, "get_session", code="BBBB222")]}),
    ("code-validated", NOT_SEEN, [call(1, "authenticate", code="AAAA222", status=302)],
     {"around": [call(2, "get_session", code="AAAA222")]}),
    ("partner-response-used", KEPT, [call(0, "partner_profile", status=201)], {}),
    ("partner-response-used", BROKEN,
     [call(0, "partner_profile", reasons=["Q6: the framework is not used"])], {}),
    ("partner-response-used", NOT_SEEN,
     [call(0, "partner_profile", reasons=["Q5: AuthNAll is in force"])], {}),
    ("preauthorize-not-for-playback", KEPT,
     [decided(0, "preauthorize", "A"), decided(1, "authorize", "A")], {}),
    ("preauthorize-not-for-playback", BROKEN,
     [decided(0, "preauthorize", "A"), decided(99, "preauthorize", "A"),
      decided(100, "authorize", "B")], {}),
    ("preauthorize-not-for-playback", NOT_SEEN,
     [decided(0, "preauthorize", "A", "B"), decided(99, "preauthorize", "A", "B")], {}),
    ("permits-cached", KEPT,
     [decided(0, "preauthorize", "A"), decided(60, "preauthorize", "A")], {}),
    ("permits-cached", KEPT,
     [decided(0, "preauthorize", "A"), leave(1), decided(2, "preauthorize", "A")], {}),
    ("permits-cached", BROKEN,
     [decided(0, "preauthorize", "A", "B"), decided(59, "preauthorize", "B")], {}),
    ("permits-cached", NOT_SEEN,
     [decided(0, "preauthorize", "A", denial="x"), decided(1, "preauthorize", "A", denial="x")],
     {}),
    ("decision-within-window", KEPT, [permit(0, "mmmm", 420)], {"around": [shown(419, "mmmm")]}),
    ("decision-within-window", BROKEN, [permit(0, "mmmm", 420)], {"around": [shown(420, "mmmm")]}),
    ("decision-within-window", NOT_SEEN, [permit(0, "mmmm", 420)], {"around": [shown(1, "nnnn")]}),
    ("media-token-once", KEPT, [permit(0, "mmmm", 420), permit(1, "nnnn", 420)],
     {"around": [shown(2, "mmmm"), shown(3, "nnnn")]}),
    ("media-token-once", BROKEN, [permit(0, "mmmm", 420)],
     {"around": [shown(2, "mmmm"), shown(3, "mmmm")]}),
    ("media-token-once", NOT_SEEN, [permit(0, "mmmm", 420)], {}),
    ("logout-url-opened", KEPT, [leave(1, LOGOUT_URL)], {"around": [opened(2, "app:/")]}),
    ("logout-url-opened", KEPT, [leave(1, f"https://x.example/s/box/{LOGOUT_URL[18:]}")],
     {"around": [opened(2, "app:/")]}),
    ("logout-url-opened", KEPT, [leave(1, f"{LOGOUT_URL}&sim_sandbox=box")],
     {"around": [opened(2, "app:/")]}),
    ("logout-url-opened", BROKEN, [leave(1, LOGOUT_URL)], {}),
    ("logout-url-opened", BROKEN, [leave(1, LOGOUT_URL)], {"around": [opened(2, "else:/")]}),
    ("logout-url-opened", BROKEN, [leave(3, LOGOUT_URL)], {"around": [opened(2, "app:/")]}),
    ("logout-url-opened", NOT_SEEN, [leave(1)], {}),
    ("logout-path", KEPT, [leave(1, path="/api/v2/LABSP/logout/LabCable")], {}),
    ("logout-path", BROKEN, [leave(1, path="/api/v2/logout/LABSP/LabCable")], {}),
    ("logout-path", NOT_SEEN, [call(1, "profiles")], {}),
    ("logout-only-on-request", KEPT, [decided(0, "authorize", "A", denial="x"), leave(3)], {}),
    ("logout-only-on-request", KEPT, [decided(0, "authorize", "A"), leave(1)], {}),
    ("logout-only-on-request", BROKEN, [decided(0, "authorize", "A", denial="x"), leave(2)], {}),
    ("logout-only-on-request", NOT_SEEN, [decided(0, "authorize", "A", denial="x")], {}),
    *_needs("authorization-sent", "authorization"),
    *_needs("device-identifier-sent", "ap-device-identifier"),
    *_needs("device-info-sent", "x-device-info"),
    ("device-headers-well-formed", KEPT, [call(0, "profiles")], {}),
    ("device-headers-well-formed", BROKEN,
     [call(0, "profiles", headers={**HEADERS, "x-device-info": "Roku"})], {}),
    ("device-headers-well-formed", BROKEN,
     [call(0, "profiles", headers={**HEADERS, "ap-device-identifier": "tv"})], {}),
    ("device-headers-well-formed", NOT_SEEN, [call(0, "profiles", headers={})], {}),
    ("device-identifier-stable", KEPT, [call(0, "profiles"), call(1, "profiles")], {}),
    ("device-identifier-stable", BROKEN, [call(2, "profiles")],
     {"elsewhere": [REGISTERED, BEFORE]}),
    # Who was given its credentials may share them, and a server calls for many in turn.
    ("device-identifier-stable", NOT_SEEN, [call(2, "profiles")], {"elsewhere": [BEFORE]}),
    ("device-identifier-stable", NOT_SEEN, [call(2, "profiles")],
     {"elsewhere": [REGISTERED, BEFORE, replace(BEFORE, number=3000)]}),
    ("device-identifier-stable", NOT_SEEN, [call(2, "profiles")], {}),
    ("expected-parameters", KEPT,
     [call(0, "logout", query={"redirectUrl": "x"}), decided(1, "authorize", "A")], {}),
    ("expected-parameters", KEPT,
     [call(0, "profiles", headers={**HEADERS, "ad-service-token": "[redacted x]"})], {}),
    ("expected-parameters", BROKEN, [call(0, "profiles", query={"mvpd": "LabCable"})], {}),
    ("expected-parameters", BROKEN, [started(0, form={"mvpd": "x", "domain_name": "y"})], {}),
    ("expected-parameters", BROKEN,
     [call(0, "configuration", headers={**HEADERS, "ap-sdk-identifier": "x"})], {}),
    ("expected-parameters", BROKEN,
     [call(0, "partner_session", headers={**HEADERS, "ad-service-token": "[redacted x]"})], {}),
    ("expected-parameters", NOT_SEEN, [call(0, "sso_service", query={"x": "y"})], {}),
    ("known-paths", KEPT, [call(0, "profiles")], {}),
    ("known-paths", BROKEN, [call(0, "profiles"), call(1, None, path="/api/v1/authn")], {}),
    ("known-paths", NOT_SEEN, [token(0)], {}),
    ("back-off-after-429", KEPT, [call(0, "profiles", status=429), call(1, "profiles")], {}),
    ("back-off-after-429", BROKEN, [call(0, "profiles", status=429), call(0.9, "profiles")], {}),
    ("back-off-after-429", NOT_SEEN, [call(0, "profiles"), call(1, "profiles", status=429)], {}),
    ("retries-limited", KEPT,
     [decided(each, "authorize", "A", denial=TIMEOUT) for each in range(4)], {}),
    ("retries-limited", KEPT, [call(0, "profiles", status=503), call(1, "profiles")], {}),
    ("retries-limited", BROKEN,
     [decided(each, "authorize", "A", denial=TIMEOUT) for each in range(5)], {}),
    ("retries-limited", BROKEN, [call(each, "profiles", status=500) for each in range(5)], {}),
    ("retries-limited", NOT_SEEN, [decided(0, "authorize", "A", denial=MISSING)], {}),
    ("actions-heeded", KEPT,
     [decided(0, "authorize", "A", denial=MISSING), decided(60, "authorize", "A")], {}),
    ("actions-heeded", KEPT,
     [decided(0, "authorize", "A", denial=MISSING), decided(1, "authorize", "B")], {}),
    ("actions-heeded", KEPT, [call(0, "logout", status=400, error="invalid_parameter_mvpd")], {}),
    ("actions-heeded", BROKEN,
     [decided(0, "authorize", "A", denial=MISSING), decided(59, "authorize", "A")], {}),
    ("actions-heeded", NOT_SEEN, [decided(0, "authorize", "A", denial=TIMEOUT), refused(1)], {}),
]  # fmt: skip


def _app(calls: Sequence[Call], around: dict[str, Any]) -> App:
    named = [replace(each, id=f"r{number}") for number, each in enumerate(calls)]
    return App(application="lab-app", client="app-1", device="tv", calls=named, **around)


@pytest.mark.parametrize(
    ("rule", "verdict", "calls", "around"),
    CASES,
    ids=[f"{each[0]}-{each[1]}-{number}" for number, each in enumerate(CASES)],
)
def test_a_rule(rule: str, verdict: Verdict, calls: Sequence[Call], around: dict[str, Any]) -> None:
    (wanted,) = [each for each in RULES if each.id == rule]
    found = judged(wanted, _app(calls, around))
    assert found.verdict is verdict, found.evidence
    assert {each.verdict for each in found.evidence} <= {verdict}
    assert (found.times > 0) is (verdict is not NOT_SEEN)
    ids = {f"r{number}" for number in range(len(calls))}
    for each in found.evidence:
        assert {*each.requests} & ids, "no request of the app shows it"


def test_every_rule_has_each_verdict_in_the_table() -> None:
    told = {(rule, verdict) for rule, verdict, _, _ in CASES}
    assert told == {(rule.id, verdict) for rule in RULES for verdict in Verdict}


def test_rules_have_names_of_their_own_and_a_page() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    for rule in RULES:
        part = "mandatory-requirements" if rule.mandatory else "recommended-practices"
        pages = (
            f"rest-api-v2-checklist.md#{part}-",
            "rest-api-v2-faqs.md#migration-",
            "apple-sso-cookbook-rest-api-v2.md#workflow",
        )
        assert rule.page.startswith(pages)
        assert rule.says.endswith(".")


def test_evidence_is_cut_short_and_counted() -> None:
    calls = [call(each, "profiles", headers={}) for each in range(25)]
    found = {each.rule.id: each for each in report(_app(calls, {}))}["authorization-sent"]
    assert (found.times, len(found.evidence)) == (25, 10)
