"""The instance's signing keys: one for access tokens and software statements, one for media tokens."""

import asyncio
import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, Self, TypeGuard

import jwt
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from jwt.algorithms import RSAAlgorithm
from jwt.types import Options

from simulator.domain.access.registration import SCOPE, Application
from simulator.domain.bounded_cache import bounded_cache
from simulator.domain.texts import ID, UNSTORABLE
from simulator.storage import signing_keys
from simulator.storage.engine.base import Engine
from simulator.storage.errors import ConflictError
from simulator.storage.signing_keys import SigningKey

from .clock import SystemClock
from .ids import Ids

ISSUER: Final = "auth.adobe.com"
ALGORITHM: Final = "RS256"

_TOKENS: Final = "tokens"
_MEDIA: Final = "media"
_TOKENS_KEPT: Final = 8_192
# Those that nobody came with yet.
_ISSUED_KEPT: Final = 1_024
_STATEMENTS_KEPT: Final = 512
_NEVER: Final = 10**15
_LONGEST_ID: Final = 200
# A token whose JSON is nested beyond reason is none.
_UNREADABLE: Final = (jwt.PyJWTError, ValueError, RecursionError)
# The sandbox's own clock decides about time, which is not this library's.
_SIGNATURE_ONLY: Final[Options] = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessToken:
    """A bearer token whose structure, or signature, has been checked.

    `client` is its subject, `expires` epoch milliseconds. `sandbox` and `application` travel in the
    JOSE header, so that the claims are exactly those of the real backend (Adobe: Authorization header, DCR4);
    `application` is set on tokens minted through the admin API, which vouch for their own client.
    """

    client: str
    expires: int
    scopes: frozenset[str]
    sandbox: str | None = None
    application: str | None = None
    signed: bool = True


class MediaKey:
    """Signs media tokens, SHA256withRSA, and SAML assertions.

    `certificate` (PEM) is what a verifier checks them with.
    """

    def __init__(self, *, kid: str, private_key: rsa.RSAPrivateKey, certificate: str) -> None:
        self.kid = kid
        self.certificate = certificate
        self._private = private_key
        self._public = private_key.public_key()

    @property
    def private_key(self) -> rsa.RSAPrivateKey:
        """What signs."""
        return self._private

    def sign(self, text: bytes) -> bytes:
        """The signature over `text`."""
        return self._private.sign(text, padding.PKCS1v15(), hashes.SHA256())

    def signed(self, text: bytes, signature: bytes) -> bool:
        """Whether `signature` is ours over `text`."""
        try:
            self._public.verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True


class Keys:
    """Signs with, and checks against, RSA keys that are made once and kept in the database."""

    def __init__(
        self, *, kid: str, private_key: rsa.RSAPrivateKey, created: int, media: MediaKey
    ) -> None:
        self.kid = kid
        self.media = media
        self._private = private_key
        self.public_key = private_key.public_key()
        self._created = created
        self._issued: dict[str, AccessToken | None] = {}
        self.read = bounded_cache(_TOKENS_KEPT)(self._read)
        self.stated_application = bounded_cache(_STATEMENTS_KEPT)(self._stated_application)

    @classmethod
    async def load(cls, engine: Engine, clock: SystemClock, ids: Ids) -> Self:
        """The keys of the database; made where there are none yet."""
        tokens, media = await asyncio.gather(
            _kept(engine, clock, ids, _TOKENS), _kept(engine, clock, ids, _MEDIA)
        )
        return cls(
            kid=tokens.kid,
            private_key=_loaded(tokens.private_pem),
            created=tokens.created,
            media=MediaKey(
                kid=media.kid,
                private_key=_loaded(media.private_pem),
                certificate=media.certificate_pem or "",
            ),
        )

    @property
    def jwk(self) -> dict[str, Any]:
        """The public key of access tokens and software statements as a JSON Web Key."""
        members = RSAAlgorithm.to_jwk(self.public_key, as_dict=True)
        named = {name: members[name] for name in ("kty", "n", "e")}
        return {**named, "kid": self.kid, "use": "sig", "alg": ALGORITHM}

    def access_token(
        self,
        *,
        client: str,
        sandbox: str,
        now: int,
        lifetime: int,
        scope: str = SCOPE,
        application: str | None = None,
    ) -> str:
        """An access token for `client`, issued at `now` (epoch ms) for `lifetime` seconds."""
        issued = now // 1000
        claims = {
            "sub": client,
            "nbf": issued,
            "iss": ISSUER,
            "scopes": scope,
            "exp": issued + lifetime,
            "iat": issued,
        }
        header = {"typ": "", "kid": self.kid, "sandbox": sandbox}
        if application is not None:
            header["application"] = application
        token = jwt.encode(claims, self._private, ALGORITHM, headers=header)
        # Its app will come with it at once, and there is nothing to verify in what was signed just now.
        self._issued[token] = _access_token(claims, header)
        if len(self._issued) > _ISSUED_KEPT:
            del self._issued[next(iter(self._issued))]
        return token

    def sso_token(
        self,
        *,
        issuer: str,
        subject: str,
        now: int,
        lifetime: int,
        audience: str | None = None,
        token_id: str | None = None,
    ) -> str:
        """A token of a viewer or a platform, issued at `now` (epoch ms) for `lifetime` seconds."""
        issued = now // 1000
        claims: dict[str, Any] = {
            "iss": issuer,
            "sub": subject,
            "iat": issued,
            "nbf": issued,
            "exp": issued + lifetime,
        }
        claims |= {"aud": audience} if audience else {}
        claims |= {"jti": token_id} if token_id else {}
        return jwt.encode(claims, self._private, ALGORITHM, headers={"kid": self.kid})

    def claims(self, token: str) -> dict[str, Any] | None:
        """The claims of a token that this instance signed, whenever that was; else None."""
        try:
            found: dict[str, Any] = jwt.decode(
                token, self.public_key, algorithms=[ALGORITHM], options=_SIGNATURE_ONLY
            )
        except _UNREADABLE:
            return None
        return found

    @property
    def public_pem(self) -> str:
        """The public key of all that is signed here but media tokens, as PEM."""
        return self.public_key.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ).decode()

    def _read(self, token: str) -> AccessToken | None:
        """The access token in `token` when this instance signed it, else None."""
        if token in self._issued:
            return self._issued.pop(token)
        try:
            decoded = jwt.decode_complete(
                token, self.public_key, algorithms=[ALGORITHM], options=_SIGNATURE_ONLY
            )
        except _UNREADABLE:
            return None
        return _access_token(decoded["payload"], decoded["header"])

    def software_statement(self, application: Application) -> str:
        """Our own software statement for `application`; the same one every time.

        (Adobe: registration overview, DCR1)
        """
        claims = {
            "software_id": application.id,
            "client_name": application.name,
            "software_version": application.version,
            "iss": ISSUER,
            "iat": self._created // 1000,
        }
        header = {"typ": "", "kid": self.kid}
        return jwt.encode(claims, self._private, ALGORITHM, headers=header)

    def _stated_application(self, statement: str) -> str | None:
        """The id of the application in a software statement that this instance signed, else None."""
        try:
            claims = jwt.decode(
                statement, self.public_key, algorithms=[ALGORITHM], options=_SIGNATURE_ONLY
            )
        except _UNREADABLE:
            return None
        application = claims.get("software_id")
        return application if isinstance(application, str) else None


