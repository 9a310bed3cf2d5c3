"""Rules of paths: samples of the documentation turn two of them around, which no app should rely on."""

from collections.abc import Iterator
from typing import Final

from .calls import App, backend_path
from .rules import Rule, Sign, broken, kept, page

_TURNED: Final = {"logout": "/api/v2/logout/", "get_session": "/api/v2/sessions/"}


def _documented(app: App) -> Iterator[Sign]:
    for operation, turned in _TURNED.items():
        for call in app.of(operation):
            if backend_path(call.path).startswith(turned):
                yield broken(f"{call.path} has the service provider behind the resource", call)
            else:
                yield kept("the service provider came first", call)


RULES: Final = (
    Rule(
        id="documented-paths",
        says="Name the service provider first in the paths of logout and sessions; samples that turn this "
        "around are mistaken.",
        page=page("parameters-headers"),
        check=_documented,
    ),
)
