"""The manifests that the page on Kubernetes shows: their variables are settings, their probes are served."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
import yaml

from simulator.routes import ENDPOINTS
from simulator.settings import Settings, load_settings
from tests.docs.pages import FOLDER, blocks, read
from tests.support.replies import Json

PAGE: Final = read(FOLDER / "kubernetes.md")


@pytest.fixture
def manifests() -> dict[str, Any]:
    """Each manifest by its kind."""
    [shown] = [each.text for each in blocks(PAGE) if each.language == "yaml"]
    return {each["kind"]: each for each in yaml.safe_load_all(shown)}


@pytest.fixture
def container(manifests: dict[str, Any]) -> Json:
    [found] = manifests["Deployment"]["spec"]["template"]["spec"]["containers"]
    return found


def _named(container: Json, secret: dict[str, str]) -> Iterator[tuple[str, str]]:
    for each in container["env"]:
        value = each.get("value") or secret[each["valueFrom"]["secretKeyRef"]["key"]]
        yield each["name"], value


def test_its_variables_are_settings_with_good_values(
    manifests: dict[str, Any], container: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in _named(container, manifests["Secret"]["stringData"]):
        assert name.removeprefix("PASS_SIMULATOR_").lower() in Settings.model_fields
        monkeypatch.setenv(name, value)
    settings = load_settings({})
    assert settings.db.startswith("postgresql+asyncpg://")
    pod = manifests["Deployment"]["spec"]["template"]["spec"]
    assert settings.drain_seconds < pod["terminationGracePeriodSeconds"]
    assert pod["enableServiceLinks"] is False


def test_its_probes_are_served_at_its_port(manifests: dict[str, Any], container: Json) -> None:
    served = {each.path for each in ENDPOINTS}
    [port] = container["ports"]
    assert port["containerPort"] == Settings.model_fields["port"].default
    for name in ("startupProbe", "readinessProbe", "livenessProbe"):
        probe = container[name]["httpGet"]
        assert probe["path"] in served
        assert probe["port"] == port["name"]
    [exposed] = manifests["Service"]["spec"]["ports"]
    assert exposed["targetPort"] == port["name"]


def test_its_labels_find_its_pods(manifests: dict[str, Any]) -> None:
    deployment = manifests["Deployment"]["spec"]
    labels = deployment["template"]["metadata"]["labels"]
    assert (
        deployment["selector"]["matchLabels"] == labels == manifests["Service"]["spec"]["selector"]
    )
