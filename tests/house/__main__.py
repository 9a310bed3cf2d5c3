"""The house in figures: `make house` prints them, and the tests beside this hold what they must be."""

from collections import Counter
from pathlib import Path
from statistics import median

from tests.house.test_lazy_imports import lazy
from tests.support.source import PACKAGES, REPOSITORY, all_imports, circles, modules


def lines_of(paths: list[Path]) -> dict[str, int]:
    """How many lines each file has, by its path in the repository."""
    return {str(path.relative_to(REPOSITORY)): len(path.read_text().splitlines()) for path in paths}


def main() -> None:
    """Print them."""
    for folder in (*PACKAGES, "tests"):
        found = lines_of(sorted((REPOSITORY / folder).rglob("*.py")))
        longest = max(found, key=found.__getitem__)
        print(
            f"{folder}: {len(found)} files, {sum(found.values())} lines, median "
            f"{median(found.values()):.0f}, longest {found[longest]} ({longest})"
        )
    print("\nFiles in each folder:")
    folders = Counter(str(path.parent.relative_to(REPOSITORY)) for path in modules().values())
    for folder, count in sorted(folders.items()):
        print(f"  {count:3} {folder}")
    graph: dict[str, set[str]] = {}
    for each in all_imports():
        if each.target in modules() and each.target not in {each.module, "simulator"}:
            graph.setdefault(each.module, set()).add(each.target)
    found_circles = circles(graph)
    print(f"\nCircles, TYPE_CHECKING and the bodies of functions counted: {len(found_circles)}")
    for circle in found_circles:
        print(f"  {' '.join(circle)}")
    print("\nImports inside functions, each on the list of tests/house/test_lazy_imports.py:")
    for module, targets in sorted(lazy().items()):
        print(f"  {module}: {', '.join(sorted(targets))}")


if __name__ == "__main__":
    main()
