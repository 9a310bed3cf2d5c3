"""Making certificates: an authority, and what it vouches for."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from .host_names import Names

# RSA, because television sets of ten years ago are still in the lab.
_BITS: Final = 2048
_AUTHORITY_LIFETIME: Final = timedelta(days=3650)
LEAF_LIFETIME: Final = timedelta(days=397)
"""No platform takes a server's certificate that is good for longer (Apple's limit was the tightest)."""
# Devices in a lab are not always on time.
_EARLIER: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """A certificate, its private key, and the certificates to be sent along with it."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey
    chain: tuple[x509.Certificate, ...] = ()

    def pem(self) -> bytes:
        """Key, certificate and chain in one file, as servers take them."""
        key = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
        return key + b"".join(pem_of(each) for each in (self.certificate, *self.chain))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in the notation of certificate dialogs."""
        return fingerprint(self.certificate)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What a certificate is to say; every deviation from the default is somebody's test."""

    subject: str
    names: Names = field(default_factory=Names.none)
    begins: datetime
    ends: datetime
    bits: int = _BITS
    authority: bool = False
    path_length: int | None = None


def moment(now: int) -> datetime:
    """The instant in epoch milliseconds."""
    return datetime.fromtimestamp(now / 1000, UTC).replace(microsecond=0)


def make_authority(subject: str, now: int) -> Pair:
    """An authority that begins `now` (epoch ms); it vouches for one authority below it at most."""
    begins = moment(now) - _EARLIER
    return issue(
        Wanted(
            subject=subject,
            begins=begins,
            ends=begins + _AUTHORITY_LIFETIME,
            authority=True,
            path_length=1,
        )
    )


def leaf(names: Names, now: int) -> Wanted:
    """A server's certificate for `names` as it ought to be."""
    begins = moment(now) - _EARLIER
    proper = sorted(each for each in names.hosts if each != "localhost" and "*" not in each)
    host = next(iter(proper), "localhost")
    return Wanted(subject=host, names=names, begins=begins, ends=begins + LEAF_LIFETIME)


def issue(wanted: Wanted, by: Pair | None = None) -> Pair:
    """A certificate with a fresh key, signed by `by`, or else by itself."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=wanted.bits)
    issuer = by.certificate.subject if by else _name(wanted.subject)
    signer = by.key if by else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(wanted.subject))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(wanted.begins)
        .not_valid_after(
            min(wanted.ends, by.certificate.not_valid_after_utc) if by else wanted.ends
        )
        .add_extension(
            x509.BasicConstraints(ca=wanted.authority, path_length=wanted.path_length),
            critical=True,
        )
        .add_extension(_usage(authority=wanted.authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    if not wanted.authority:
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        ).add_extension(_alternatives(wanted.names), critical=False)
    return Pair(certificate=builder.sign(signer, hashes.SHA256()), key=key)


def below(pair: Pair, *chain: x509.Certificate) -> Pair:
    """`pair`, sent together with `chain`."""
    return replace(pair, chain=chain)


def names_in(certificate: x509.Certificate) -> Names:
    """The names and addresses that a certificate is for."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return Names.none()
    return Names.of(
        [
            *found.get_values_for_type(x509.DNSName),
            *map(str, found.get_values_for_type(x509.IPAddress)),
        ]
    )


def common_name(certificate: x509.Certificate) -> str:
    """What the subject of a certificate is called in lists."""
    [found] = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found.value)


def covered(certificate: x509.Certificate) -> list[str]:
    """The names and addresses that a certificate is for, as text."""
    return names_in(certificate).shown()


def pem_of(certificate: x509.Certificate) -> bytes:
    """The certificate as PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def der_of(certificate: x509.Certificate) -> bytes:
    """The certificate as DER."""
    return certificate.public_bytes(serialization.Encoding.DER)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate, in the notation of certificate dialogs."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "pass-simulator"),
            # The standard has room for 64 characters.
            x509.NameAttribute(NameOID.COMMON_NAME, common[:64]),
        ]
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_encipherment=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _alternatives(names: Names) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName(
        [
            *(x509.DNSName(each) for each in sorted(names.hosts)),
            *(x509.IPAddress(each) for each in sorted(names.addresses, key=str)),
        ]
    )
