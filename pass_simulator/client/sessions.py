"""Logins as the admin API sees them: open codes, and sessions whatever became of them."""

from pass_simulator.transport.calls import Flow, M, call
from pass_simulator.transport.connection import drop_none, path_segment
from pass_simulator.values import Json

from .resources import Resource
from .results import Session


class Codes(Resource[M]):
    """Authentication codes: logging in by a test's hand, where a person would open the url."""

    @call
    def list(self, /, **filters: str) -> Flow[list[Session]]:
        """Those that somebody could still log in with; filters are device, service_provider, mvpd, client."""
        return [Session.of(each) for each in (yield from self._connection.pages("codes", filters))]

    @call
    def approve(
        self, code: str, *, subscriber: str | None = None, mvpd: str | None = None
    ) -> Flow[Session]:
        """Somebody logs in; `mvpd` is needed where the session has none yet."""
        return (yield from self._end(code, "approve", drop_none(subscriber=subscriber, mvpd=mvpd)))

    @call
    def deny(self, code: str) -> Flow[Session]:
        """Somebody gives up, or is not let in."""
        return (yield from self._end(code, "deny"))

    @call
    def expire(self, code: str) -> Flow[Session]:
        """The code's time is over now."""
        return (yield from self._end(code, "expire"))

    @call
    def next(self, code: str) -> Flow[str]:
        """The next session gets this code."""
        return str((yield from self._connection.admin("PUT", "codes/next", {"code": code}))["code"])

    def _end(self, code: str, how: str, body: Json | None = None) -> Flow[Session]:
        path = f"codes/{path_segment(code)}/{how}"
        return Session.of((yield from self._connection.admin("POST", path, body)))


class Sessions(Resource[M]):
    """All login attempts, whatever became of them."""

    @call
    def list(self, /, **filters: str) -> Flow[list[Session]]:
        """Those that match all filters: device, service_provider, mvpd, client."""
        return [
            Session.of(each) for each in (yield from self._connection.pages("sessions", filters))
        ]

    @call
    def get(self, code: str) -> Flow[Session]:
        """One of them. Raises `AdminError` when there is none with this code."""
        return Session.of(
            (yield from self._connection.admin("GET", f"sessions/{path_segment(code)}"))
        )

    @call
    def create(
        self,
        *,
        service_provider: str,
        client: str,
        device: str,
        mvpd: str | None = None,
        domain_name: str | None = None,
        redirect_url: str | None = None,
    ) -> Flow[Session]:
        """A code for an app instance that has not asked for one itself."""
        body = drop_none(
            service_provider=service_provider,
            client=client,
            device=device,
            mvpd=mvpd,
            domain_name=domain_name,
            redirect_url=redirect_url,
        )
        return Session.of((yield from self._connection.admin("POST", "sessions", body)))

    @call
    def change(self, code: str, /, **members: str | None) -> Flow[Session]:
        """Change what its login is for: mvpd, domain_name or redirect_url."""
        path = f"sessions/{path_segment(code)}"
        return Session.of((yield from self._connection.admin("PATCH", path, members)))

    @call
    def delete(self, code: str) -> Flow[None]:
        """Forget it; its code is good for nothing then."""
        yield from self._connection.admin("DELETE", f"sessions/{path_segment(code)}")
