"""Outside identity providers in a document: by their metadata, in it or beside it, or by its parts."""

from pathlib import Path
from typing import Any, Final

import pytest

from simulator.domain.configuration import Mvpd
from simulator.scenarios.compiling import records
from simulator.scenarios.library import Library
from simulator.scenarios.loading import validate
from simulator.validation.problems import ScenarioError
from tests.support.identity_provider import ENTITY, SSO, certificate, metadata

from .documents import compiled, complaints, one, with_members

WHOLE: Final = {"entity_id": ENTITY, "certificate": certificate("idp"), "sso_url": SSO}
STORED: Final = {**WHOLE, "binding": "redirect"}


def _document(provider: object) -> dict[str, Any]:
    mvpds = [{"id": "Cable", "identity_provider": provider}, {"id": "Dish"},
             {"id": "Trial", "kind": "temp_pass_basic"}]  # fmt: skip
    return with_members(mvpds=mvpds)


def _provider(document: dict[str, Any]) -> object:
    (found,) = (
        each for each in compiled(document) if isinstance(each, Mvpd) and each.id == "Cable"
    )
    return found.identity_provider


@pytest.mark.parametrize(
    ("provider", "stored"),
    [
        (WHOLE, STORED),
        ({**WHOLE, "binding": "post"}, {**STORED, "binding": "post"}),
        ({"metadata": metadata()}, STORED),
        ({"metadata": metadata(binding="HTTP-POST")}, {**STORED, "binding": "post"}),
        ({"metadata": metadata(), "sso_url": "http://127.0.0.1:8080/sso"},
         {**STORED, "sso_url": "http://127.0.0.1:8080/sso"}),
        ({"metadata": metadata("one", "two")},
         {**STORED, "certificate": certificate("one") + certificate("two")}),
        (None, None),
    ],
)  # fmt: skip
def test_a_provider_is_named_by_its_parts_or_its_metadata(provider: object, stored: object) -> None:
    assert _provider(_document(provider)) == stored


@pytest.mark.parametrize(
    ("provider", "path", "words"),
    [
        ({}, "", "expected metadata, or entity_id, certificate, sso_url as well"),
        ({**WHOLE, "sso_url": "idp/sso"}, ".sso_url", "begins with http:// or https://"),
        ({**WHOLE, "certificate": "MII"}, ".certificate", "certificate in PEM form"),
        ({**WHOLE, "binding": "soap"}, ".binding", "one of redirect, post"),
        ({**WHOLE, "entityID": "x"}, ".entityID", "unknown member"),
        ({"metadata": "idp.xml"}, "", "'idp.xml', which is no file beside the scenario"),
        ({"metadata": "<a>"}, "", "it is no XML"),
        ({"metadata": "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"}, "", "document type"),
        ({"metadata": "<a/>"}, "", "it describes no identity providers"),
        ({"metadata": metadata(binding="SOAP")}, "", "it says nothing of sso_url"),
        ({"metadata": metadata().replace("X509Cert", "Cert")}, "", "nothing of certificate"),
        ({"metadata": metadata(entity="")}, "", "it says nothing of entity_id"),
        ("idp.xml", "", "a mapping of members"),
    ],
)
def test_what_is_wrong_with_a_provider_is_told(provider: object, path: str, words: str) -> None:
    found = complaints(_document(provider))
    assert list(found) == [f"mvpds[0].identity_provider{path}"]
    assert words in found[f"mvpds[0].identity_provider{path}"]


def test_metadata_of_several_is_of_none() -> None:
    both = metadata().partition("\n")[2] * 2
    wrapped = (
        f'<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">{both}'
        "</md:EntitiesDescriptor>"
    )
    (problem,) = complaints(_document({"metadata": wrapped})).values()
    assert "it describes 2 identity providers, and one is wanted" in problem


def test_metadata_may_lie_beside_the_scenario_and_change_there(tmp_path: Path) -> None:
    (tmp_path / "lab.yaml").write_text(
        "name: lab\nmvpds: [{id: Cable, identity_provider: {metadata: idp.xml}}]\n"
    )
    library = Library([tmp_path])
    with pytest.raises(ScenarioError, match="is no file beside the scenario"):
        library.examine("lab")
    digests = set()
    for key in ("idp", "other"):
        (tmp_path / "idp.xml").write_text(metadata(key))
        document, sound = library.examine("lab")
        digests.add(sound.digest)
        # Nobody can tell by the scenario's own file whether it still says the same.
        assert library.known("lab") is None
        provider = one(records(document), Mvpd).identity_provider
        assert provider == {**STORED, "certificate": certificate(key)}
    assert len(digests) == 2


def test_a_document_without_a_folder_reads_no_file(tmp_path: Path) -> None:
    (tmp_path / "idp.xml").write_text(metadata())
    named = {"metadata": str(tmp_path / "idp.xml")}
    with pytest.raises(ScenarioError, match="is no file beside the scenario"):
        validate({"name": "x", "mvpds": [{"id": "Cable", "identity_provider": named}]})
