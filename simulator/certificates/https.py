"""HTTPS as an instance speaks it: with a good certificate that stays good, and with bad ones."""

import contextlib
import ssl
import tempfile
from collections.abc import Callable
from pathlib import Path

from cryptography import x509

from .bad_certificates import spoiled
from .errors import CertificateError
from .folder import Folder
from .host_names import Names
from .issuing import Pair
from .trust import Trust


class Https:
    """The good certificate, kept good while the instance runs."""

    def __init__(self, trust: Trust) -> None:
        self.trust = trust
        self.context = server_context()

    def refresh(self) -> bool:
        """Show another certificate where that is due, and say whether it was. Raises `CertificateError`."""
        raise NotImplementedError


class MadeHttps(Https):
    """HTTPS with a certificate that our own authority vouches for."""

    def __init__(
        self, trust: Trust, folder: Folder, names: Callable[[], Names], now: Callable[[], int]
    ) -> None:
        super().__init__(trust)
        self._folder = folder
        self._names = names
        self._now = now
        self._shown: Pair | None = None

    def refresh(self) -> bool:
        """See `Https`: before its end, and when the machine has got a new name or address."""
        names, now = self._names(), self._now()
        if self._shown is not None:
            authority = self._folder.authority(now)
            if self._folder.is_good(self._shown, authority, names, now):
                return False
        self._shown = self._folder.server(names, now)
        self.context.load_cert_chain(self._folder.server_file)
        self.trust.certificate = self._shown.certificate
        return True


class OwnHttps(Https):
    """HTTPS with a certificate of the user's, read anew when its file changes."""

    def __init__(self, trust: Trust, certificate: Path, key: Path) -> None:
        super().__init__(trust)
        self._certificate = certificate
        self._key = key
        self._read: tuple[int, int] | None = None

    def refresh(self) -> bool:
        """See `Https`: when somebody has put a new certificate in the place of the old."""
        hint = "Give a PEM certificate with its chain, and the key that belongs to it."
        try:
            changed = (self._certificate.stat().st_mtime_ns, self._key.stat().st_mtime_ns)
            if changed == self._read:
                return False
            # Without a password there is nobody to ask for one.
            self.context.load_cert_chain(self._certificate, self._key, password=lambda: "")
            found = x509.load_pem_x509_certificates(self._certificate.read_bytes())
        except FileNotFoundError as error:
            raise CertificateError(f"The file {error.filename} does not exist.", hint) from error
        except (OSError, ValueError) as error:
            message = f"{self._certificate} and {self._key} cannot be used: {error}."
            raise CertificateError(message, hint) from error
        self._read = changed
        self.trust.certificate = found[0]
        return True


def server_context(*, weak: bool = False) -> ssl.SSLContext:
    """How TLS is spoken, for now without a certificate; `weak` allows for one that nobody should have."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    if weak:
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return context


def bad_context(kind: str, authority: Pair, names: Names, now: int) -> ssl.SSLContext:
    """TLS with a certificate that is bad in the way of `kind`."""
    context = server_context(weak=True)
    with tempfile.NamedTemporaryFile(delete=False) as file:
        # OpenSSL reads keys from files only; this one is good for nothing and gone at once.
        file.write(spoiled(kind, authority, names, now).pem())
    try:
        context.load_cert_chain(file.name)
    finally:
        with contextlib.suppress(OSError):
            Path(file.name).unlink()
    return context
