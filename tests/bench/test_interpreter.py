import pytest

from .interpreter import described


@pytest.mark.parametrize(
    ("arguments", "distribution", "expected"),
    [
        ("'--enable-shared'", None, "built without PGO and without LTO"),
        ("'--enable-optimizations'", None, "built with PGO and without LTO"),
        ("'--enable-optimizations' '--with-lto=full'", "Debian", "built with PGO and with LTO"),
        # Debian's rules may turn both on, of which its configuration says nothing.
        (
            "'--enable-shared'",
            "Debian",
            "built by Debian, whose changelog has PGO and LTO on some architectures",
        ),
    ],
)
def test_an_interpreter_is_named_with_its_build(
    arguments: str, distribution: str | None, expected: str
) -> None:
    assert described(arguments, distribution) == expected
