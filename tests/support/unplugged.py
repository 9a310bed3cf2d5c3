"""A journey on a machine whose network is unplugged; `python -m tests.support.unplugged` runs it.

It is meant for a network namespace of its own, where nothing but a loopback device exists, and that one is
down until somebody takes it up.
"""

import errno
import fcntl
import socket
import struct
import sys
import tempfile
from pathlib import Path
from typing import Final

from .lab import REDIRECT, device_header
from .server import Server, ask, serving

_SIOCGIFFLAGS: Final = 0x8913
_SIOCSIFFLAGS: Final = 0x8914
_IFF_UP: Final = 0x1
# From the block that is reserved for documentation.
_ELSEWHERE: Final = ("192.0.2.1", 443)
_DEVICE: Final = "unplugged-tv"


def main() -> None:
    """Unplug, prove it, and go through everything that a device and a test author need."""
    only_loopback()
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        with serving("--port", "0", "--db", "state.db", directory=directory) as server:
            journey(server)
            assert server.stop() == 0
    sys.stdout.write("unplugged\n")


def only_loopback() -> None:
    """Take the loopback device up; there must be no other, and no way out."""
    assert [name for _, name in socket.if_nameindex()] == ["lo"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sH14s", b"lo", 0, b"")
        _, flags, _ = struct.unpack("16sH14s", fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request))
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH14s", b"lo", flags | _IFF_UP, b""))
    with socket.socket() as outward:
        assert outward.connect_ex(_ELSEWHERE) == errno.ENETUNREACH


def journey(server: Server) -> None:
    """Seed people who are made up, register, log in, watch, log out, and look at the pages."""
    order = {"service_provider": "REF30", "mvpds": ["Spectrum"], "subscribers": 50}
    document = {"name": "unplugged", "extends": "demo", "generate": order}
    seeded = server.call("POST", "/admin/v1/seed", {"document": document})["seeded"]
    assert seeded["subscribers"] == 53

    application = server.call("GET", "/admin/v1/applications/sample-app")
    statement = {"software_statement": application["software_statement"]}
    client = server.call("POST", "/o/client/register", statement)
    query = f"client_id={client['client_id']}&client_secret={client['client_secret']}"
    token = server.call("POST", f"/o/client/token?grant_type=client_credentials&{query}")
    headers = {
        "Authorization": f"Bearer {token['access_token']}",
        "AP-Device-Identifier": device_header(_DEVICE),
    }

    api = "/api/v2/REF30"
    session = server.call("POST", f"{api}/sessions", headers=headers)
    login = {"subscriber": "demo", "mvpd": "Cablevision"}
    server.call("POST", f"/admin/v1/codes/{session['code']}/approve", login)
    assert "Cablevision" in server.call("GET", f"{api}/profiles", headers=headers)["profiles"]
    decisions = server.call(
        "POST", f"{api}/decisions/authorize/Cablevision", {"resources": ["NEWS"]}, headers
    )
    assert decisions["decisions"][0]["authorized"] is True
    path = f"{api}/logout/Cablevision?redirectUrl={REDIRECT}"
    assert (
        server.call("GET", path, headers=headers)["logouts"]["Cablevision"]["actionName"]
        == "logout"
    )
    assert server.call("GET", f"{api}/profiles", headers=headers)["profiles"] == {}

    assert "paths" in server.call("GET", "/admin/v1/openapi.json")
    for page in ("/admin/v1/docs", "/metrics", "/activate"):
        assert ask(server.origin, "GET", page).ok


if __name__ == "__main__":
    main()
