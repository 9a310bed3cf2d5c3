"""A stand-in for the Adobe Pass Authentication backend, with real state behind it."""

# Type checkers take it for true, and `typing` takes longer to import than all that is here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from aiohttp import web

    from .settings import Settings

__version__ = "0.1.0"


def create_app(settings: "Settings") -> "web.Application":
    """An aiohttp application with these settings; see `simulator.app`."""
    # Imported here so that asking for the version, or for the pytest plugin, stays cheap.
    from .app import create_app as create

    return create(settings)
