"""Media tokens and the keys behind all tokens: issuing, verifying, publishing (CONTRACT 10.1)."""

from typing import Any

from simulator.domain import media_token
from simulator.domain.media_token import MediaToken, Status
from simulator.storage.sandboxes import Head

from .simulator import Simulator


def issued(simulator: Simulator, token: MediaToken) -> dict[str, Any]:
    """The `token` member of a decision. Signing takes about a millisecond."""
    return {
        "notBefore": token.issued,
        "notAfter": token.not_after,
        "serializedToken": media_token.serialized(token, simulator.keys.media.sign),
    }


async def verify(
    simulator: Simulator, at: Head, serialized: str, resource: str | None
) -> tuple[Status, MediaToken | None]:
    """What the verifier says of a token by the sandbox's clock, and what the token says.

    Without `resource` the token may be for any. What does not have the shape of a token says nothing.
    """
    now = await simulator.engine.read(at, lambda world: world.now)
    return media_token.verified(
        serialized, signed=simulator.keys.media.signed, now=now, resource=resource
    )


def public_keys(simulator: Simulator) -> dict[str, Any]:
    """What others check our signatures with: a JWK Set, and the certificate of media tokens."""
    media = simulator.keys.media
    certificate = {"purpose": "media", "kid": media.kid, "pem": media.certificate}
    return {"keys": [simulator.keys.jwk], "certificates": [certificate]}
