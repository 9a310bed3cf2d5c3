"""The Dockerfile and compose.yaml: what a linter would ask of them, and that they fit the product.

No container engine runs here; `.ci/image` runs the Dockerfile's steps.
"""

import re
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from simulator.settings import Settings
from tests.support.dockerfile import Stage, Step, is_ignored, patterns, stages

ROOT: Final = Path(__file__).resolve().parents[2]
STAGES: Final = stages(ROOT / "Dockerfile")
LAST: Final = STAGES[-1]
STEPS: Final = [step for stage in STAGES for step in stage.steps]
COMPOSE: Final[dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: Final = COMPOSE["services"]
SETTINGS: Final = {f"PASS_SIMULATOR_{name.upper()}" for name in Settings.model_fields}
PORT: Final = Settings.model_fields["port"].default


def _one(stage: Stage, name: str) -> Step:
    [found] = stage.of(name)
    return found


def _environment(stage: Stage) -> dict[str, str]:
    return {name: value for step in stage.of("ENV") for name, value in step.pairs.items()}


# The Dockerfile


@pytest.mark.parametrize("stage", STAGES, ids=lambda each: each.name or "last")
def test_a_base_is_small_and_has_a_version(stage: Stage) -> None:
    assert re.fullmatch(r"python:3\.\d+(\.\d+)?-slim-[a-z]+", stage.base)


def test_all_stages_have_the_same_base_which_the_package_supports() -> None:
    assert len({stage.base for stage in STAGES}) == 1
    version = re.search(r"3\.\d+", LAST.base)
    assert version
    pyproject = (ROOT / "pyproject.toml").read_text()
    assert f"Programming Language :: Python :: {version[0]}" in pyproject


def test_it_runs_as_a_user_without_a_name_who_is_not_root() -> None:
    user, _, group = _one(LAST, "USER").text.partition(":")
    assert int(user) >= 1000
    assert int(group) >= 1000
    names = [step.name for step in LAST.steps]
    assert "RUN" not in names[names.index("USER") :]
    assert f"{user}:{group}" in [step.flags.get("chown") for step in LAST.of("COPY")]


@pytest.mark.parametrize("name", ["ENTRYPOINT", "CMD", "HEALTHCHECK"])
def test_what_runs_is_no_shell_so_that_signals_arrive(name: str) -> None:
    command = _one(LAST, name).command
    assert command
    assert command[0] not in {"sh", "bash", "/bin/sh"}


def test_it_serves_and_stops_as_the_product_does() -> None:
    assert _one(LAST, "ENTRYPOINT").command == ["pass-simulator"]
    assert _one(LAST, "CMD").command == ["serve"]
    assert _one(LAST, "STOPSIGNAL").text == "SIGTERM"
    assert {"interval", "timeout", "start-period"} <= _one(LAST, "HEALTHCHECK").flags.keys()


def test_no_step_installs_with_apt_or_keeps_caches_or_fetches_what_nobody_checked() -> None:
    for step in STEPS:
        if step.name == "RUN":
            assert not re.search(r"\b(apt|apt-get|curl|wget|sudo)\b", step.text)
            if '"-r"' in step.text:
                assert '"--require-hashes"' in step.text
    assert _environment(STAGES[0])["PIP_NO_CACHE_DIR"] == "1"
    assert not [step for step in STEPS if step.name in {"ADD", "MAINTAINER"}]


def test_every_source_is_there_and_is_part_of_the_build() -> None:
    ignored = patterns(ROOT / ".dockerignore")
    taken = set()
    for stage in STAGES:
        for step in stage.of("COPY"):
            *sources, _ = step.words
            if "from" in step.flags:
                assert step.flags["from"] in {each.name for each in STAGES[: STAGES.index(stage)]}
                continue
            for source in sources:
                assert (ROOT / source).exists(), source
                assert not is_ignored(source, ignored), source
                taken.add(source)
    assert {each.removeprefix("!") for each in ignored if each.startswith("!")} == taken
    for kept_out in (".git", ".venv", "tests", "pass-simulator.db", "simulator/__pycache__"):
        assert is_ignored(kept_out, ignored), kept_out


def test_everything_that_the_wheel_is_made_of_is_copied() -> None:
    taken = {source for step in STAGES[0].of("COPY") for source in step.words[:-1]}
    assert {
        "pass_simulator",
        "simulator",
        "scenarios",
        "migrations",
        "pyproject.toml",
        "README.md",
        "LICENSE",
    } <= taken


def test_its_variables_are_settings_and_lead_where_it_says() -> None:
    own = {
        name: value
        for name, value in _environment(LAST).items()
        if name.startswith("PASS_SIMULATOR_")
    }
    assert own.keys() <= SETTINGS
    assert own["PASS_SIMULATOR_HOST"] == "0.0.0.0"  # noqa: S104 - a container's own address
    assert own["PASS_SIMULATOR_SCENARIOS"] == "/scenarios"
    [volume] = _one(LAST, "VOLUME").command or []
    assert own["PASS_SIMULATOR_DB"].startswith(f"{volume}/")
    targets = [step.words[-1] for step in LAST.of("COPY")]
    assert {volume, "/scenarios"} <= {*targets}
    assert _one(LAST, "EXPOSE").text == str(PORT)
    assert _one(LAST, "WORKDIR").text == volume


def test_it_is_labelled() -> None:
    labels = _one(LAST, "LABEL").pairs
    for name in ("title", "description", "licenses"):
        assert labels[f"org.opencontainers.image.{name}"]


@pytest.mark.parametrize(
    ("path", "ignored"),
    [("a", True), ("b", False), ("b/c", False), ("b/x", True), ("b/c/x", True), ("a/b", True)],
)
def test_the_last_pattern_that_fits_decides(path: str, ignored: bool) -> None:
    assert is_ignored(path, ["*", "!b", "**/x"]) is ignored


# compose.yaml


def test_the_variables_of_the_replicas_are_settings() -> None:
    environment = SERVICES["simulator"]["environment"]
    assert environment.keys() <= SETTINGS
    assert environment["PASS_SIMULATOR_DB"].startswith("postgresql+asyncpg://")
    # Each would make up its own otherwise.
    assert environment["PASS_SIMULATOR_ADMIN_TOKEN"].startswith("${PASS_SIMULATOR_ADMIN_TOKEN:?")


def test_three_replicas_share_a_database_and_are_stopped_gently() -> None:
    simulator = SERVICES["simulator"]
    assert simulator["deploy"]["replicas"] == 3
    assert simulator["expose"] == [str(PORT)]
    assert "ports" not in simulator
    assert simulator["depends_on"]["database"]["condition"] == "service_healthy"
    seconds = int(simulator["stop_grace_period"].removesuffix("s"))
    assert seconds > int(simulator["environment"]["PASS_SIMULATOR_DRAIN_SECONDS"])
    [mount] = simulator["volumes"]
    assert mount.endswith(":/scenarios:ro")
    assert simulator["read_only"] is True


def test_the_database_is_the_one_that_the_replicas_name() -> None:
    named = SERVICES["database"]["environment"]
    url = SERVICES["simulator"]["environment"]["PASS_SIMULATOR_DB"]
    user, name, password = (named[f"POSTGRES_{each}"] for each in ("USER", "DB", "PASSWORD"))
    assert url == f"postgresql+asyncpg://{user}:{password}@database:5432/{name}"
    assert "healthcheck" in SERVICES["database"]


def test_only_the_proxy_is_reached_from_outside_and_it_passes_everything_on() -> None:
    assert [name for name, each in SERVICES.items() if "ports" in each] == ["proxy"]
    assert SERVICES["proxy"]["ports"] == [f"{PORT}:{PORT}"]
    [config] = SERVICES["proxy"]["configs"]
    content = COMPOSE["configs"][config["source"]]["content"]
    assert f":{PORT} {{" in content
    assert re.search(rf"name simulator\s+port {PORT}\b", content)
    assert "flush_interval -1" in content
    assert content.count("{") == content.count("}")
    assert "$" not in content, "compose would put a variable there"


def test_images_of_others_have_versions_and_what_is_named_exists() -> None:
    for name, service in SERVICES.items():
        if "build" not in service:
            assert re.fullmatch(r"[a-z]+:\d+(\.\d+)*-alpine", service["image"]), name
        for other in service.get("depends_on", {}):
            assert other in SERVICES
        for mount in service.get("volumes", ()):
            source = mount.partition(":")[0]
            assert source.startswith(("$", ".", "/")) or source in COMPOSE["volumes"]
