"""What is told of each platform that a device lab has."""

import pytest

from simulator.domain.access.platforms import PLATFORMS, Platform


def test_every_platform_of_a_lab_is_there() -> None:
    wanted = ["roku", "tvos", "firetv", "androidtv", "tizen", "webos", "xbox", "browser", "phone"]
    assert [each.id for each in PLATFORMS] == wanted


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda each: each.id)
def test_each_has_a_way_by_http_and_one_by_https(platform: Platform) -> None:
    assert platform.scheme in {"http", "https"}
    assert platform.plain.endswith(".")
    assert platform.trust
    for step in platform.trust:
        assert step.format(pem="PEM", der="DER")


def test_where_the_app_brings_the_authority_along_it_is_told_where_to_get_it() -> None:
    told = {each.id: " ".join(each.trust) for each in PLATFORMS}
    for name in ("roku", "firetv", "androidtv", "xbox"):
        assert "{pem}" in told[name] or "{der}" in told[name]
    # A retail TV takes no authority, so there is nothing to download for it.
    for name in ("tizen", "webos"):
        assert "{" not in told[name]
        assert "--tls-cert" in told[name]
