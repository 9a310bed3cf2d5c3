"""The whole public surface, top to bottom.

Every path is also served under `/s/{sandbox}`, where it works within that sandbox. What devices never ask
for is imported by its first request: a start would take half as long again if it imported all.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any, Final

from aiohttp import hdrs

from simulator.api import (
    authentication,
    configuration,
    decisions,
    legacy,
    logout,
    management,
    operations,
    partner_sso,
    profiles,
    registration,
    sessions,
    sso_service,
)
from simulator.domain.operations import OPERATIONS
from simulator.http.endpoint import Endpoint, Handler, Load, Surface
from simulator.web import activate, login, probes, providers

Pick = Callable[[Any], Handler]
"""The handler among those of a surface that is imported when it is first asked for."""


def _admin_handlers() -> ModuleType:
    from simulator.admin import handlers

    return handlers


def _console_handlers() -> ModuleType:
    from simulator.web.console import handlers

    return handlers


def _documents() -> ModuleType:
    from simulator.web import documents

    return documents


def _device(method: str, path: str, operation: str, handler: Handler) -> Endpoint:
    return Endpoint(
        surface=Surface.DEVICE,
        method=method,
        path=path,
        operation=operation,
        load=lambda: handler,
    )


def _below(path: str, operation: str, handler: Handler) -> Endpoint:
    """Whatever is asked for there, with any verb, where no other line says what it is."""
    return _device(hdrs.METH_ANY, path, operation, handler)


def _registration(path: str, operation: str, handler: Handler) -> Endpoint:
    return Endpoint(
        surface=Surface.REGISTRATION,
        method="POST",
        path=path,
        operation=operation,
        load=lambda: handler,
    )


def _admin(
    method: str, path: str, handler: Pick, *, sandboxed: bool = True, guarded: bool = True
) -> Endpoint:
    return Endpoint(
        surface=Surface.ADMIN,
        method=method,
        path=f"/admin/v1{path}",
        load=lambda: handler(_admin_handlers()),
        sandboxed=sandboxed,
        guarded=guarded,
    )


def _entities(method: str, path: str, collection: str, verb: str) -> Endpoint:
    return _admin(method, path, lambda admin: admin.entities.HANDLERS[collection, verb])


def _page(method: str, path: str, operation: str, handler: Handler) -> Endpoint:
    return Endpoint(
        surface=Surface.WEB, method=method, path=path, operation=operation, load=lambda: handler
    )


def _document(path: str, handler: Pick, *, sandboxed: bool = True) -> Endpoint:
    """Something to read, which is no step of a login or logout: no fault and no journal knows it."""
    return Endpoint(
        surface=Surface.WEB,
        method="GET",
        path=path,
        load=lambda: handler(_documents()),
        sandboxed=sandboxed,
    )


def _console(method: str, path: str, handler: Pick, *, guarded: bool = True) -> Endpoint:
    return Endpoint(
        surface=Surface.CONSOLE,
        method=method,
        path=f"/console{path}",
        load=lambda: handler(_console_handlers()),
        guarded=guarded,
    )


def _download(path: str, handler: Pick) -> Endpoint:
    """A file of the admin API that a link of the console leads to, past the door of the console."""
    return Endpoint(
        surface=Surface.CONSOLE,
        method="GET",
        path=f"/console{path}",
        load=lambda: handler(_admin_handlers()),
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
        for each in OPERATIONS
        if not each.simulated
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
    _device("GET", "/api/v2/sessions/{service_provider}/{code}", "get_session",
            sessions.retrieve_on_legacy_path),
    _device("GET", "/api/v2/{service_provider}/profiles/code/{code}", "profile_by_code",
            profiles.retrieve_for_code),
    _device("GET", "/api/v2/authenticate/{service_provider}/{code}", "authenticate",
            authentication.authenticate),
    # The neighbours of REST API V2
    _device("DELETE", "/reset-tempass/v3/reset", "reset_temp_pass", management.reset_temp_pass),
    _device("DELETE", "/reset-tempass/v3/reset/generic", "reset_temp_pass",
            management.reset_generic),
    _device("GET", "/control/v3/degradation/{media_company}/{measure}", "degradation",
            management.degradation_status),
    _device("POST", "/control/v3/degradation/{media_company}/{measure}", "degradation",
            management.apply_degradation),
    _device("DELETE", "/control/v3/degradation/{media_company}/{measure}", "degradation",
            management.remove_degradation),
    _device("POST", "/api/{service_provider}/serviceToken", "sso_service",
            sso_service.create_token),
    _device("GET", "/api/{service_provider}/serviceToken", "sso_service", sso_service.renew_token),
    _device("POST", "/api/{service_provider}/link", "sso_service", sso_service.create_link),
    _device("POST", "/api/{service_provider}/unlink", "sso_service", sso_service.unlink),
    _device("GET", "/api/{service_provider}/list", "sso_service", sso_service.show_devices),
    _document("/api/v2/openapi.json", lambda to: to.device_openapi.show),
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
    _document("/certs", lambda to: to.certificates.show, sandboxed=False),
    _document("/certs/ca.pem", lambda to: to.certificates.pem, sandboxed=False),
    _document("/certs/ca.der", lambda to: to.certificates.der, sandboxed=False),
    # Pages for people
    _document("/logos/{name}", lambda to: to.logos.show, sandboxed=False),
    _document("/", lambda to: to.start.show),
    _document("/llms.txt", lambda to: to.documentation.show_llms, sandboxed=False),
    _document("/docs", lambda to: to.documentation.show_contents, sandboxed=False),
    _document("/docs/search.json", lambda to: to.documentation.show_search, sandboxed=False),
    _document("/docs/search.js", lambda to: to.documentation.show_script, sandboxed=False),
    _document("/docs/{page}", lambda to: to.documentation.show, sandboxed=False),
    _document(
        "/docs/{page}/{picture}", lambda to: to.documentation.show_picture, sandboxed=False
    ),
    # The console
    _console("GET", "", lambda to: to.board.show_all),
    _console("GET", "/device", lambda to: to.device.look),
    _console("POST", "/device/log-in", lambda to: to.device.log_in),
    _console("GET", "/codes/{code}/qr.svg", lambda to: to.device.draw),
    _console("POST", "/codes/{code}/approve", lambda to: to.device.approve),
    _console("POST", "/codes/{code}/deny", lambda to: to.device.deny),
    _console("POST", "/codes/{code}/expire", lambda to: to.device.expire),
    _console("POST", "/profiles/invalidate", lambda to: to.device.invalidate_profile),
    _console("POST", "/profiles/expire", lambda to: to.device.expire_profile),
    _console("GET", "/requests", lambda to: to.requests.show_all),
    _console("POST", "/requests/clear", lambda to: to.requests.clear),
    _download("/requests.har", lambda admin: admin.har.export),
    _download("/bundle.zip", lambda admin: admin.bundle.show),
    _console("GET", "/requests/{id}", lambda to: to.requests.show_one),
    _console("GET", "/conduct", lambda to: to.conduct.look),
    _console("GET", "/coverage", lambda to: to.coverage.look),
    _console("POST", "/coverage/arm", lambda to: to.coverage.arm),
    _console("POST", "/coverage/clear", lambda to: to.coverage.clear),
    _console("GET", "/world", lambda to: to.world.look),
    _console("POST", "/world/seed", lambda to: to.world.seed),
    _console("POST", "/world/reset", lambda to: to.world.reset),
    _console("POST", "/world/keep", lambda to: to.world.set_keep),
    _console("POST", "/world/degradations", lambda to: to.degradation.apply),
    _console("POST", "/world/degradations/delete", lambda to: to.degradation.remove),
    _console("POST", "/world/snapshots", lambda to: to.world.take_snapshot),
    _console("POST", "/world/snapshots/delete", lambda to: to.world.delete_snapshot),
    _console("POST", "/world/clock", lambda to: to.world.set_clock),
    _console("POST", "/world/settings", lambda to: to.world.set_switch),
    _console("POST", "/world/faults", lambda to: to.faults.order),
    _console("POST", "/world/faults/delete", lambda to: to.faults.remove),
    _console("POST", "/world/faults/clear", lambda to: to.faults.remove_all),
    _console("GET", "/scenario", lambda to: to.scenario.look),
    _console("POST", "/scenario", lambda to: to.scenario.submit),
    _console("POST", "/scenario/upload", lambda to: to.scenario.upload),
    _console("GET", "/fidelity", lambda to: to.fidelity.look),
    _console("GET", "/sandboxes", lambda to: to.sandboxes.show_all),
    _console("POST", "/sandboxes", lambda to: to.sandboxes.create),
    _console("POST", "/sandboxes/lend", lambda to: to.sandboxes.lend),
    _console("POST", "/sandboxes/bring-back", lambda to: to.sandboxes.bring_back),
    _console("POST", "/sandboxes/claim", lambda to: to.sandboxes.claim),
    _console("POST", "/sandboxes/unclaim", lambda to: to.sandboxes.unclaim),
    _console("POST", "/sandboxes/delete", lambda to: to.sandboxes.delete),
    _console("GET", "/login", lambda to: to.sign_in.show, guarded=False),
    _console("POST", "/login", lambda to: to.sign_in.enter, guarded=False),
    _console("POST", "/leave", lambda to: to.sign_in.leave, guarded=False),
    _console("GET", "/static/{file}", lambda to: to.sign_in.load, guarded=False),
    # Probes
    _probe("/livez", lambda: probes.live),
    _probe("/readyz", lambda: probes.ready),
    _probe("/metrics", lambda: _documents().metrics.show),
    # Admin API
    _admin("GET", "", lambda to: to.service.index, sandboxed=False),
    _admin("GET", "/version", lambda to: to.service.version, sandboxed=False),
    _admin("GET", "/openapi.json", lambda to: to.openapi.show, sandboxed=False, guarded=False),
    _admin("GET", "/docs", lambda to: to.openapi.show_page, sandboxed=False, guarded=False),
    _admin("GET", "/operations", lambda to: to.service.operations, sandboxed=False),
    _admin("GET", "/scenarios", lambda to: to.scenarios.show_all, sandboxed=False),
    _admin("POST", "/scenarios/validate", lambda to: to.scenarios.check, sandboxed=False),
    _admin("GET", "/scenarios/{name}", lambda to: to.scenarios.show, sandboxed=False),
    _admin("POST", "/seed", lambda to: to.state.seed),
    _admin("POST", "/reset", lambda to: to.state.reset),
    _admin("GET", "/state", lambda to: to.state.export),
    _admin("PUT", "/state", lambda to: to.state.load),
    _admin("POST", "/tokens", lambda to: to.tokens.mint),
    _admin("POST", "/service-tokens", lambda to: to.tokens.service_token),
    _admin("POST", "/subject-tokens", lambda to: to.tokens.subject_token),
    _admin("POST", "/partner-framework-statuses", lambda to: to.tokens.partner_status),
    _admin("POST", "/saml-responses", lambda to: to.tokens.saml_response),
    _admin("GET", "/keys", lambda to: to.tokens.show_keys, sandboxed=False),
    _admin("POST", "/media-tokens/verify", lambda to: to.tokens.verify),
    _admin("GET", "/snapshots", lambda to: to.snapshots.show_all),
    _admin("POST", "/snapshots", lambda to: to.snapshots.take),
    _admin("POST", "/snapshots/{name}/restore", lambda to: to.snapshots.restore),
    _admin("DELETE", "/snapshots/{name}", lambda to: to.snapshots.discard),
    _admin("GET", "/requests", lambda to: to.requests.show_all),
    _admin("DELETE", "/requests", lambda to: to.requests.clear),
    _admin("GET", "/requests.har", lambda to: to.har.export),
    _admin("GET", "/requests/{id}", lambda to: to.requests.show),
    _admin("POST", "/requests/count", lambda to: to.requests.count),
    _admin("POST", "/requests/verify", lambda to: to.requests.verify),
    _admin("POST", "/requests/wait", lambda to: to.requests.wait),
    _admin("GET", "/conduct", lambda to: to.conduct.show),
    _admin("GET", "/coverage", lambda to: to.coverage.show),
    _admin("DELETE", "/coverage", lambda to: to.coverage.clear),
    _admin("POST", "/coverage/arm", lambda to: to.coverage.arm),
    _admin("GET", "/bundle", lambda to: to.bundle.show),
    _admin("GET", "/events", lambda to: to.events.stream),
    _admin("GET", "/clock", lambda to: to.clock.show),
    _admin("PUT", "/clock", lambda to: to.clock.put),
    _admin("POST", "/clock/advance", lambda to: to.clock.advance),
    _admin("POST", "/clock/reset", lambda to: to.clock.reset),
    _admin("GET", "/sandboxes", lambda to: to.sandboxes.show_all, sandboxed=False),
    _admin("POST", "/sandboxes", lambda to: to.sandboxes.create, sandboxed=False),
    _admin("GET", "/sandboxes/{id}", lambda to: to.sandboxes.show, sandboxed=False),
    _admin("PATCH", "/sandboxes/{id}", lambda to: to.sandboxes.change, sandboxed=False),
    _admin("DELETE", "/sandboxes/{id}", lambda to: to.sandboxes.delete, sandboxed=False),
    _admin("POST", "/sandboxes/{id}/lease", lambda to: to.sandboxes.lease, sandboxed=False),
    _admin("DELETE", "/sandboxes/{id}/lease", lambda to: to.sandboxes.release, sandboxed=False),
    _admin("PUT", "/devices/{id}/claim", lambda to: to.claims.claim),
    _admin("DELETE", "/devices/{id}/claim", lambda to: to.claims.unclaim),
    _admin("GET", "/codes", lambda to: to.codes.show_all),
    _admin("PUT", "/codes/next", lambda to: to.codes.put_next),
    _admin("POST", "/codes/{code}/approve", lambda to: to.codes.approve),
    _admin("POST", "/codes/{code}/deny", lambda to: to.codes.deny),
    _admin("POST", "/codes/{code}/expire", lambda to: to.codes.expire),
    _admin("GET", "/sessions", lambda to: to.codes.show_sessions),
    _admin("POST", "/sessions", lambda to: to.codes.create_session),
    _admin("GET", "/sessions/{code}", lambda to: to.codes.show_session),
    _admin("PATCH", "/sessions/{code}", lambda to: to.codes.change_session),
    _admin("DELETE", "/sessions/{code}", lambda to: to.codes.delete_session),
    _admin("GET", "/settings", lambda to: to.settings.show),
    _admin("PATCH", "/settings", lambda to: to.settings.change),
    _admin("POST", "/profiles/{id}/invalidate", lambda to: to.entity_actions.invalidate),
    _admin("POST", "/profiles/{id}/expire", lambda to: to.entity_actions.expire),
    _admin("POST", "/applications/{id}/revoke", lambda to: to.entity_actions.revoke),
    _admin("POST", "/applications/{id}/approve", lambda to: to.entity_actions.approve),
    *(
        _entities(method, f"/{collection}{item}", collection, verb)
        for collection in _COLLECTIONS
        for method, item, verb in _VERBS
    ),
    _entities("DELETE", "/faults", "faults", "clear"),
)  # fmt: skip

BELOW: Final = (
    _below("/esm/v3", "esm", operations.not_simulated),
    # REST API V1 and the AccessEnabler, which end with 2026
    _below("/api/v1", "legacy", legacy.refuse),
    _below("/reggie/v1", "legacy", legacy.refuse),
    _below("/adobe-services", "legacy", legacy.refuse),
    _below("/entitlement", "legacy", legacy.refuse),
)
"""What is answered for all that is below a path, and not listed above."""
