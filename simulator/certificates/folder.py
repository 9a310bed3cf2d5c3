"""The folder that keeps the authority, once made, and the certificate that it vouches for."""

import os
import socket
import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from .errors import CertificateError
from .host_names import Names
from .issuing import LEAF_LIFETIME, Pair, issue, leaf, make_authority, moment, names_in, pem_of

NAME: Final = "pass-simulator-certificates"
# A tenth of its life is left: time enough to notice, and no certificate is ever near its end.
_RENEWED_BEFORE: Final = LEAF_LIFETIME / 10
_PRIVATE: Final = 0o600
_PUBLIC: Final = 0o644


def folder_beside(database: Path | None) -> Path:
    """Where certificates are kept when nobody says where: next to the database's file."""
    return (database.parent if database else Path()) / NAME


class Folder:
    """The certificates in one folder; `now` is real time in epoch milliseconds wherever it is asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.authority_file = path / "authority.pem"
        self.authority_key_file = path / "authority-private.pem"
        self.server_file = path / "server-private.pem"

    def authority(self, now: int) -> Pair:
        """The authority; made when there is none. Raises `CertificateError`."""
        found = self.kept_authority()
        if found is None:
            self._make_authority(now)
            found = self.kept_authority()
            if found is None:
                raise CertificateError(
                    f"The authority {self.authority_key_file} was written and is gone.",
                    "Give another folder with --tls-dir.",
                )
        if found.certificate.not_valid_after_utc <= moment(now):
            raise CertificateError(
                f"The authority in {self.path} has expired.",
                f"Remove {self.path}: a new one is made, which devices then have to trust.",
            )
        return found

    def kept_authority(self) -> Pair | None:
        """The authority, if there is one. Raises `CertificateError`."""
        return self._read(self.authority_key_file)

    def kept_server(self) -> Pair | None:
        """The server's certificate, if there is one. Raises `CertificateError`."""
        return self._read(self.server_file)

    def server(self, names: Names, now: int) -> Pair:
        """A certificate for `names`: the one that is kept, or a new one. Raises `CertificateError`.

        It is renewed before its end, and when the machine has got a new name or address.
        """
        authority = self.authority(now)
        found = self.kept_server()
        if found is not None and self.is_good(found, authority, names, now):
            return found
        made = issue(leaf(names, now), authority)
        self._write(self.server_file, made.pem(), _PRIVATE)
        return made

    @staticmethod
    def is_good(found: Pair, authority: Pair, names: Names, now: int) -> bool:
        """Whether the certificate is the authority's, for all of `names`, and for a while yet."""
        certificate = found.certificate
        left = certificate.not_valid_after_utc - moment(now)
        # What the authority has left, a new certificate would not have more of.
        enough = min(
            _RENEWED_BEFORE,
            authority.certificate.not_valid_after_utc - moment(now) - timedelta(seconds=1),
        )
        try:
            certificate.verify_directly_issued_by(authority.certificate)
        except Exception:  # noqa: BLE001 - whatever it says, it is not this authority's
            return False
        return (
            left > enough
            and certificate.not_valid_before_utc <= moment(now)
            and names_in(certificate).cover(names)
        )

    def _make_authority(self, now: int) -> None:
        # The name tells apart the authorities of several machines in a device's list.
        made = make_authority(f"pass-simulator on {socket.gethostname()}", now)
        self._write(self.authority_key_file, made.pem(), _PRIVATE, new=True)
        # Another process may have been quicker.
        kept = self.kept_authority() or made
        self._write(self.authority_file, pem_of(kept.certificate), _PUBLIC)

    def _read(self, file: Path) -> Pair | None:
        try:
            text = file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise CertificateError(
                f"{file} cannot be read: {error.strerror}.",
                "Run as whoever made it, or give another folder with --tls-dir.",
            ) from error
        try:
            key = serialization.load_pem_private_key(text, password=None)
            certificates = x509.load_pem_x509_certificates(text)
        except (ValueError, TypeError) as error:
            raise self._unreadable(file) from error
        if not isinstance(key, rsa.RSAPrivateKey) or not certificates:
            raise self._unreadable(file)
        return Pair(certificate=certificates[0], key=key, chain=tuple(certificates[1:]))

    @staticmethod
    def _unreadable(file: Path) -> CertificateError:
        return CertificateError(
            f"{file} does not hold a key and a certificate.",
            f"Remove {file.parent}, and new ones are made; devices then have to trust a new authority.",
        )

    def _write(self, file: Path, text: bytes, mode: int, *, new: bool = False) -> None:
        """Write all of it or nothing; with `new`, only where nobody else has. Raises `CertificateError`."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            number, name = tempfile.mkstemp(dir=self.path)
            try:
                with os.fdopen(number, "wb") as whole:
                    # mkstemp lets nobody else read; a file that others may read becomes so here.
                    os.chmod(name, mode)  # noqa: PTH101 - a name, not a path
                    whole.write(text)
                if new:
                    with suppress(FileExistsError):
                        os.link(name, file)
                else:
                    os.replace(name, file)  # noqa: PTH105 - a name, not a path
            finally:
                with suppress(FileNotFoundError):
                    Path(name).unlink()
        except OSError as error:
            raise CertificateError(
                f"Certificates cannot be kept in {self.path}: {error.strerror}.",
                "Give another folder with --tls-dir.",
            ) from error
