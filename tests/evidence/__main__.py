"""`python -m tests.evidence [FILES] [PYTEST ARGUMENTS]`: run the tests that the evidence names.

`--summary` counts the rows without running anything, beside what captures showed with `--recorded FILE`, as
`pass-simulator grade --fidelity FILE` wrote it; `--altered-only` leaves out the tests as they are, for
when all tests have just passed.
"""

import json
import sys
from pathlib import Path

import pytest

from simulator.evidence import loading
from simulator.validation.problems import ScenarioError
from tests.evidence.claims import claims
from tests.evidence.node_ids import problem
from tests.evidence.table import table


def main(arguments: list[str]) -> int:
    """Print what was found out, and return the exit status."""
    try:
        subjects = loading.load(loading.FOLDER)
    except ScenarioError as error:
        print(error)
        return 1
    names = [each for each in arguments if each in subjects]
    others = [each for each in arguments if each not in subjects]
    shown = {name: each for name, each in subjects.items() if name in names or not names}
    match others:
        case ["--summary"]:
            print(table(shown))
            return 0
        case ["--summary", "--recorded", file]:
            print(table(shown, json.loads(Path(file).read_text())["operations"]))
            return 0
    made = claims(shown)
    wrong = [f"{each.key}: {sentence}" for each in made if (sentence := problem(each.test))]
    if wrong:
        print("\n".join(wrong))
        return 1
    files = sorted({each.test.partition("::")[0] for each in made})
    options = ("-q", "-p", "tests.evidence.plugin", "-p", "no:randomly", "--tb=short")
    status = (
        pytest.main([*options, f"--evidence={','.join(names)}", *others, *files]) if made else 0
    )
    print(table(shown))
    return int(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
