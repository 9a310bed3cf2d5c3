"""Rules of the registration phase: credentials and access tokens last."""

from collections.abc import Iterator
from typing import Final

from .calls import REFUSED_TOKEN, REST_V2, App, Call
from .rules import Rule, Sign, broken, kept, lapse, page

_SECTION: Final = page("registration-phase")
_PRACTICE: Final = page("registration-phase", practice=True)
_REFUSED: Final = frozenset({"invalid_client", "unauthorized_client", REFUSED_TOKEN})
# A token that is about to run out may be renewed: in the last tenth of its life.
_EARLY: Final = 0.9


def _scope(app: App) -> Iterator[Sign]:
    for call in app.calls:
        if "scope" in call.message and call.error == REFUSED_TOKEN:
            yield broken("the access token lacks the scope of REST API V2", call)
        elif call.operation in REST_V2 and call.ok:
            yield kept("a token with the scope of REST API V2 was used", call)
            return


def _credentials(app: App) -> Iterator[Sign]:
    for call in app.of("register"):
        before = [each for each in app.siblings if each.number < call.number and each.client]
        if call.ok and before and before[-1].error not in _REFUSED:
            says = f"registered anew, though it held the credentials of {before[-1].client}"
            yield broken(says, before[-1], call)
    if tokens := [each for each in app.of("token") if each.ok]:
        yield kept("tokens were asked for with the same credentials", *tokens[:2])


def _tokens(app: App) -> Iterator[Sign]:
    last: Call | None = None
    for call in app.calls:
        if call.error == REFUSED_TOKEN:
            last = None
        if call.operation != "token" or not call.ok:
            continue
        if last is not None and call.at < last.at + _life(last) * _EARLY:
            yield broken(
                f"a new token was asked for after {lapse(call.at - last.at)}, when the one before "
                f"was good for {lapse(_life(last))}",
                last,
                call,
            )
        last = call
    used: dict[str, Call] = {}
    for call in app.calls:
        if call.bearer is not None and used.setdefault(call.bearer, call) is not call:
            yield kept("one token served several calls", used[call.bearer], call)
            return


def _life(token: Call) -> int:
    seconds = token.answer.get("expires_in")
    return seconds * 1000 if isinstance(seconds, int) else 0


def _expired(app: App) -> Iterator[Sign]:
    issued = {
        call.answer.get("access_token"): call for call in app.of("token") if call.ok and call.answer
    }
    for call in app.calls:
        token = issued.get(call.bearer)
        # A fault's words only say that it may have.
        if call.error == REFUSED_TOKEN and "has expired" in call.message:
            yield broken("a token was sent that had expired", call)
        elif token is not None:
            yield kept("the token that was sent was still good", token, call)


def _renewed(app: App) -> Iterator[Sign]:
    refused: Call | None = None
    for call in app.calls:
        if refused is not None and call.operation in REST_V2:
            if call.bearer == refused.bearer:
                yield broken("called again with the token that had been refused", refused, call)
            else:
                yield kept("another token was used after one was refused", refused, call)
            refused = None
        if call.error == REFUSED_TOKEN and call.bearer is not None:
            refused = call


RULES: Final = (
    Rule(
        id="scope",
        says="Use an application that is registered with the scope of REST API V2.",
        page=_SECTION,
        check=_scope,
    ),
    Rule(
        id="credentials-reused",
        says="Keep the client credentials for good; register again only when they are refused.",
        page=_SECTION,
        check=_credentials,
    ),
    Rule(
        id="tokens-reused",
        says="Keep an access token until it runs out instead of asking for one call by call.",
        page=_SECTION,
        check=_tokens,
    ),
    Rule(
        id="expired-tokens-not-sent",
        says="Look whether the access token is still good before it is sent.",
        page=_PRACTICE,
        check=_expired,
        mandatory=False,
    ),
    Rule(
        id="tokens-renewed-first",
        says="After a 401, get another access token before the call is made again.",
        page=_PRACTICE,
        check=_renewed,
        mandatory=False,
    ),
)
