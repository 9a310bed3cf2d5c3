"""The whole public surface, top to bottom.

Every path is also served under `/s/{sandbox}`, where it works within that sandbox. Within a group the
paths that devices call most come first: aiohttp tries the dynamic ones in this order.
"""

from functools import partial
from importlib import import_module
from typing import Final

from simulator.api import (
    authentication,
    configuration,
    decisions,
    logout,
    operations,
    partner_sso,
    profiles,
    registration,
    sessions,
)
from simulator.middleware.endpoints import Endpoint, Handler, Load, Surface
from simulator.web import activate, login, probes, providers


def _imported(module: str, name: str) -> Handler:
    found: Handler = getattr(import_module(f".{module}", __package__), name)
    return found


def _later(package: str, place: str) -> Load:
    """The handler at `place`, as in "codes.approve"; its module is imported when it is first called.

    For what few devices ever ask, and most never: a start would take half as long again if it imported
    all that it is made of.
    """
    module, _, name = place.rpartition(".")
    return partial(_imported, f"{package}.{module}", name)


def _there(handler: Handler) -> Load:
    return lambda: handler


def _of_collection(collection: str, verb: str) -> Handler:
    from simulator.admin.resources import HANDLERS

    return HANDLERS[collection, verb]


def _device(method: str, path: str, operation: str, handler: str | Handler) -> Endpoint:
    return Endpoint(
        surface=Surface.DEVICE,
        method=method,
        path=path,
        operation=operation,
        load=_later("api", handler) if isinstance(handler, str) else _there(handler),
    )


def _registration(path: str, operation: str, handler: Handler) -> Endpoint:
    return Endpoint(
        surface=Surface.REGISTRATION,
        method="POST",
        path=path,
        operation=operation,
        load=_there(handler),
    )


def _admin(
    method: str, path: str, handler: str | Load, *, sandboxed: bool = True, guarded: bool = True
) -> Endpoint:
    return Endpoint(
        surface=Surface.ADMIN,
        method=method,
        path=f"/admin/v1{path}",
        load=_later("admin", handler) if isinstance(handler, str) else handler,
        sandboxed=sandboxed,
        guarded=guarded,
    )


def _page(method: str, path: str, operation: str, handler: Handler) -> Endpoint:
    return Endpoint(
        surface=Surface.WEB, method=method, path=path, operation=operation, load=_there(handler)
    )


def _document(path: str, load: Load, *, sandboxed: bool = True) -> Endpoint:
    """Something to read, which is no step of a login or logout: no fault and no journal knows it."""
    return Endpoint(surface=Surface.WEB, method="GET", path=path, load=load, sandboxed=sandboxed)


def _console(method: str, path: str, handler: str, *, guarded: bool = True) -> Endpoint:
    return Endpoint(
        surface=Surface.CONSOLE,
        method=method,
        path=f"/console{path}",
        load=_later("web.console", handler),
        guarded=guarded,
    )


def _probe(path: str, load: Load) -> Endpoint:
    return Endpoint(surface=Surface.PROBE, method="GET", path=path, load=load, sandboxed=False)


_COLLECTIONS: Final = (
    "service-providers",
    "mvpds",
    "integrations",
    "applications",
    "clients",
    "issuers",
    "subscribers",
    "devices",
    "profiles",
    "sso-links",
    "temp-passes",
    "degradations",
    "faults",
)
_VERBS: Final = (
    ("GET", "", "list"),
    ("POST", "", "create"),
    ("GET", "/{id}", "get"),
    ("PATCH", "/{id}", "change"),
    ("DELETE", "/{id}", "delete"),
)

