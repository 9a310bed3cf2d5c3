"""The url that a logout answers with, in each of its forms (Adobe: logout, C7)."""

from typing import Final
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.domain.sessions.logout import LogoutUrl

ORIGIN: Final = "https://lab.example:8642"


def _url(
    form: str = "documented",
    *,
    by_sso: bool = False,
    sandbox: str | None = None,
    redirect_url: str = "https://app.example/",
) -> str:
    return str(
        LogoutUrl(
            form=form,
            origin=ORIGIN,
            service_provider="LABSP",
            mvpd="LabCable",
            redirect_url=redirect_url,
            device="tv",
            by_sso=by_sso,
            sandbox=sandbox,
        )
    )


@pytest.mark.parametrize(
    ("form", "by_sso", "begins"),
    [
        ("documented", False, f"{ORIGIN}/adobe-services/logout?noflash=true&mso_id=LabCable"),
        ("documented", True, "/adobe-services/logout?requestor_id=LABSP&mso_id=LabCable"),
        ("absolute", False, f"{ORIGIN}/adobe-services/logout?noflash=true&mso_id=LabCable"),
        ("absolute", True, f"{ORIGIN}/adobe-services/logout?requestor_id=LABSP&mso_id=LabCable"),
        ("relative", False, "/adobe-services/logout?noflash=true&mso_id=LabCable"),
        ("relative", True, "/adobe-services/logout?requestor_id=LABSP&mso_id=LabCable"),
    ],
)
def test_the_form_decides_on_the_origin_and_single_sign_on_on_the_parameters(
    form: str, by_sso: bool, begins: str
) -> None:
    assert _url(form, by_sso=by_sso).startswith(f"{begins}&")


@pytest.mark.parametrize("form", ["documented", "absolute", "relative"])
def test_only_single_sign_on_names_the_device_and_only_by_its_hash(form: str) -> None:
    plain, by_sso = _url(form), _url(form, by_sso=True)
    assert "pt_device_id" not in plain
    [device] = parse_qs(urlsplit(by_sso).query)["pt_device_id"]
    assert len(bytes.fromhex(device)) == 32


@pytest.mark.parametrize("form", ["documented", "absolute", "relative"])
@pytest.mark.parametrize("by_sso", [True, False])
def test_a_url_without_path_prefix_brings_its_sandbox_along(form: str, by_sso: bool) -> None:
    query = parse_qs(urlsplit(_url(form, by_sso=by_sso, sandbox="ci-42")).query)
    assert query["sim_sandbox"] == ["ci-42"]


@given(redirect_url=st.text(min_size=1), by_sso=st.booleans())
def test_the_redirect_url_comes_out_as_it_went_in(redirect_url: str, by_sso: bool) -> None:
    url = _url(redirect_url=redirect_url, by_sso=by_sso)
    query = parse_qs(urlsplit(url).query, strict_parsing=True)
    assert query["redirect_url"] == [redirect_url]
