"""The example's TV app and twelve broken ones, all shown the same: coverage or conduct names each of them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest

from examples.tv_app import Answer, TvApp
from pass_simulator import Sandbox

DEVICE: Final = "living-room-tv"
MVPD: Final = "Cablevision"


class NeverStopsPolling(TvApp):
    """Goes on with a code that has expired."""

    def poll(self, code: str) -> bool | None:
        outcome = super().poll(code)
        for _ in range(8 if outcome is None else 0):
            self.wait(5)
            self.call("GET", f"profiles/code/{code}")
        return outcome


class StopsAtTheFirstPendingAnswer(TvApp):
    """Takes "not yet" for "no"."""

    def poll(self, code: str) -> bool | None:
        self.wait(5)
        return bool(self.call("GET", f"profiles/code/{code}").body.get("profiles"))


class KeepsAnOldCode(TvApp):
    """Shows a new code and polls with the first one it ever had."""

    first: str | None = None

    def poll(self, code: str) -> bool | None:
        self.first = self.first or code
        for _ in range(6):
            self.wait(5)
            answer = self.call("GET", f"profiles/code/{self.first}")
            if answer.body.get("profiles"):
                return True
        return False


class Ignores429(TvApp):
    """Comes back at once."""

    def back_off(self, number: int) -> None:
        del number


class HammersOn500(TvApp):
    """Tries until it works."""

    def call(self, method: str, path: str, body: object = None) -> Answer:
        answer = super().call(method, path, body)
        for _ in range(4):
            if answer.status < 500:
                break
            self.wait(2)
            answer = super().call(method, path, body)
        return answer


class RegistersOnEveryStart(TvApp):
    """Does not keep its credentials."""

    def restart(self) -> None:
        self.credentials = self.token = None
        super().restart()


class LosesTheLoginOnATimeout(TvApp):
    """Takes silence for a logout."""

    def browse(self) -> bool:
        path = f"/api/v2/{self.service_provider}/profiles"
        answer = self.send("GET", path)
        if answer.status == 0:
            self.begin(MVPD)
            return False
        return super().browse()


class CachesADenial(TvApp):
    """Once denied, always denied."""

    def play(self, mvpd: str, resource: str) -> str | None:
        answer = self.call("POST", f"decisions/authorize/{mvpd}", {"resources": [resource]})
        decision = answer.body["decisions"][0]
        return decision["token"]["serializedToken"] if decision["authorized"] else None


class ReusesAMediaToken(TvApp):
    """Plays the next film with the token of the last."""

    kept: str | None = None

    def play(self, mvpd: str, resource: str) -> str | None:
        self.kept = self.kept or super().play(mvpd, resource)
        return self.kept


class DoesNotRenewAfter401(TvApp):
    """Sends the refused token again."""

    def renew(self) -> None:
        if self.token is None:
            super().renew()


class PollsAfterSuccess(TvApp):
    """Does not stop when the viewer is logged in."""

    def poll(self, code: str) -> bool | None:
        outcome = super().poll(code)
        if outcome:
            self.wait(5)
            self.call("GET", f"profiles/code/{code}")
        return outcome


class NeverOpensTheLogoutPage(TvApp):
    """Leaves the provider's own session open."""

    def open_page(self, url: str) -> None:
        del url


# What names each of them: cells with an outcome that is not well, or rules of conduct that were broken.
BROKEN: Final[dict[type[TvApp], set[str]]] = {
    NeverStopsPolling: {"clock:code looped", "conduct:polling-stops-on-expiry broken"},
    StopsAtTheFirstPendingAnswer: {"operations:profile_by_code stopped"},
    KeepsAnOldCode: {"clock:code looped", "conduct:polling-stops-on-new-code broken"},
    Ignores429: {"conduct:back-off-after-429 broken"},
    HammersOn500: {"codes:internal_server_error looped"},
    RegistersOnEveryStart: {"conduct:credentials-reused broken"},
    LosesTheLoginOnATimeout: {"faults:close gave up"},
    CachesADenial: {"codes:network_connection_timeout stopped"},
    ReusesAMediaToken: {"conduct:media-token-once broken"},
    DoesNotRenewAfter401: {"conduct:tokens-renewed-first broken"},
    PollsAfterSuccess: {"conduct:polling-stops-on-success broken"},
    NeverOpensTheLogoutPage: {"logout:L5 stopped", "conduct:logout-url-opened broken"},
}


