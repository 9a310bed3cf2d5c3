"""The pages of the documentation that are made from the code; as a program, it writes them."""

from collections.abc import Callable, Mapping
from typing import Final

from tests.catalogue import table as catalogue
from tests.docs import (
    reference_device_api,
    reference_operations,
    reference_platforms,
    reference_python,
    reference_rules,
    reference_scenarios,
    reference_service,
)
from tests.docs.pages import FOLDER, README, read

MADE: Final = "<!-- made from the code by `make docs`; edit the code instead -->"

_PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "reference-settings": reference_service.settings,
    "reference-command-line": reference_service.command_line,
    "reference-python": reference_python.python,
    "reference-platforms": reference_platforms.platforms,
    "reference-device-api": reference_device_api.device_api,
    "reference-admin-api": reference_service.admin_api,
    "reference-pages": reference_service.other_pages,
    "reference-operations": reference_operations.operations,
    "reference-scenario-files": reference_scenarios.schema,
    "reference-shipped-scenarios": reference_scenarios.shipped,
    "reference-qa-catalogue": catalogue.page,
    "reference-rules": reference_rules.rules,
    "reference-conduct": reference_rules.conduct,
    "reference-switches": reference_rules.switches,
    "reference-errors": reference_rules.errors,
}


def pages() -> dict[str, str]:
    """Each page by its name."""
    found = {}
    for name, make in _PAGES.items():
        title, _, rest = make().strip().partition("\n")
        found[name] = f"{title}\n\n{MADE}\n{rest}\n"
    return found


def main() -> None:
    """Write the pages, and the README's sentence on the evidence."""
    for name, text in pages().items():
        (FOLDER / f"{name}.md").write_text(text, encoding="utf-8")
    README.write_text(reference_operations.with_sentence(read(README)), encoding="utf-8")


if __name__ == "__main__":
    main()
