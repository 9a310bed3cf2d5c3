"""Where the simulator of this machine is, by the settings that it is started with."""

import os
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Final

LOCAL: Final = "http://127.0.0.1:8642"

# What listens on all addresses is called by that of its own machine.
_ALL: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what is looked for


def shown_host(host: str) -> str:
    """A host as it stands in a URL."""
    return f"[{host}]" if ":" in host else host


def url_here(host: str, port: int) -> str:
    """How this machine calls what listens on `host` and `port`."""
    return f"http://{shown_host(_ALL.get(host, host))}:{port}"


def local_url() -> str:
    """Where `serve` listens that has the same variables, or the same file of settings.

    What cannot be read there is as if nobody had said it; `serve` says what is wrong with it.
    """
    port = _configured("port")
    if not port.isdecimal() or int(port) == 0:
        # Any free one is one that only the ready line names.
        port = "8642"
    return url_here(_configured("host") or "127.0.0.1", int(port))


def _configured(name: str) -> str:
    value = os.environ.get(f"PASS_SIMULATOR_{name.upper()}", "")
    if name == "port" and not value.isdecimal():
        # Kubernetes sets it, too, to an address.
        value = ""
    file = os.environ.get("PASS_SIMULATOR_CONFIG")
    if not value and file:
        with suppress(OSError, ValueError):
            value = str(tomllib.loads(Path(file).read_text("utf-8-sig")).get(name, ""))
    return value
