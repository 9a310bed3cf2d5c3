"""As a program: does what pages say that takes packages from npm and PyPI, where node and Java are."""

import os
import shutil
import subprocess
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
# Seconds for what fetches packages, on a machine that has much to do.
_PATIENCE: Final = 300


def main() -> None:
    """Read the pages that need more than is there, each in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="pass-simulator-pages-") as name:
        place = Path(name)
        has = {*OFFLINE, *_installed(place / "tools")}
        for page in PAGES:
            needed = {each.needs for each in blocks(read(page)) if each.needs}
            if not (needed & has) - OFFLINE:
                continue
            folder = place / page.stem
            folder.mkdir()
            reader = Reader(folder, from_the_start=True, has=has, patience=_PATIENCE)
            try:
                reader.read(read(page))
            finally:
                reader.close()
            print(f"{page.stem}: {reader.ran} commands came out as shown", flush=True)


def _installed(tools: Path) -> set[str]:
    """The commands that can be had here, put on the path."""
    found = {each for each in ("npm", "java") if shutil.which(each)}
    for each in sorted({"npm", "java"} - found):
        print(f"Skipped: what needs {each}, which is not here")
    os.environ["CHROMIUM"] = installed() or ""
    if "java" in found:
        venv.create(tools, with_pip=True)
        python = tools / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "-qq", _PINNED], check=True)
        os.environ["PATH"] += f"{os.pathsep}{tools / 'bin'}"
        found.add(GENERATOR)
    return found


if __name__ == "__main__":
    main()
