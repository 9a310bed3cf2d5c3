"""What others rely on is what the files say: whoever changes it shows that they meant to."""

import pytest

from tests.surface.surface import FILES, ROOT


@pytest.mark.parametrize("name", FILES)
def test_the_public_surface_is_as_it_was_reviewed(name: str) -> None:
    kept = (ROOT / name).read_text(encoding="utf-8")
    assert FILES[name]() == kept, "a public surface changed: look at what `make surface` writes"
