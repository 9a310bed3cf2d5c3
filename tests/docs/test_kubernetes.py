"""The manifests that the page on Kubernetes shows: their variables are settings, their probes are served."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
import yaml

from simulator.routes import ENDPOINTS
from simulator.settings import Settings, load_settings
from tests.docs.pages import FOLDER, ROOT, blocks, read
from tests.support.replies import Json

PAGE: Final = read(FOLDER / "kubernetes.md")


SHOWN: Final = [each.text for each in blocks(PAGE) if each.language == "yaml"]
IMAGE: Final = read(ROOT / "Dockerfile")


@pytest.fixture(params=SHOWN, ids=["volume", "database"])
def manifests(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Each manifest of one of the two ways by its kind."""
    return {each["kind"]: each for each in yaml.safe_load_all(request.param)}


@pytest.fixture
def pod(manifests: dict[str, Any]) -> Json:
    found: Json = manifests["Deployment"]["spec"]["template"]["spec"]
    return found


@pytest.fixture
def container(pod: Json) -> Json:
    [found] = pod["containers"]
    return found


def _named(container: Json, secret: dict[str, str]) -> Iterator[tuple[str, str]]:
    for each in container["env"]:
        value = each.get("value") or secret[each["valueFrom"]["secretKeyRef"]["key"]]
        yield each["name"], value


def test_its_variables_are_settings_with_good_values(
    manifests: dict[str, Any], container: Json, pod: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in _named(container, manifests["Secret"]["stringData"]):
        assert name.removeprefix("PASS_SIMULATOR_").lower() in Settings.model_fields
        monkeypatch.setenv(name, value)
    settings = load_settings({})
    waits = (
        container.get("lifecycle", {}).get("preStop", {}).get("exec", {}).get("command", ["", 0])
    )
    assert int(waits[1]) + settings.drain_seconds < pod.get("terminationGracePeriodSeconds", 30)
    assert pod["enableServiceLinks"] is False


def test_a_file_is_one_process_s_on_a_volume_and_a_database_everybody_s(
    manifests: dict[str, Any], container: Json, pod: Json
) -> None:
    deployment = manifests["Deployment"]["spec"]
    named = dict(_named(container, manifests["Secret"]["stringData"]))
    [mount] = container["volumeMounts"]
    [volume] = [each for each in pod["volumes"] if each["name"] == mount["name"]]
    assert f"PASS_SIMULATOR_DB={mount['mountPath']}/" in IMAGE
    if "PASS_SIMULATOR_DB" in named:
        assert named["PASS_SIMULATOR_DB"].startswith("postgresql+asyncpg://")
        assert deployment["replicas"] > 1
    else:
        assert deployment["replicas"] == 1
        assert deployment["strategy"] == {"type": "Recreate"}
        claim = manifests["PersistentVolumeClaim"]["metadata"]["name"]
        assert volume["persistentVolumeClaim"] == {"claimName": claim}


def test_it_runs_as_the_user_of_the_image_and_writes_to_the_volume_alone(
    container: Json, pod: Json
) -> None:
    user = pod["securityContext"]["runAsUser"]
    assert f"USER {user}:{pod['securityContext']['runAsGroup']}\n" in IMAGE
    assert pod["securityContext"]["fsGroup"] == user
    assert container["securityContext"]["readOnlyRootFilesystem"] is True


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
