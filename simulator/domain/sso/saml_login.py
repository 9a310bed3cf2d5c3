"""A login by SAML: what a provider's response must be, so that its viewer is logged in.

All that is wrong with one is told at once. What is believed is read from what was signed alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from .saml import (
    ENTITY,
    NAMES,
    SamlError,
    SamlResponse,
    failure,
    issuer_of,
    parsed,
    read_assertion,
    text_of,
)
from .xml_signature import SignatureError, is_signed, signed_part

if TYPE_CHECKING:
    from lxml.etree import _Element

SKEW: Final = 60 * 1000
"""By how much the provider's clock may differ, in milliseconds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """What the response to one request must say, and who must have signed it.

    `issuer` is the entity id of the provider, `certificates` (PEM) are those of its keys. `now` is in
    epoch milliseconds, by the clock of the sandbox.
    """

    issuer: str
    certificates: tuple[str, ...]
    request_id: str
    now: int


def logged_in(responses: Sequence[str], expected: Expected) -> SamlResponse:
    """What a good response says, which is given once as Base64. Raises `SamlError`."""
    if len(responses) > 1:
        raise SamlError("it was given more than once")
    root = parsed(responses[0] if responses else "")
    assertions = root.findall("saml:Assertion", NAMES)
    problems = [problem for problem in (failure(root), _number(root, len(assertions))) if problem]
    signed, problem = _signed(root, assertions, expected.certificates)
    problems += [problem] if problem else []
    # What nobody signed is looked at only to tell all that is wrong with it.
    assertion = signed if signed is not None else next(iter(assertions), None)
    found: SamlResponse | None = None
    if assertion is not None:
        problems += _problems(root, assertion, expected)
        try:
            found = read_assertion(root, assertion)
        except SamlError as error:
            problems += error.problems
    if problems or found is None or signed is None:
        raise SamlError(*problems)
    return found


def _number(root: "_Element", assertions: int) -> str | None:
    if assertions > 1:
        return "it has more than one assertion"
    if assertions:
        return None
    if root.find("saml:EncryptedAssertion", NAMES) is not None:
        return "its assertion is encrypted; let the provider send it in the clear"
    return None if failure(root) else "it has no assertion"


def _signed(
    root: "_Element", assertions: Sequence["_Element"], certificates: Sequence[str]
) -> tuple["_Element | None", str | None]:
    """The assertion as it was signed, by itself or with the Response; else what is wrong."""
    signed = [each for each in (root, *assertions) if is_signed(each)]
    if not signed:
        return None, "it is not signed"
    found: _Element | None = None
    for each in signed:
        try:
            part = signed_part(each, certificates)
        except SignatureError as error:
            return None, f"its signature is wrong: {error}"
        found = part if each is not root else part.find("saml:Assertion", NAMES)
    return found, None


def _problems(root: "_Element", assertion: "_Element", expected: Expected) -> Iterator[str]:
    issuer = issuer_of(assertion)
    if issuer != expected.issuer:
        given = f"is '{issuer}'" if issuer else "is missing"
        yield f"its issuer {given}, and that of the session's MVPD is '{expected.issuer}'"
    yield from _wrong_audience(assertion)
    yield from _wrong_time(assertion, expected.now)
    data = assertion.findall(_CONFIRMED, NAMES)
    answered = {each.get("InResponseTo") for each in (root, *data)} - {None, expected.request_id}
    if answered:
        yield (
            f"it answers the request '{', '.join(sorted(map(str, answered)))}', and that of this "
            f"session is '{expected.request_id}'"
        )


_CONFIRMED: Final = "saml:Subject/saml:SubjectConfirmation/saml:SubjectConfirmationData"


def _wrong_audience(assertion: "_Element") -> Iterator[str]:
    restrictions = assertion.findall("saml:Conditions/saml:AudienceRestriction", NAMES)
    named = [
        [text_of(each) for each in restriction.findall("saml:Audience", NAMES)]
        for restriction in restrictions
    ]
    if not named or not all(ENTITY in each for each in named):
        given = ", ".join(f"'{name}'" for each in named for name in each) or "nobody"
        yield f"its audience is {given}, and should be '{ENTITY}'"


def _wrong_time(assertion: "_Element", now: int) -> Iterator[str]:
    limits = [
        *assertion.findall("saml:Conditions", NAMES),
        *assertion.findall(_CONFIRMED, NAMES),
    ]
    clock = f"the sandbox's clock shows {_shown(now)}"
    begins = [each for limit in limits if (each := limit.get("NotBefore"))]
    ends = [each for limit in limits if (each := limit.get("NotOnOrAfter"))]
    for text in sorted({*begins, *ends}):
        if _moment(text) is None:
            yield f"'{text[:40]}' is no time"
    if late := [each for each in ends if (_moment(each) or now) + SKEW <= now]:
        yield f"it was good until {min(late)}, and {clock}"
    if early := [each for each in begins if (_moment(each) or now) - SKEW > now]:
        yield f"it is good from {max(early)} on, and {clock}"


def _moment(text: str) -> int | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return int(aware.timestamp() * 1000)


def _shown(moment: int) -> str:
    return datetime.fromtimestamp(moment // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
