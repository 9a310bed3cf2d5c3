"""The fragments in .changelog: well named, fit to be read by users, and a section of CHANGELOG.md at last."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

from simulator import __version__
from tests.support.inventory import every

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = ROOT / ".changelog"
FRAGMENTS: Final = sorted(FOLDER.glob("*.md"))
CONFIGURATION: Final = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["towncrier"]
KINDS: Final = [each["directory"] for each in CONFIGURATION["type"]]
UNRELEASED: Final = "## [Unreleased]\n"


def test_there_is_nothing_in_the_folder_but_fragments_and_their_template() -> None:
    others = {each.name for each in FOLDER.iterdir()} - {each.name for each in FRAGMENTS}
    assert others == {"_template.md.jinja"}
    assert CONFIGURATION["template"] == ".changelog/_template.md.jinja"


@every(FRAGMENTS, lambda each: each.name)
def test_a_fragment_is_named_after_what_it_is_about_and_its_kind(fragment: Path) -> None:
    assert re.fullmatch(rf"[a-z0-9]+(-[a-z0-9]+)*\.({'|'.join(KINDS)})\.md", fragment.name)


@every(FRAGMENTS, lambda each: each.name)
def test_a_fragment_is_a_paragraph_in_whole_sentences(fragment: Path) -> None:
    text = fragment.read_text()
    assert re.match(r"[A-Z`]", text)
    assert text.endswith(".\n")
    assert "\n\n" not in text
    assert not re.search(r"^\s*([-*#>]|\d+\.) ", text, re.MULTILINE)


def test_a_release_has_every_fragment_in_its_section_in_the_format_of_the_file(
    tmp_path: Path,
) -> None:
    for name in ("pyproject.toml", "CHANGELOG.md"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(FOLDER, tmp_path / ".changelog")
    (tmp_path / "simulator").mkdir()
    shutil.copy(ROOT / "simulator" / "__init__.py", tmp_path / "simulator")
    for kind in KINDS:
        text = f"One more thing was {kind},\nas `this` shows.\n"
        (tmp_path / ".changelog" / f"one-more.{kind}.md").write_text(text)
    command = [sys.executable, "-m", "towncrier", "build", "--yes", "--date", "2026-01-31"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    before, written = ((each / "CHANGELOG.md").read_text() for each in (ROOT, tmp_path))
    head, _, rest = before.partition(UNRELEASED)
    assert written.startswith(
        f"{head}{UNRELEASED}\n## [{__version__}] - 2026-01-31\n\n### Added\n\n- "
    )
    assert written.endswith(f"\n{rest}")
    section = written.removeprefix(head + UNRELEASED).removesuffix(rest)
    headings = re.findall(r"\n\n### (\w+)\n\n- ", section)
    assert headings == [each["name"] for each in CONFIGURATION["type"]]
    assert "\n\n\n" not in section
    for fragment in FRAGMENTS:
        assert " ".join(fragment.read_text().split()) in " ".join(section.split())
    assert "- One more thing was fixed,\n  as `this` shows.\n" in section
    assert [*(tmp_path / ".changelog").glob("*.md")] == []
