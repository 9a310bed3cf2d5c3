"""The public surface as files, so that a review sees it change; `make surface` writes them."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from simulator.admin.openapi import document
from simulator.cli.addresses import LOCAL
from simulator.routes import ENDPOINTS
from simulator.scenarios import schema
from tests.surface.client import client
from tests.surface.command_line import command_line

ROOT: Final = Path(__file__).resolve().parents[2]


def admin_openapi() -> str:
    """The OpenAPI document of the admin API; the version is told elsewhere."""
    found = document(ENDPOINTS, LOCAL)
    found["info"]["version"] = "…"
    return json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


FILES: Final[Mapping[str, Callable[[], str]]] = {
    "tests/surface/pass_simulator.txt": client,
    "tests/surface/cli.txt": command_line,
    "tests/surface/admin-openapi.json": admin_openapi,
    "scenarios/schema.json": schema.text,
}


def main() -> None:
    """Write all of them."""
    for name, text in FILES.items():
        (ROOT / name).write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