def _wrong(sandbox: Sandbox) -> set[str]:
    """What the coverage report has against the app."""
    found = set()
    for axis in sandbox.coverage().axes:
        for cell in axis.cells:
            where = f"{axis.axis}:{cell.name}"
            found |= {
                f"{where} {outcome.replace('_', ' ')}"
                for outcome in ("looped", "stopped", "gave_up")
                if cell.outcomes[outcome]
            }
            if cell.verdict == "broken":
                found.add(f"{where} broken")
    return found


class Evening:
    """An evening in front of the TV: what the app is to meet is armed, then the viewer does something."""

    def __init__(self, sandbox: Sandbox, kind: type[TvApp]) -> None:
        self.sandbox = sandbox
        statement = sandbox.applications.get("sample-app")["software_statement"]
        self.late = False
        self.code: str | None = None
        self.waits = 0
        self.app = kind(
            sandbox.url,
            statement=statement,
            device=DEVICE,
            wait=self._wait,
            show_code=self._show,
        )

    def _wait(self, seconds: float) -> None:
        """Let time pass; the viewer logs in when the app has asked once in vain."""
        self.sandbox.clock.advance(timedelta(seconds=seconds))
        if self.code is not None:
            self.waits += 1
            if self.waits == 2:
                self.sandbox.codes.approve(self.code)
                self.code = None

    def _show(self, code: str) -> None:
        """The viewer sees a code; one that is `late` finds nobody there until its time is over."""
        if self.late:
            self.late = False
            self.sandbox.arm("clock:code", device=DEVICE)
        else:
            self.code, self.waits = code, 0

    def spend(self) -> None:
        """Show the app all that a healthy one takes well, and let a quarter of an hour pass after it."""
        app, arm = self.app, self.sandbox.arm
        app.start()
        arm("sessions:N10", device=DEVICE)
        app.log_in(MVPD)
        self._pass()
        app.restart()
        arm("decisions:D12", device=DEVICE)
        for _ in range(2):
            token = app.play(MVPD, "news")
            if token is not None:
                self.sandbox.verify_media_token(token, "news")
            self._pass()
        arm("codes:network_connection_timeout", device=DEVICE)
        app.play(MVPD, "sports")
        for cell in (
            "faults:throttle",
            "faults:close",
            "codes:invalid_access_token_client_application",
        ):
            self._pass()
            arm(cell, device=DEVICE)
            app.browse()
        self._pass()
        self.sandbox.faults.add(
            "internal_server_error", operation="profiles", device=DEVICE, times=20, id="down"
        )
        app.browse()
        self.sandbox.faults.delete("down")
        self._pass()
        arm("sessions:N10", device=DEVICE)
        self.late = True
        app.log_in(MVPD)
        self._pass()
        arm("logout:L5", device=DEVICE)
        app.log_out(MVPD)
        self.sandbox.clock.advance(timedelta(minutes=15))

    def _pass(self) -> None:
        """The viewer watches for a while, so that what the app did about the last thing is decided."""
        self.code = None
        self.sandbox.clock.advance(timedelta(minutes=11))


@pytest.fixture
def evening(simulator: Sandbox) -> Callable[[type[TvApp]], set[str]]:
    """What the report has against an app after its evening."""

    def spent(kind: type[TvApp]) -> set[str]:
        simulator.reset()
        simulator.clear_coverage()
        simulator.requests.clear()
        simulator.clock.freeze()
        Evening(simulator, kind).spend()
        return _wrong(simulator)

    return spent


def test_the_healthy_app_is_named_by_nothing_and_each_broken_one_is(
    evening: Callable[[type[TvApp]], set[str]],
) -> None:
    assert evening(TvApp) == set()
    unnamed: dict[str, Any] = {}
    for kind, names in BROKEN.items():
        found = evening(kind)
        if not names <= found:
            unnamed[kind.__name__] = {"lacking": names - found, "found": found}
    assert unnamed == {}, unnamed
