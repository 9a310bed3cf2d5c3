"""The two device headers, and the platform that follows from them.

(Adobe: AP-Device-Identifier header, HDR1; X-Device-Info header, HDR2, HDR3)
"""

import base64
import json
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.domain.access.device_info import REQUIRED, device_identifier, device_info, platform
from simulator.domain.errors import EnhancedError


def _encoded(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.b64encode(raw).decode()


# AP-Device-Identifier


@pytest.mark.parametrize(
    ("header", "identifier"),
    [
        ("fingerprint cWEtYmVuY2gtMDctcm9rdS11bHRyYQ==", "qa-bench-07-roku-ultra"),
        ("fingerprint cWEtYmVuY2gtMDctcm9rdS11bHRyYQ", "qa-bench-07-roku-ultra"),
        ("  fingerprint   eA==  ", "x"),
        ("fingerprint Pz8/", "???"),
        ("fingerprint Pz8_", "???"),
        ("fingerprint w7xiZXI=", "über"),
        ("fingerprint YSBi", "a b"),
    ],
    ids=["documented", "unpadded", "padded with blanks", "standard", "URL-safe", "UTF-8", "blank"],
)
def test_an_identifier_is_read_from_its_base64(header: str, identifier: str) -> None:
    assert device_identifier(header) == identifier


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "   ",
        "fingerprint",
        "fingerprint ",
        "fingerprint ====",
        "fingerprint !!!!",
        "fingerprint A",
        "fingerprint eA== eA==",
        "fingerprint \udcff",
        "fingerprint " + _encoded(b"   "),
        "fingerprint " + _encoded(b"\xff" * 1_025),
        "eA==",
        "Fingerprint eA==",
        "serial eA==",
        "fingerprinteA==",
    ],
)
def test_anything_else_is_no_identifier(header: str | None) -> None:
    with pytest.raises(EnhancedError) as caught:
        device_identifier(header)
    assert caught.value.code == "invalid_header_device_identifier"
    assert "AP-Device-Identifier" in caught.value.message


OPAQUE: Final = [bytes.fromhex("00ff" * 16), b"\xff\xfe", b"a\x00b", b"a\nb"]


@pytest.mark.parametrize("raw", OPAQUE)
def test_bytes_that_are_no_text_are_named_by_their_digits(raw: bytes) -> None:
    header = "fingerprint " + _encoded(raw)
    assert device_identifier(header) == f"hex:{raw.hex()}"
    with pytest.raises(EnhancedError, match="a printable identifier"):
        device_identifier(header, printable=True)


@given(identifier=st.text(min_size=1).filter(lambda each: each.isprintable() and each.strip()))
def test_every_printable_identifier_survives_its_header(identifier: str) -> None:
    header = "fingerprint " + base64.b64encode(identifier.encode()).decode()
    assert device_identifier(header) == identifier


@given(header=st.text(st.characters(codec=None)))
def test_no_header_breaks_the_reader_of_identifiers(header: str) -> None:
    try:
        found = device_identifier(header)
    except EnhancedError:
        return
    assert found.strip()
    assert found.isprintable()


# X-Device-Info

COMPLETE: Final = dict.fromkeys(REQUIRED, "x")

UNREADABLE: Final = {
    "missing": (None, "is missing"),
    "empty": ("", "is missing"),
    "plain text": ("Roku Ultra, 2024", "is not Base64"),
    "bytes that are no UTF-8": ("\udcff", "is not Base64"),
    "encoded text": (_encoded(b"Roku"), "is not the Base64 of JSON"),
    "the samples' own JSON": (
        _encoded(b'{"osName": "tvOS"\n"osVendor": "Apple"}'),
        "is not the Base64 of JSON",
    ),
    "JSON without end": (_encoded(b"[" * 100_000), "is not the Base64 of JSON"),
    "a list": (_encoded([COMPLETE]), "is not a JSON object"),
    "null": (_encoded(None), "is not a JSON object"),
}


