"""The folder that keeps certificates: an authority is made once, a server's certificate when it must."""

import os
import stat
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from simulator.certificates.errors import CertificateError
from simulator.certificates.folder import Folder, folder_beside
from simulator.certificates.host_names import Names
from simulator.certificates.issuing import LEAF_LIFETIME, Pair, issue, leaf, make_authority, moment

NOW = 1_800_000_000_000
DAY = 86_400_000
HERE = Names.of(["lab.local", "192.0.2.7"])


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "certificates")


def test_an_authority_is_made_once(folder: Folder) -> None:
    assert folder.kept_authority() is None
    made = folder.authority(NOW)
    assert Folder(folder.path).authority(NOW + 365 * DAY).fingerprint == made.fingerprint
    shown = x509.load_pem_x509_certificate(folder.authority_file.read_bytes())
    assert shown == made.certificate


def test_private_keys_are_for_their_owner_alone(folder: Folder) -> None:
    folder.server(HERE, NOW)
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in folder.path.iterdir()}
    assert modes == {
        "authority.pem": 0o644,
        "authority-private.pem": 0o600,
        "server-private.pem": 0o600,
    }
    assert b"PRIVATE" not in folder.authority_file.read_bytes()


def test_processes_that_start_together_have_one_authority(folder: Folder) -> None:
    found: list[str] = []
    start = threading.Barrier(4)

    def run() -> None:
        start.wait()
        found.append(Folder(folder.path).authority(NOW).fingerprint)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    shown = x509.load_pem_x509_certificate(folder.authority_file.read_bytes())
    kept = folder.kept_authority()
    assert kept
    assert kept.certificate == shown
    assert sorted(each.name for each in folder.path.iterdir()) == [
        "authority-private.pem",
        "authority.pem",
    ]


def test_a_certificate_stays_while_it_is_good(folder: Folder) -> None:
    first = folder.server(HERE, NOW)
    assert folder.server(HERE, NOW + 300 * DAY).fingerprint == first.fingerprint
    assert folder.server(Names.of(["lab.local"]), NOW).fingerprint == first.fingerprint


@pytest.mark.parametrize(
    ("names", "now"),
    [
        (HERE | Names.of(["192.0.2.8"]), NOW),
        (HERE, NOW + 370 * DAY),
        (HERE, NOW + 500 * DAY),
        # The machine's clock was wrong when it was made.
        (HERE, NOW - 10 * DAY),
    ],
    ids=["another address", "near its end", "expired", "not yet valid"],
)
def test_a_certificate_is_renewed_when_it_must(folder: Folder, names: Names, now: int) -> None:
    folder.authority(NOW - 20 * DAY)
    first = folder.server(HERE, NOW)
    second = folder.server(names, now)
    assert second.fingerprint != first.fingerprint
    assert Folder.is_good(second, folder.authority(now), names, now)
    kept = folder.kept_server()
    assert kept
    assert kept.fingerprint == second.fingerprint


def test_a_certificate_of_another_authority_is_not_good(folder: Folder) -> None:
    folder.server(HERE, NOW)
    folder.authority_key_file.unlink()
    found = folder.server(HERE, NOW)
    found.certificate.verify_directly_issued_by(folder.authority(NOW).certificate)


def test_with_an_authority_near_its_end_a_certificate_is_not_renewed_for_ever(
    folder: Folder,
) -> None:
    folder.authority(NOW)
    late = NOW + 3640 * DAY
    first = folder.server(HERE, late)
    assert first.certificate.not_valid_after_utc < moment(late) + LEAF_LIFETIME / 10
    assert folder.server(HERE, late + DAY).fingerprint == first.fingerprint


def test_an_authority_that_has_expired_is_told_and_not_replaced(folder: Folder) -> None:
    made = folder.authority(NOW)
    with pytest.raises(CertificateError) as caught:
        folder.authority(NOW + 4000 * DAY)
    assert "expired" in caught.value.message
    assert str(folder.path) in caught.value.hint
    kept = folder.kept_authority()
    assert kept
    assert kept.fingerprint == made.fingerprint


@pytest.mark.parametrize(
    "text", [b"", b"notes", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_file_that_holds_something_else_is_named(folder: Folder, text: bytes) -> None:
    folder.authority(NOW)
    folder.authority_key_file.write_bytes(text)
    with pytest.raises(CertificateError) as caught:
        folder.authority(NOW)
    assert "authority-private.pem" in caught.value.message
    assert "Remove" in caught.value.hint


def test_a_key_without_its_certificate_is_named(folder: Folder) -> None:
    folder.authority(NOW)
    text = folder.authority_key_file.read_bytes()
    folder.authority_key_file.write_bytes(text[: text.index(b"-----BEGIN CERTIFICATE")])
    with pytest.raises(CertificateError):
        folder.authority(NOW)


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CertificateError) as caught:
        Folder(tmp_path / "file" / "below").authority(NOW)
    assert "--tls-dir" in caught.value.hint


def test_a_file_that_may_not_be_read_is_named(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.authority(NOW)

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(CertificateError) as caught:
        folder.authority(NOW)
    assert "Permission denied" in caught.value.message


def test_a_write_that_fails_leaves_what_was_there(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = folder.server(HERE, NOW)
    before = sorted(each.name for each in folder.path.iterdir())

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(CertificateError) as caught:
        folder.server(HERE, NOW + 380 * DAY)
    assert "No space left" in caught.value.message
    kept = folder.kept_server()
    assert kept
    assert kept.fingerprint == first.fingerprint
    assert sorted(each.name for each in folder.path.iterdir()) == before


def test_certificates_lie_next_to_the_database(tmp_path: Path) -> None:
    assert folder_beside(tmp_path / "lab.db") == tmp_path / "pass-simulator-certificates"
    assert folder_beside(None) == Path("pass-simulator-certificates")


def test_a_pair_in_one_file_is_what_it_was() -> None:
    authority = make_authority("x", NOW)
    server = issue(leaf(HERE, NOW), authority)
    assert isinstance(server, Pair)
    assert server.pem().count(b"BEGIN CERTIFICATE") == 1
    assert server.certificate.not_valid_after_utc > moment(NOW) + timedelta(days=390)
