"""Rules of paths: samples of the documentation turn two of them around, which no app should rely on."""

from collections.abc import Callable, Iterator
from typing import Final

from simulator.domain.operations import backend_path

from .calls import App
from .rules import Rule, Sign, broken, kept, page

_PARAMETERS: Final = page("parameters-headers")


def _in_order(operation: str, resource: str) -> Callable[[App], Iterator[Sign]]:
    def check(app: App) -> Iterator[Sign]:
        for call in app.of(operation):
            if backend_path(call.path).startswith(f"/api/v2/{resource}/"):
                yield broken(f"the path has {resource} before the service provider", call)
            else:
                yield kept("the path is as the reference has it", call)

    return check


RULES: Final = (
    Rule(
        id="session-path",
        says="Retrieve a session as /api/v2/{serviceProvider}/sessions/{code}.",
        page=_PARAMETERS,
        check=_in_order("get_session", "sessions"),
    ),
    Rule(
        id="logout-path",
        says="Call logout as /api/v2/{serviceProvider}/logout/{mvpd}.",
        page=_PARAMETERS,
        check=_in_order("logout", "logout"),
    ),
)
