"""Certificates as platforms want them: for every name, for no longer than is legal, from an authority."""

import ipaddress
import socket
from datetime import timedelta

import ifaddr
import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from simulator.certificates import interfaces
from simulator.certificates.host_names import Names
from simulator.certificates.interfaces import lan_addresses, machine_names
from simulator.certificates.issuing import (
    Pair,
    covered,
    fingerprint,
    issue,
    leaf,
    make_authority,
    moment,
    names_in,
)

NOW = 1_800_000_000_000


@pytest.fixture(scope="module")
def authority() -> Pair:
    return make_authority("the lab's", NOW)


@pytest.fixture(scope="module")
def server(authority: Pair) -> x509.Certificate:
    names = Names.of(["lab.local", "*.lab.local", "192.0.2.7", "2001:db8::7"])
    return issue(leaf(names, NOW), authority).certificate


def test_a_server_is_good_for_as_long_as_platforms_take_and_no_longer(
    server: x509.Certificate,
) -> None:
    assert server.not_valid_before_utc == moment(NOW) - timedelta(days=1)
    assert server.not_valid_after_utc - server.not_valid_before_utc == timedelta(days=397)


def test_a_server_is_for_names_and_addresses_and_for_serving_alone(
    server: x509.Certificate, authority: Pair
) -> None:
    assert covered(server) == ["*.lab.local", "lab.local", "192.0.2.7", "2001:db8::7"]
    find = server.extensions.get_extension_for_class
    assert list(find(x509.ExtendedKeyUsage).value) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert find(x509.BasicConstraints).value.ca is False
    assert find(x509.KeyUsage).value.key_cert_sign is False
    server.verify_directly_issued_by(authority.certificate)


def test_an_authority_may_vouch_and_is_for_nothing_else(authority: Pair) -> None:
    find = authority.certificate.extensions.get_extension_for_class
    assert find(x509.BasicConstraints).critical
    assert find(x509.BasicConstraints).value.ca is True
    assert find(x509.KeyUsage).value.key_cert_sign is True
    with pytest.raises(x509.ExtensionNotFound):
        find(x509.ExtendedKeyUsage)
    assert covered(authority.certificate) == []


def test_nothing_outlives_the_authority_that_vouches_for_it(authority: Pair) -> None:
    late = NOW + 3600 * 86_400_000
    found = issue(leaf(Names.of(["x"]), late), authority).certificate
    assert found.not_valid_after_utc == authority.certificate.not_valid_after_utc


def test_a_fingerprint_is_written_as_dialogs_write_it(authority: Pair) -> None:
    text = fingerprint(authority.certificate)
    assert len(text.split(":")) == 32
    assert text == text.upper()


def test_a_long_host_name_has_room(authority: Pair) -> None:
    name = "a" * 60 + ".lab.example.com"
    found = issue(leaf(Names.of([name]), NOW), authority).certificate
    assert covered(found) == [name]


def test_names_are_told_from_addresses() -> None:
    names = Names.of(["LAB.local.", "[2001:db8::1]", "192.0.2.1", "lab"])
    assert names.shown() == ["lab", "lab.local", "192.0.2.1", "2001:db8::1"]
    assert names.cover(Names.of(["lab"]))
    assert not names.cover(Names.of(["lab", "other"]))
    assert not names.cover(Names.of(["192.0.2.2"]))
    assert (Names.of(["a"]) | Names.of(["::1"])).shown() == ["a", "::1"]


def test_this_machine_goes_by_all_its_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "Bench.lab.example")
    shown = machine_names(["tv.lab", "192.0.2.9", ""]).shown()
    for name in (
        "localhost",
        "127.0.0.1",
        "::1",
        "bench.lab.example",
        "bench.local",
        "tv.lab",
        "192.0.2.9",
        "*.bench.local",
        "*.tv.lab",
    ):
        assert name in shown
    # No client heeds an asterisk right below the top.
    assert "*.localhost" not in shown
    assert all(str(each) in shown for each in lan_addresses())


def test_addresses_that_others_cannot_use_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    given = ["127.0.0.1", "169.254.1.1", "fe80::1", "::1", "10.0.0.2", "2001:db8::2", "192.168.1.2"]
    listed = [ifaddr.IP(each if "." in each else (each, 0, 2), 24, "eth0") for each in given]
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: [ifaddr.Adapter("eth0", "eth0", listed)])
    monkeypatch.setattr(
        interfaces, "_of_routes", lambda: iter([ipaddress.ip_address("192.168.1.2")])
    )
    assert [str(each) for each in lan_addresses()] == ["192.168.1.2", "10.0.0.2", "2001:db8::2"]


def test_the_system_is_asked_for_the_addresses_of_its_interfaces() -> None:
    assert ipaddress.IPv4Address("127.0.0.1") in {*interfaces._of_interfaces()}


def test_without_a_list_of_interfaces_routes_have_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> None:
        raise PermissionError

    monkeypatch.setattr(ifaddr, "get_adapters", refused)
    assert [*interfaces._of_interfaces()] == []


def test_names_in_a_certificate_are_read_back(server: x509.Certificate) -> None:
    assert names_in(server).cover(Names.of(["lab.local", "192.0.2.7"]))