ENDPOINTS: Final = (
    # REST API V2
    _device("GET", "/api/v2/{service_provider}/profiles", "profiles", profiles.retrieve),
    _device("GET", "/api/v2/{service_provider}/profiles/{mvpd}", "profile_by_mvpd",
            profiles.retrieve_for_mvpd),
    _device("POST", "/api/v2/{service_provider}/decisions/authorize/{mvpd}", "authorize",
            decisions.authorize),
    _device("POST", "/api/v2/{service_provider}/decisions/preauthorize/{mvpd}", "preauthorize",
            decisions.preauthorize),
    _device("GET", "/api/v2/{service_provider}/logout/{mvpd}", "logout", logout.initiate),
    _device("GET", "/api/v2/logout/{service_provider}/{mvpd}", "logout",
            logout.initiate_on_legacy_path),
    *(
        _device(each.method, each.path, each.name, operations.not_simulated)
        for each in operations.OPERATIONS
        if each.fidelity == "not simulated"
    ),
    _device("POST", "/api/v2/{service_provider}/sessions/sso/{partner}", "partner_session",
            partner_sso.request_login),
    _device("POST", "/api/v2/{service_provider}/profiles/sso/{partner}", "partner_profile",
            partner_sso.create_profile),
    _device("GET", "/api/v2/{service_provider}/configuration", "configuration",
            configuration.retrieve),
    _device("POST", "/api/v2/{service_provider}/sessions", "create_session", sessions.create),
    _device("POST", "/api/v2/{service_provider}/sessions/{code}", "resume_session",
            sessions.resume),
    _device("GET", "/api/v2/{service_provider}/sessions/{code}", "get_session",
            sessions.retrieve),
    _device("GET", "/api/v2/{service_provider}/profiles/code/{code}", "profile_by_code",
            profiles.retrieve_for_code),
    _device("GET", "/api/v2/authenticate/{service_provider}/{code}", "authenticate",
            authentication.authenticate),
    # The neighbours of REST API V2
    _device("DELETE", "/reset-tempass/v3/reset", "reset_temp_pass", "management.reset_temp_pass"),
    _device("DELETE", "/reset-tempass/v3/reset/generic", "reset_temp_pass",
            "management.reset_generic"),
    _device("GET", "/control/v3/degradation/{media_company}/{measure}", "degradation",
            "management.degradation_status"),
    _device("POST", "/control/v3/degradation/{media_company}/{measure}", "degradation",
            "management.apply_degradation"),
    _device("DELETE", "/control/v3/degradation/{media_company}/{measure}", "degradation",
            "management.remove_degradation"),
    _device("POST", "/api/{service_provider}/serviceToken", "sso_service",
            "sso_service.create_token"),
    _device("GET", "/api/{service_provider}/serviceToken", "sso_service", "sso_service.renew_token"),
    _device("POST", "/api/{service_provider}/link", "sso_service", "sso_service.create_link"),
    _device("POST", "/api/{service_provider}/unlink", "sso_service", "sso_service.unlink"),
    _device("GET", "/api/{service_provider}/list", "sso_service", "sso_service.show_devices"),
    _document("/api/v2/openapi.json", _later("api.openapi", "document.show")),
    # Dynamic Client Registration
    _registration("/o/client/register", "register", registration.register),
    _registration("/o/client/token", "token", registration.token),
    # Pages that user agents are sent to
    _page("GET", "/adobe-services/logout", "start_logout", providers.start_logout),
    _page("GET", "/provider/logout", "provider_logout", providers.logout),
    _page("GET", "/adobe-services/authenticate/saml", "start_login", login.start_login),
    _page("GET", "/provider/login", "provider_login", login.show_login),
    _page("POST", "/provider/login", "provider_login", login.show_login),
    _page("POST", login.CONSUMER, "finish_login", login.finish_login),
    _page("GET", activate.PATH, "second_screen", activate.show),
    _page("POST", activate.PATH, "second_screen", activate.submit),
    _page("GET", activate.DONE, "second_screen", activate.show_done),
    # What devices have to trust
    _document("/certs", _later("web", "certificates.show"), sandboxed=False),
    _document("/certs/ca.pem", _later("web", "certificates.pem"), sandboxed=False),
    _document("/certs/ca.der", _later("web", "certificates.der"), sandboxed=False),
    # Pages for people
    _document("/", _later("web", "start.show")),
    _document("/docs", _later("web", "documentation.show_contents"), sandboxed=False),
    _document("/docs/{page}", _later("web", "documentation.show"), sandboxed=False),
    _document(
        "/docs/{page}/{picture}", _later("web", "documentation.show_picture"), sandboxed=False
    ),
    # The console
    _console("GET", "", "board.show_all"),
    _console("GET", "/device", "device.look"),
    _console("POST", "/device/log-in", "device.log_in"),
    _console("GET", "/codes/{code}/qr.svg", "device.draw"),
    _console("POST", "/codes/{code}/approve", "device.approve"),
    _console("POST", "/codes/{code}/deny", "device.deny"),
    _console("POST", "/codes/{code}/expire", "device.expire"),
    _console("POST", "/profiles/invalidate", "device.invalidate_profile"),
    _console("POST", "/profiles/expire", "device.expire_profile"),
    _console("GET", "/requests", "requests.show_all"),
    _console("POST", "/requests/clear", "requests.clear"),
    _console("GET", "/requests/{id}", "requests.show_one"),
    _console("GET", "/conduct", "conduct.look"),
    _console("GET", "/world", "world.look"),
    _console("POST", "/world/seed", "world.seed"),
    _console("POST", "/world/reset", "world.reset"),
    _console("POST", "/world/snapshots", "world.take_snapshot"),
    _console("POST", "/world/snapshots/delete", "world.delete_snapshot"),
    _console("POST", "/world/clock", "world.set_clock"),
    _console("POST", "/world/settings", "world.set_switch"),
    _console("POST", "/world/faults", "faults.order"),
    _console("POST", "/world/faults/delete", "faults.remove"),
    _console("POST", "/world/faults/clear", "faults.remove_all"),
    _console("GET", "/sandboxes", "sandboxes.show_all"),
    _console("POST", "/sandboxes", "sandboxes.create"),
    _console("POST", "/sandboxes/delete", "sandboxes.delete"),
    _console("GET", "/login", "entrance.show", guarded=False),
    _console("POST", "/login", "entrance.enter", guarded=False),
    _console("POST", "/leave", "entrance.leave", guarded=False),
    _console("GET", "/static/{file}", "entrance.load", guarded=False),
    # Probes
    _probe("/livez", _there(probes.live)),
    _probe("/readyz", _there(probes.ready)),
    _probe("/metrics", _later("web", "metrics.show")),
    # Admin API
    _admin("GET", "", "service.index", sandboxed=False),
    _admin("GET", "/version", "service.version", sandboxed=False),
    _admin("GET", "/openapi.json", "reference.openapi", sandboxed=False, guarded=False),
    _admin("GET", "/docs", "reference.docs", sandboxed=False, guarded=False),
    _admin("GET", "/operations", _there(operations.show_all), sandboxed=False),
    _admin("GET", "/scenarios", "scenarios.show_all", sandboxed=False),
    _admin("POST", "/scenarios/validate", "scenarios.check", sandboxed=False),
    _admin("GET", "/scenarios/{name}", "scenarios.show", sandboxed=False),
    _admin("POST", "/seed", "state.seed"),
    _admin("POST", "/reset", "state.reset"),
    _admin("GET", "/state", "state.export"),
    _admin("PUT", "/state", "state.load"),
    _admin("POST", "/tokens", "tokens.mint"),
    _admin("POST", "/service-tokens", "partner_tokens.service_token"),
    _admin("POST", "/subject-tokens", "partner_tokens.subject_token"),
    _admin("POST", "/partner-framework-statuses", "partner_tokens.partner_status"),
    _admin("POST", "/saml-responses", "partner_tokens.saml_response"),
    _admin("GET", "/keys", "media_tokens.show_keys", sandboxed=False),
    _admin("POST", "/media-tokens/verify", "media_tokens.verify"),
    _admin("GET", "/snapshots", "snapshots.show_all"),
    _admin("POST", "/snapshots", "snapshots.take"),
    _admin("POST", "/snapshots/{name}/restore", "snapshots.restore"),
    _admin("DELETE", "/snapshots/{name}", "snapshots.discard"),
    _admin("GET", "/requests", "requests.show_all"),
    _admin("DELETE", "/requests", "requests.clear"),
    _admin("GET", "/requests.har", "har.export"),
    _admin("GET", "/requests/{id}", "requests.show"),
    _admin("POST", "/requests/count", "requests.count"),
    _admin("POST", "/requests/verify", "requests.verify"),
    _admin("POST", "/requests/wait", "requests.wait"),
    _admin("GET", "/conduct", "conduct.show"),
    _admin("GET", "/bundle", "bundle.show"),
    _admin("GET", "/events", "events.stream"),
    _admin("GET", "/clock", "clock.show"),
    _admin("PUT", "/clock", "clock.put"),
    _admin("POST", "/clock/advance", "clock.advance"),
    _admin("POST", "/clock/reset", "clock.reset"),
    _admin("GET", "/sandboxes", "sandboxes.show_all", sandboxed=False),
    _admin("POST", "/sandboxes", "sandboxes.create", sandboxed=False),
    _admin("GET", "/sandboxes/{id}", "sandboxes.show", sandboxed=False),
    _admin("PATCH", "/sandboxes/{id}", "sandboxes.change", sandboxed=False),
    _admin("DELETE", "/sandboxes/{id}", "sandboxes.delete", sandboxed=False),
    _admin("POST", "/sandboxes/{id}/lease", "sandboxes.lease", sandboxed=False),
    _admin("DELETE", "/sandboxes/{id}/lease", "sandboxes.release", sandboxed=False),
    _admin("PUT", "/devices/{id}/claim", "claims.claim"),
    _admin("DELETE", "/devices/{id}/claim", "claims.unclaim"),
    _admin("GET", "/codes", "codes.show_all"),
    _admin("PUT", "/codes/next", "codes.put_next"),
    _admin("POST", "/codes/{code}/approve", "codes.approve"),
    _admin("POST", "/codes/{code}/deny", "codes.deny"),
    _admin("POST", "/codes/{code}/expire", "codes.expire"),
    _admin("GET", "/sessions", "codes.show_sessions"),
    _admin("POST", "/sessions", "codes.create_session"),
    _admin("GET", "/sessions/{code}", "codes.show_session"),
    _admin("PATCH", "/sessions/{code}", "codes.change_session"),
    _admin("DELETE", "/sessions/{code}", "codes.delete_session"),
    _admin("GET", "/settings", "settings.show"),
    _admin("PATCH", "/settings", "settings.change"),
    _admin("POST", "/profiles/{id}/invalidate", "profiles.invalidate"),
    _admin("POST", "/profiles/{id}/expire", "profiles.expire"),
    _admin("POST", "/applications/{id}/revoke", "applications.revoke"),
    _admin("POST", "/applications/{id}/approve", "applications.approve"),
    *(
        _admin(method, f"/{collection}{item}", partial(_of_collection, collection, verb))
        for collection in _COLLECTIONS
        for method, item, verb in _VERBS
    ),
    _admin("DELETE", "/faults", partial(_of_collection, "faults", "clear")),
)  # fmt: skip
