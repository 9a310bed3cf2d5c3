"""Rules of parameters and headers: what is to be sent, and nothing else."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from simulator.domain.access import device_info
from simulator.domain.access.user_agents import is_browser
from simulator.domain.errors import EnhancedError

from .calls import REST_V2, App, Call
from .rules import Rule, Sign, broken, kept, page

_SECTION: Final = page("parameters-headers")
_DEVICE: Final = "ap-device-identifier"
_INFO: Final = "x-device-info"


def _has(header: str, called: str) -> Callable[[App], Iterator[Sign]]:
    def check(app: App) -> Iterator[Sign]:
        for call in app.of(*REST_V2):
            if call.headers.get(header):
                yield kept(f"{called} was sent", call)
            else:
                yield broken(f"{call.operation} came without {called}", call)

    return check


def _described(app: App) -> Iterator[Sign]:
    for call in app.of(*REST_V2):
        if call.headers.get(_INFO):
            yield kept("X-Device-Info was sent", call)
        elif is_browser(call.headers.get("user-agent", "")):
            yield kept("a browser's User-Agent tells what X-Device-Info would", call)
        else:
            yield broken(f"{call.operation} came without X-Device-Info", call)


def _well_formed(app: App) -> Iterator[Sign]:
    for call in app.calls:
        try:
            if _DEVICE in call.headers:
                device_info.device_identifier(call.headers[_DEVICE])
            if _INFO in call.headers:
                device_info.device_info(call.headers[_INFO], strict=True, complete=True)
        except EnhancedError as error:
            yield broken(error.message, call)
        else:
            if {_DEVICE, _INFO} <= {*call.headers}:
                yield kept("both headers can be read and lack nothing", call)


def _stable(app: App) -> Iterator[Sign]:
    own = [each for each in app.calls if each.headers.get(_DEVICE)]
    if not own:
        return
    first = own[0]
    others: dict[str | None, list[Call]] = {}
    for call in app.elsewhere:
        if call.headers.get(_DEVICE):
            others.setdefault(call.device, []).append(call)
    before = [calls for calls in others.values() if calls[0].number < first.number]
    if before and _registered(app) and all(each[-1].number < first.number for each in before):
        says = f"the same app instance called itself {before[-1][-1].device} before"
        yield broken(says, before[-1][-1], first)
    elif not others and len(own) > 1:
        yield kept("the identifier stayed the same", own[0], own[-1])


def _registered(app: App) -> bool:
    # Credentials that were handed out may be shared, and a server calls for many devices in turn.
    return any(each.operation == "register" for each in (*app.calls, *app.elsewhere))


_FORM: Final = frozenset({"mvpd", "domainName", "redirectUrl"})
_PARAMETERS: Final[Mapping[str, frozenset[str]]] = {
    "register": frozenset({"software_statement", "redirect_uri"}),
    "token": frozenset({"client_id", "client_secret", "grant_type", "refresh_token", "scope"}),
    "configuration": frozenset({"profile"}),
    "create_session": _FORM,
    "resume_session": _FORM,
    "get_session": frozenset(),
    "profiles": frozenset(),
    "profile_by_mvpd": frozenset(),
    "profile_by_code": frozenset(),
    "preauthorize": frozenset({"resources"}),
    "authorize": frozenset({"resources"}),
    "logout": frozenset({"redirectUrl"}),
    "partner_session": frozenset({"domainName", "redirectUrl"}),
    "partner_profile": frozenset({"SAMLResponse"}),
}

_SHARED: Final = frozenset({"create_session", "profiles", "profile_by_mvpd", "authorize"}) | {
    "preauthorize",
    "logout",
}
_HEADERS: Final[Mapping[str, frozenset[str]]] = {
    "adobe-subject-token": _SHARED,
    "x-roku-reserved-roku-connect-token": _SHARED,
    "ad-service-token": _SHARED,
    "ap-partner-framework-status": frozenset(
        {
            *("profiles", "profile_by_mvpd", "authorize", "preauthorize"),
            *("partner_session", "partner_profile"),
        }
    ),
    "ap-temppass-identity": frozenset(
        {"profile_by_mvpd", "profile_by_code", "authorize", "preauthorize"}
    ),
    "ap-visitor-identifier": frozenset(_PARAMETERS),
    _DEVICE: frozenset(_PARAMETERS),
}
_OURS: Final = ("ap-", "ap_", "ad-", "adobe-", "pass_", "x-roku-reserved-")


def _expected(app: App) -> Iterator[Sign]:
    for call in app.of(*_PARAMETERS):
        operation = str(call.operation)
        names = {*call.query, *call.form} - _PARAMETERS[operation]
        names |= {
            name
            for name in call.headers
            if name.startswith(_OURS) and operation not in _HEADERS.get(name, ())
        }
        if names:
            yield broken(f"{operation} does not know {', '.join(sorted(names))}", call)
        else:
            yield kept("nothing came that the reference does not have", call)


def _known_paths(app: App) -> Iterator[Sign]:
    for call in app.calls:
        if call.operation is None:
            yield broken(f"REST API V2 has no {call.method} {call.path}", call)
        elif call.operation in REST_V2:
            yield kept("the path is in the reference", call)


RULES: Final = (
    Rule(
        id="authorization-sent",
        says="Send the Authorization header with every call of REST API V2.",
        page=_SECTION,
        check=_has("authorization", "Authorization"),
    ),
    Rule(
        id="device-identifier-sent",
        says="Send AP-Device-Identifier, of the streaming device, with every call.",
        page=_SECTION,
        check=_has(_DEVICE, "AP-Device-Identifier"),
    ),
    Rule(
        id="device-info-sent",
        says="Send X-Device-Info, of the streaming device, with every call; browsers may leave it out.",
        page=_SECTION,
        check=_described,
    ),
    Rule(
        id="device-headers-well-formed",
        says="Encode the device headers as the reference says, with every required member.",
        page=_SECTION,
        check=_well_formed,
    ),
    Rule(
        id="device-identifier-stable",
        says="Keep the device identifier the same through updates and restarts.",
        page=_SECTION,
        check=_stable,
    ),
    Rule(
        id="expected-parameters",
        says="Send only the parameters and headers that the reference has for an operation.",
        page=_SECTION,
        check=_expected,
    ),
    Rule(
        id="known-paths",
        says="Call only the paths that the reference has, each with its method.",
        page=_SECTION,
        check=_known_paths,
    ),
)
