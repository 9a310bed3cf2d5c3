"""Media tokens and the keys behind all tokens: issuing, verifying, publishing.

(Adobe: media tokens, TOK1, TOK2)
"""

from typing import Any, Final

from simulator.domain.decisions import media_token
from simulator.domain.decisions.media_token import MediaToken, Status
from simulator.domain.journal import redaction
from simulator.domain.journal.entries import Event
from simulator.services.context import AppContext
from simulator.storage.worlds.sandboxes import SandboxRef

VERIFIED: Final = "media_token_verified"
"""The kind of the event that a media token was shown to the verifier."""


def issued(simulator: AppContext, token: MediaToken) -> dict[str, Any]:
    """The `token` member of a decision. Signing takes about a millisecond."""
    return {
        "notBefore": token.issued,
        "notAfter": token.not_after,
        "serializedToken": media_token.serialized(token, simulator.keys.media.sign),
    }


async def verify(
    simulator: AppContext, at: SandboxRef, serialized: str, resource: str | None
) -> tuple[Status, MediaToken | None]:
    """What the verifier says of a token by the sandbox's clock, and what the token says.

    That it was asked is an event: a token is for one playback. Without `resource` the token may be
    for any. What does not have the shape of a token says nothing.
    """
    now, real = await simulator.engine.read(at, lambda world: (world.now, world.real_now))
    status, token = media_token.verified(
        serialized, signed=simulator.keys.media.signed, now=now, resource=resource
    )
    facts = {
        "token": redaction.mark("serializedToken", serialized),
        "status": status,
        "resource": token and token.resource,
    }
    simulator.journal.record(
        Event(
            sandbox=at.id,
            generation=at.generation,
            at=now,
            real_at=real,
            kind=VERIFIED,
            facts=facts,
        )
    )
    return status, token


def public_keys(simulator: AppContext) -> dict[str, Any]:
    """What others check our signatures with: a JWK Set, and the certificate of media tokens."""
    media = simulator.keys.media
    certificate = {"purpose": "media", "kid": media.kid, "pem": media.certificate}
    return {"keys": [simulator.keys.jwk], "certificates": [certificate]}
