"""The reference of the platforms that apps are brought from."""

from simulator.domain.access.platforms import PLATFORMS, Platform
from tests.docs.tables import prose

_HERE = "http://SIMULATOR:8642/certs"


def platforms() -> str:
    """What to enter, and what to trust, on each platform."""
    parts = [
        """# Platforms

What each platform needs before its apps can call the simulator. `CONTEXT` stands for the address of
the machine that it runs on; `pass-simulator doctor` prints the same with the addresses of yours.
"""
    ]
    parts += [_platform(each) for each in PLATFORMS]
    return "\n".join(parts)


def _platform(platform: Platform) -> str:
    trust = "\n".join(f"- {_filled(each)}" for each in platform.trust)
    scheme = "HTTP" if platform.scheme == "http" else "HTTPS"
    return f"""## {platform.name}

The least work: {scheme}.

HTTP: {_filled(platform.plain)}

HTTPS:

{trust}
"""


def _filled(text: str) -> str:
    return (
        prose(text)
        .replace("<", "&lt;")
        .replace("*", "\\*")
        .replace("_", "\\_")
        .replace("{pem}", f"`{_HERE}/ca.pem`")
        .replace("{der}", f"`{_HERE}/ca.der`")
    )