def stated_by_anybody(statement: str) -> tuple[str, str] | None:
    """The id and the name of the application in a software statement, whoever signed it.

    The id is `sub`, as in statements of the dashboard, else `software_id`, as in the page's sample (Adobe:
    client credentials, DCR2); one that no application can have gives an id that follows from it. The name
    is `client_name`, else what the id is made of. None where `statement` is no signed JWT, or names nobody.
    """
    try:
        found = jwt.decode_complete(statement, options={"verify_signature": False})
    except _UNREADABLE:
        return None
    claims = found["payload"]
    subject, title = claims.get("sub") or claims.get("software_id"), claims.get("client_name")
    if not found["signature"] or not _nameable(subject):
        return None
    digest = hashlib.sha256(subject.encode()).hexdigest()
    fits = len(subject) <= _LONGEST_ID and re.fullmatch(ID, subject)
    return subject if fits else f"app-{digest[:40]}", title if _nameable(title) else subject


def _nameable(text: object) -> TypeGuard[str]:
    return isinstance(text, str) and bool(text.strip()) and not UNSTORABLE.search(text)


def well_formed(token: str) -> AccessToken | None:
    """The access token in any JWS, whoever signed it; None when `token` is no JWS of claims."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except _UNREADABLE:
        return None
    return _access_token(claims, {}, signed=False)


def _access_token(
    claims: dict[str, Any], header: dict[str, Any], *, signed: bool = True
) -> AccessToken | None:
    subject, expires, scopes = claims.get("sub"), claims.get("exp", 0), claims.get("scopes", "")
    if not isinstance(subject, str) or not isinstance(expires, int | float):
        return None
    # Neither infinity nor what is no number at all is an instant.
    if UNSTORABLE.search(subject) or not abs(expires) < _NEVER:
        return None
    sandbox, application = header.get("sandbox"), header.get("application")
    return AccessToken(
        client=subject,
        expires=int(expires * 1000),
        scopes=frozenset(scopes.split()) if isinstance(scopes, str) else frozenset(),
        sandbox=sandbox if isinstance(sandbox, str) else None,
        application=application if isinstance(application, str) else None,
        signed=signed,
    )


def _make() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    encoded = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return encoded.decode()


def _make_certified(kid: str) -> tuple[str, str]:
    """A key and a certificate for it that it signs itself, both as PEM."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    pem = _make()
    private = _loaded(pem)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "pass-simulator"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"media tokens {kid}"),
        ]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        # The clock of a sandbox may show any time, and a token is none the worse for it.
        .not_valid_before(datetime(1970, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    return pem, certificate.public_bytes(serialization.Encoding.PEM).decode()


def _loaded(pem: str) -> rsa.RSAPrivateKey:
    # The key is one that we made, and proving that anew would take longer than the rest of starting.
    private = serialization.load_pem_private_key(
        pem.encode(), password=None, unsafe_skip_rsa_key_validation=True
    )
    if not isinstance(private, rsa.RSAPrivateKey):
        message = "the stored signing key is no RSA key"
        raise TypeError(message)
    return private


async def _kept(engine: Engine, clock: SystemClock, ids: Ids, purpose: str) -> SigningKey:
    """The key that the database keeps for `purpose`; made when there is none yet."""
    stored = partial(signing_keys.find, purpose=purpose)
    key = await engine.query(stored)
    if key is None:
        made = await asyncio.to_thread(_made, purpose, ids.short("key"), clock.now())
        # Another process that shares the database may be quicker; its key is the key then.
        with suppress(ConflictError):
            await engine.transact(partial(signing_keys.add, key=made), moves=())
        key = await engine.query(stored)
    if key is None:
        message = f"the signing key for {purpose} was stored and is gone"
        raise RuntimeError(message)
    return key


def _made(purpose: str, kid: str, created: int) -> SigningKey:
    pem, certificate = _make_certified(kid) if purpose == _MEDIA else (_make(), None)
    return SigningKey(purpose, kid, pem, certificate, created)
