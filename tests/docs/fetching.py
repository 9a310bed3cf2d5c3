"""As a program: does what pages say that takes packages from npm and PyPI, where node and Java are."""

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Final

from tests.browser.conftest import installed
from tests.docs.pages import PAGES, blocks, read
from tests.docs.reader import OFFLINE, Reader

GENERATOR: Final = "openapi-generator-cli"
# Of this version; it brings its program along, and asks for Java alone.
_PINNED: Final = f"{GENERATOR}==7.26.0"


def main() -> None:
    """Read the pages that need more than is there, each in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="pass-simulator-pages-") as name:
        place = Path(name)
        has = {*OFFLINE, *_installed(place / "tools")}
        for page in PAGES:
            needed = {each.needs for each in blocks(read(page)) if each.needs} - OFFLINE
            if not needed:
                continue
            if missing := needed - has:
                print(
                    f"{page.stem}: skipped, for there is no {', '.join(sorted(map(str, missing)))}"
                )
            folder = place / page.stem
            folder.mkdir()
            reader = Reader(folder, has=has)
            try:
                reader.read(read(page))
            finally:
                reader.close()
            print(f"{page.stem}: {reader.ran} commands came out as shown", flush=True)


def _installed(tools: Path) -> set[str]:
    """The commands that can be had here, put on the path."""
    found = {"npm"} if shutil.which("npm") else set()
    os.environ["CHROMIUM"] = installed() or ""
    if shutil.which("java"):
        venv.create(tools, with_pip=True)
        python = tools / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "-q", _PINNED], check=True)
        os.environ["PATH"] += f"{os.pathsep}{tools / 'bin'}"
        found.add(GENERATOR)
    return found


if __name__ == "__main__":
    sys.exit(main())
