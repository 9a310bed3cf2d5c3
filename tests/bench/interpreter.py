"""Which Python runs this file, and how it was built, as that changes how quick Python itself is.

Run as a script it says so of any interpreter, as it imports nothing of ours.
"""

import platform
import sysconfig
from typing import Final

_FLAGS: Final = {"PGO": "--enable-optimizations", "LTO": "--with-lto"}
"""Optimisation with a profile and that when linking, and what configures a build to have them."""


def described(arguments: str, distribution: str | None) -> str:
    """How an interpreter was built, by the arguments it was configured with and who packs it."""
    flags = [
        f"with {name}" if flag in arguments else f"without {name}" for name, flag in _FLAGS.items()
    ]
    if distribution is not None and not any(flag in arguments for flag in _FLAGS.values()):
        # Debian's rules turn both on and keep that out of sysconfig. Its changelog says so of some
        # architectures, and the interpreter does not say whether it is one of those.
        return f"built by {distribution}, whose changelog has PGO and LTO on some architectures"
    return f"built {' and '.join(flags)}"


def interpreter() -> str:
    """This one: its name, its version, and how it was built."""
    arguments = str(sysconfig.get_config_var("CONFIG_ARGS") or "")
    name = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{name}, {described(arguments, _packed_by())}"


def _packed_by() -> str | None:
    """The distribution, where it is Debian or made from it."""
    if "deb_system" not in sysconfig.get_scheme_names():
        return None
    return platform.freedesktop_os_release().get("NAME", "Debian")


if __name__ == "__main__":
    print(interpreter())