@pytest.mark.parametrize(("header", "problem"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_cannot_be_read_is_empty_when_lenient_and_refused_when_strict(
    header: str | None, problem: str
) -> None:
    assert device_info(header, strict=False) == {}
    with pytest.raises(EnhancedError) as caught:
        device_info(header, strict=True)
    assert caught.value.code == "invalid_header_device_info"
    assert caught.value.message == f"The X-Device-Info header {problem}."


@pytest.mark.parametrize("key", REQUIRED)
def test_a_required_key_that_is_missing_counts_only_when_strict(key: str) -> None:
    partial = {name: value for name, value in COMPLETE.items() if name != key}
    assert device_info(_encoded(partial), strict=False) == partial
    with pytest.raises(EnhancedError, match=f"lacks {key}") as caught:
        device_info(_encoded(partial), strict=True, complete=True)
    assert caught.value.code == "invalid_header_device_info"


@pytest.mark.parametrize("strict", [False, True])
def test_the_older_url_encoded_form_is_read_as_well(strict: bool) -> None:
    header = _encoded({**COMPLETE, "model": "x?"}).replace("=", "%3D").replace("/", "%2F")
    assert device_info(header, strict=strict) == {**COMPLETE, "model": "x?"}


@given(header=st.text(st.characters(codec=None)))
def test_no_header_breaks_the_reader_of_device_info(header: str) -> None:
    assert device_info(header, strict=False) is not None


# The platform

APPLE_AGENT: Final = "Mozilla/5.0 (Apple TV; U; CPU AppleTV5,3 OS 11.0 like Mac OS X; en_US)"
FIRE_AGENT: Final = "Dalvik/2.1.0 (Linux; U; Android 7.1.2; AFTMM Build/NS6265)"
MAC_AGENT: Final = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15"

PLATFORMS: Final[list[tuple[dict[str, Any], str, str, str]]] = [
    ({"osName": "tvOS"}, "", "tvOS", "TV connected"),
    ({"osName": "Roku OS"}, "", "Roku", "TV connected"),
    ({"osName": "Roku"}, "", "Roku", "TV connected"),
    ({"osFamily": "Roku OS"}, "", "Roku", "TV connected"),
    ({"osName": "Android", "osVendor": "Amazon"}, "", "FireTV", "TV connected"),
    ({"osName": "Android", "manufacturer": "Amazon"}, "", "FireTV", "TV connected"),
    ({"osName": "Android", "vendor": "amazon"}, "", "FireTV", "TV connected"),
    ({"osName": "Android", "model": "AFTMM"}, "", "FireTV", "TV connected"),
    ({"osName": "Android", "model": "Pixel 9"}, "", "Android", "mobile"),
    ({"osName": "iOS", "primaryHardwareType": "MobilePhone"}, "", "iOS", "mobile"),
    ({"osName": "iOS", "primaryHardwareType": "Tablet"}, "", "iOS", "mobile"),
    ({"osName": "Windows"}, "", "desktop", "desktop"),
    ({"osName": "Mac OS"}, "", "desktop", "desktop"),
    ({"osName": "OS X"}, "", "desktop", "desktop"),
    ({"osName": "Linux"}, "", "desktop", "desktop"),
    ({"osName": "Chrome OS"}, "", "desktop", "desktop"),
    ({"osName": "OpenBSD"}, "", "desktop", "desktop"),
    ({"model": "AFTMM"}, "", "unknown", "unidentified"),
    ({}, "", "unknown", "unidentified"),
    # Without device info the User-Agent decides,
    ({}, APPLE_AGENT, "tvOS", "TV connected"),
    ({}, "Roku/DVP-14.1", "Roku", "TV connected"),
    ({}, MAC_AGENT, "desktop", "desktop"),
    ({}, "Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "desktop", "desktop"),
    ({}, "Mozilla/5.0 (X11; Linux x86_64)", "desktop", "desktop"),
    ({}, "okhttp/4.12", "unknown", "unidentified"),
    # and with it, it does not but where it tells more of the same operating system.
    ({"osName": "Roku OS"}, APPLE_AGENT, "Roku", "TV connected"),
    ({"osName": "OpenBSD"}, MAC_AGENT, "desktop", "desktop"),
    ({"osName": "Android"}, FIRE_AGENT, "FireTV", "TV connected"),
    ({"osName": "Haiku"}, MAC_AGENT, "desktop", "desktop"),
    ({"userAgent": APPLE_AGENT}, MAC_AGENT, "tvOS", "TV connected"),
]


@pytest.mark.parametrize(("info", "agent", "name", "category"), PLATFORMS)
def test_the_platform_follows_from_device_info_and_then_from_the_user_agent(
    info: dict[str, Any], agent: str, name: str, category: str
) -> None:
    found = platform(info, agent)
    assert (found.name, found.category) == (name, category)


@given(
    info=st.dictionaries(
        st.sampled_from(["osName", "osFamily", "osVendor", "manufacturer", "vendor", "model"]),
        st.none() | st.integers() | st.text() | st.lists(st.text()),
    ),
    agent=st.text(),
)
def test_no_device_info_breaks_the_classification(info: dict[str, Any], agent: str) -> None:
    categories = {"desktop", "mobile", "TV connected", "unidentified"}
    assert platform(info, agent).category in categories


TV: Final = "TV connected"
KINDS: Final[list[tuple[dict[str, Any], str, str]]] = [
    # By the name of the operating system alone: the page's values, and what systems call themselves.
    ({"osName": "iPadOS"}, "iOS", "mobile"),
    ({"osName": "iPhone OS"}, "iOS", "mobile"),
    ({"osName": "Fire OS"}, "FireTV", TV),
    ({"osName": "Android TV"}, "AndroidTV", TV),
    ({"osName": "webOS"}, "TV", TV),
    ({"osFamily": "Tizen"}, "TV", TV),
    ({"osFamily": "PlayStation OS"}, "GamesConsole", TV),
    ({"osFamily": "Symbian"}, "mobile", "mobile"),
    ({"osFamily": "BSD"}, "desktop", "desktop"),
    ({"osFamily": "macOS"}, "desktop", "desktop"),
    # By the hardware.
    ({"primaryHardwareType": "GamesConsole", "osName": "Windows"}, "GamesConsole", TV),
    ({"primaryHardwareType": "GamesConsole", "osFamily": "BSD"}, "GamesConsole", TV),
    ({"primaryHardwareType": "SetTopBox", "osName": "Linux"}, "TV", TV),
    ({"primaryHardwareType": "TV", "osName": "Linux", "osFamily": "Tizen"}, "TV", TV),
    ({"primaryHardwareType": "TV", "osName": "Android"}, "AndroidTV", TV),
    ({"primaryHardwareType": "SetTopBox", "osName": "Android"}, "AndroidTV", TV),
    ({"primaryHardwareType": "Tablet", "osName": "Windows"}, "mobile", "mobile"),
    ({"primaryHardwareType": "Tablet", "osName": "Android", "vendor": "Amazon"}, "Android", "mobile"),
    ({"primaryHardwareType": "TV", "osName": "Android", "vendor": "Amazon"}, "FireTV", TV),
    ({"primaryHardwareType": "SetTopBox", "osName": "tvOS"}, "tvOS", TV),
    ({"primaryHardwareType": "Unknown", "osName": "Linux"}, "desktop", "desktop"),
    ({"primaryHardwareType": "Camera"}, "unknown", "unidentified"),
]  # fmt: skip


@pytest.mark.parametrize(("info", "name", "category"), KINDS)
def test_hardware_and_operating_system_give_the_category(
    info: dict[str, Any], name: str, category: str
) -> None:
    found = platform(info)
    assert (found.name, found.category) == (name, category)
