"""Registered applications, their clients, and the issuers of SSO tokens."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from simulator.domain.access.registration import Application, Client
from simulator.domain.sso.identities import Issuer
from simulator.validation.texts import Text

from .base import Entity

# Only asymmetric algorithms: the others would take the public key for a shared secret.
Algorithm = Literal[
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
    "ES256", "ES256K", "ES384", "ES512", "EdDSA",
]  # fmt: skip


def _loadable(text: str) -> str:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise PydanticCustomError(
            "public_key", "expected a public key in PEM form (-----BEGIN PUBLIC KEY-----)"
        ) from None
    return text


class ApplicationModel(Entity, of=Application):
    """A registered application of the dashboard, which apps register with."""


class ClientModel(Entity, of=Client, names={"registered_at": "registered"}):
    """An app instance that has registered already, with credentials that are known beforehand."""


class IssuerModel(Entity, of=Issuer):
    """An issuer of SSO tokens: registering its key turns signature checking on for it."""

    public_key: Annotated[Text, AfterValidator(_loadable)]
    algorithms: Annotated[tuple[Algorithm, ...], Field(min_length=1)]
