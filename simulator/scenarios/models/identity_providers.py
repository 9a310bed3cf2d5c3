"""Outside identity providers: by their metadata, or by what it would say."""

from typing import Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from simulator.domain.sso.saml import SamlError
from simulator.domain.sso.saml_metadata import read_metadata
from simulator.validation.texts import Text

from .base import Part

_TOLD: Final = ("entity_id", "certificate", "sso_url")


def _expected(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("identity_provider", "{sentence}", {"sentence": sentence})


class IdentityProviderModel(Part):
    """An outside SAML identity provider that the viewers of an MVPD log in with.

    Nobody asks it for anything: the browser is sent there, and its response comes back by the browser.
    """

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": ["metadata"]}, {"required": [*_TOLD]}]}
    )

    metadata: Text | None = Field(
        None,
        exclude=True,
        description="Its metadata, as XML or as the name of a file beside the scenario; the other "
        "members follow from it.",
    )
    entity_id: Text | None = Field(None, description="Who it says that it is: its entity id.")
    certificate: Text | None = Field(
        None, description="The certificate (PEM) that it signs with; several one after the other."
    )
    sso_url: Text | None = Field(None, description="Where it logs viewers in.")
    binding: Literal["redirect", "post"] = Field(
        "redirect", description="Whether it is asked by a redirect or by a form."
    )

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: Any) -> Any:  # noqa: ANN401 - whatever the document has there
        if not isinstance(given, dict) or not isinstance(given.get("metadata"), str):
            return given
        text = given["metadata"]
        if "<" not in text:
            sentence = (
                f"expected SAML metadata, found {text!r}, which is no file beside the scenario; a "
                "document that comes without its folder has the XML itself"
            )
            raise _expected(sentence)
        try:
            told = read_metadata(text)
        except SamlError as error:
            raise _expected(f"the metadata cannot be used: {error}") from None
        others = {name: each for name, each in given.items() if name != "metadata"}
        return {**told, **others}

    @field_validator("certificate")
    @classmethod
    def _loadable(cls, text: str | None) -> str | None:
        from cryptography.x509 import load_pem_x509_certificates

        try:
            load_pem_x509_certificates((text or "").encode())
        except ValueError:
            raise _expected(
                "expected a certificate in PEM form (-----BEGIN CERTIFICATE-----)"
            ) from None
        return text

    @field_validator("sso_url")
    @classmethod
    def _absolute(cls, text: str | None) -> str | None:
        try:
            parts = urlsplit(text or "")
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise _expected("expected a URL that begins with http:// or https://")
        return text

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if missing := [name for name in _TOLD if getattr(self, name) is None]:
            raise _expected(f"expected metadata, or {', '.join(missing)} as well")
        return self
