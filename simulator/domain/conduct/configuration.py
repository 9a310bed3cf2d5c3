"""Rules of the configuration phase: the list of providers is for those who have to choose."""

from collections.abc import Iterator
from typing import Final

from .calls import PROFILES, App, Call
from .rules import Rule, Sign, broken, kept, lapse, page

_SECTION: Final = page("configuration-phase")
_PRACTICE: Final = page("configuration-phase", practice=True)
# The pages say 2 to 3 minutes, and 3 to 5: what both ask for.
_CACHED: Final = 120_000


class Logins:
    """What an app has learnt of its logins, call by call: their ends, by provider and MVPD."""

    def __init__(self) -> None:
        self._ends: dict[tuple[str | None, str], tuple[int, Call]] = {}

    def learn(self, call: Call) -> None:
        """Take note of what the answer to a call tells."""
        provider = call.service_provider
        if call.operation in PROFILES or call.operation == "partner_profile":
            for mvpd, profile in call.profiles.items():
                end = profile.get("notAfter") if isinstance(profile, dict) else None
                if isinstance(end, int):
                    self._ends[provider, mvpd] = (end, call)
        elif call.operation == "logout" and call.ok and call.mvpd:
            self._ends.pop((provider, call.mvpd), None)
        if call.error == "authenticated_profile_invalidated" and call.mvpd:
            self._ends.pop((provider, call.mvpd), None)

    def lasting(self, call: Call) -> dict[str, Call]:
        """The MVPDs with a login that is valid at `call`, each with the call that told."""
        return {
            mvpd: told
            for (provider, mvpd), (end, told) in self._ends.items()
            if provider == call.service_provider and end > call.at
        }

    def over(self, call: Call) -> dict[str, Call]:
        """The MVPDs with a login that ran out before `call`, each with the call that told."""
        return {
            mvpd: told
            for (provider, mvpd), (end, told) in self._ends.items()
            if provider == call.service_provider and end <= call.at
        }


def _to_choose(app: App) -> Iterator[Sign]:
    logins = Logins()
    for call in app.calls:
        if call.operation == "configuration":
            valid = logins.lasting(call)
            if valid:
                mvpd, told = next(iter(valid.items()))
                yield broken(f"the viewer was logged in at {mvpd}", told, call)
            else:
                yield kept("nobody was logged in", call)
        logins.learn(call)


def _cached(app: App) -> Iterator[Sign]:
    last: dict[str | None, Call] = {}
    for call in app.of("configuration"):
        if not call.ok:
            continue
        before = last.get(call.service_provider)
        if before is not None and call.at - before.at < _CACHED:
            yield broken(f"fetched again after {lapse(call.at - before.at)}", before, call)
        else:
            yield kept("fetched once in a while", call)
        last[call.service_provider] = call


def _uses_last_choice(app: App) -> Iterator[Sign]:
    logins = Logins()
    for call in app.calls:
        over = {} if logins.lasting(call) else logins.over(call)
        if call.operation == "configuration" and over:
            mvpd, told = next(iter(over.items()))
            yield broken(f"the viewer had chosen {mvpd} and could have confirmed it", told, call)
        mvpd = call.form.get("mvpd") or call.mvpd or ""
        if call.operation == "create_session" and mvpd in over:
            yield kept(f"the next login was at {mvpd} right away", over[mvpd], call)
        logins.learn(call)


RULES: Final = (
    Rule(
        id="configuration-only-to-choose",
        says="Fetch the configuration only when the viewer has to choose a TV provider.",
        page=_SECTION,
        check=_to_choose,
    ),
    Rule(
        id="provider-remembered",
        says="Remember the chosen TV provider, and let the viewer confirm it when a login has run out.",
        page=_SECTION,
        check=_uses_last_choice,
    ),
    Rule(
        id="configuration-cached",
        says="Keep the configuration for some minutes.",
        page=_PRACTICE,
        check=_cached,
        mandatory=False,
    ),
)
