"""Redirect URLs as the operations take them: usable, and registered where the sandbox asks for that."""

from simulator.domain.access.redirects import redirect_problem, within
from simulator.domain.configuration import ServiceProvider
from simulator.domain.errors import EnhancedError
from simulator.storage.worlds.session import SandboxSession

from .admission import DeviceCall, application_of

CODE = "invalid_parameter_redirect_url"


def check(world: SandboxSession, call: DeviceCall, provider: ServiceProvider, url: str) -> None:
    """Raise `invalid_parameter_redirect_url` unless user agents may be sent to `url`."""
    if problem := redirect_problem(url):
        raise EnhancedError(CODE, f"The redirectUrl parameter is not usable: {problem}.")
    if world.config.setting("redirect_url.domains") != "registered":
        return
    application = application_of(world, call)
    domains = (*provider.domains, *(application.domains if application else ()))
    schemes = application.custom_schemes if application else ()
    if not within(url, domains, schemes):
        known = ", ".join((*domains, *(f"{each}:" for each in schemes))) or "none"
        raise EnhancedError(
            CODE, f"The redirectUrl leads to no registered domain or custom scheme; known: {known}."
        )
