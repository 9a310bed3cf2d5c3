"""Imports inside functions: only where a start, a verb or a test run must not pay for them."""

from collections.abc import Mapping
from typing import Final

from tests.support.source import all_imports

# Why; then each module, and what functions of it import.
ALLOWED: Final[Mapping[str, Mapping[str, str]]] = {
    "a surface of `routes.py` is imported by its first request": {
        "simulator.routes": "simulator.admin.handlers simulator.web.console.handlers "
        "simulator.web.documents",
    },
    "a verb's own module, and what only some verbs need": {
        "simulator.cli": "simulator.cli.commands",
        "simulator.cli.commands": "simulator.cli.certificates simulator.cli.conduct "
        "simulator.cli.coverage.verbs simulator.cli.doctor.verb simulator.cli.environment "
        "simulator.cli.new simulator.cli.openapi simulator.cli.replay.verbs simulator.cli.requests "
        "simulator.cli.scenarios simulator.cli.seeding simulator.cli.serve simulator.cli.wait "
        "simulator.cli.world.clock "
        "simulator.cli.world.codes simulator.cli.world.degradations simulator.cli.world.devices "
        "simulator.cli.world.faults simulator.cli.world.profiles simulator.cli.world.sandboxes "
        "simulator.cli.world.snapshots simulator.cli.world.state simulator.cli.world.tokens",
        "simulator.cli.completion": "pass_simulator.errors pass_simulator.transport.connection "
        "pass_simulator.transport.sync_transport simulator.scenarios.library",
        "simulator.cli.new": "simulator.scenarios.compiling simulator.scenarios.loading",
        "simulator.cli.world.faults": "simulator.scenarios.models.faults",
        "simulator.cli.certificates": "simulator.certificates.bad_certificates "
        "simulator.certificates.issuing "
        "simulator.cli.server.listening",
        "simulator.cli.openapi": "simulator.admin.openapi simulator.api.openapi simulator.routes",
        "simulator.cli.options": "simulator.cli.server.serving simulator.settings",
        "simulator.cli.remote": "pass_simulator.transport.connection "
        "pass_simulator.transport.sync_transport",
        "simulator.cli.scenarios": "simulator.scenarios.compiling simulator.scenarios.library "
        "simulator.scenarios.loading",
        "simulator.cli.coverage.verbs": "pass_simulator.coverage_file pass_simulator.errors",
        "simulator.cli.serve": "simulator.cli.server.serving",
    },
    "tables and progress, where somebody looks": {
        "simulator.cli.output": "rich rich.console rich.padding rich.progress rich.table rich.text",
    },
    "a server that needs them: HTTPS, a log line, the faster event loop": {
        "simulator.cli.server.listening": "simulator.certificates.folder simulator.certificates.https "
        "simulator.certificates.interfaces simulator.certificates.issuing",
        "simulator.cli.server.logs": "structlog",
        "simulator.cli.server.loops": "uvloop",
    },
    "seeding and migrating, which only a new or an old database asks of a start": {
        "simulator.scenarios.checking": "faker.config",
        "simulator.scenarios.household_generator": "faker",
        "simulator.scenarios.library": "simulator.scenarios.compiling simulator.scenarios.extending "
        "simulator.scenarios.files_beside simulator.scenarios.loading "
        "simulator.scenarios.partial_document",
        "simulator.scenarios.models.identity_providers": "cryptography.x509",
        "simulator.scenarios.models.registration": "cryptography.exceptions "
        "cryptography.hazmat.primitives.serialization",
        "simulator.services.control.readiness": "simulator.services.control.seeding",
        "simulator.storage.engine.schema": "alembic alembic.config alembic.script",
        "simulator.validation.yaml_reader": "yaml",
        "simulator.keys": "cryptography cryptography.x509.oid",
    },
    "the one of two databases that is used": {
        "simulator.storage.engine.opening": "simulator.storage.engine.postgresql "
        "simulator.storage.engine.sqlite",
    },
    "XML, templates and User-Agents, which few requests need": {
        "simulator.domain.sso.saml": "lxml",
        "simulator.domain.sso.xml_signature": "cryptography.x509 lxml signxml.algorithms "
        "signxml.exceptions signxml.signer signxml.verifier",
        "simulator.domain.access.user_agents": "ua_parser",
        "simulator.http.pages": "jinja2",
    },
    "the client's parts: nothing before a test asks for it, and one transport of two": {
        "pass_simulator": "importlib.metadata pass_simulator.public",
        "pass_simulator.child_process": "simulator.cli",
        "pass_simulator.client.sandbox": "pass_simulator.transport.async_transport",
        "pass_simulator.client.simulator": "pass_simulator.transport.async_transport",
        "pass_simulator.plugin.fixtures": "pass_simulator.plugin.sandboxes "
        "pass_simulator.plugin.server",
        "pass_simulator.plugin.hooks": "pass_simulator.plugin.failure_report "
        "pass_simulator.plugin.keeping pass_simulator.plugin.sandboxes "
        "pass_simulator.plugin.tracebacks",
        "pass_simulator.plugin.run": "pass_simulator.shared_process",
        "pass_simulator.plugin.server": "pass_simulator.server_process pass_simulator.shared_process",
        "pass_simulator.pytest_plugin": "pass_simulator.plugin.coverage pass_simulator.plugin.fixtures "
        "pass_simulator.plugin.hooks "
        "pass_simulator.plugin.hookspecs",
        "pass_simulator.transport.async_transport": "aiohttp yarl",
    },
}


def lazy() -> dict[str, set[str]]:
    """What functions import, by the module that they are in."""
    found: dict[str, set[str]] = {}
    for each in all_imports():
        if each.lazy:
            found.setdefault(each.module, set()).add(each.target)
    return found


def test_every_import_inside_a_function_is_on_the_list_and_no_other() -> None:
    allowed = {
        module: set(targets.split())
        for modules in ALLOWED.values()
        for module, targets in modules.items()
    }
    assert lazy() == allowed
