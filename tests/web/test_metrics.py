"""`GET /metrics`: what Prometheus is told, read with its own parser."""

from collections.abc import Mapping
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from simulator import __version__
from tests.conftest import MakeLab
from tests.support.lab import Lab

Labels = frozenset[tuple[str, str]]


async def _samples(lab: Lab) -> Mapping[tuple[str, Labels], float]:
    reply = await lab.call("GET", "/metrics")
    assert reply.status == 200
    assert reply.headers["Content-Type"].startswith("text/plain; version=")
    found = {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(reply.text)
        for sample in family.samples
    }
    assert found
    return found


def _labels(**labels: str) -> Labels:
    return frozenset(labels.items())


def _requests(
    samples: Mapping[tuple[str, Labels], float], surface: str, operation: str, status: str
) -> float:
    labels = _labels(surface=surface, operation=operation, status=status)
    return samples.get(("pass_simulator_requests_total", labels), 0)


async def test_requests_are_counted_by_surface_operation_and_status(own_lab: Lab) -> None:
    app = await own_lab.app("a-tv", service_provider="REF30")
    for _ in range(3):
        await app.profiles()
    await own_lab.call("GET", "/api/v2/REF30/profiles")
    await own_lab.call("GET", "/s/default/api/v2/REF30/profiles")
    await own_lab.admin("POST", "clock/advance", {"by": "PT1S"})
    await own_lab.call("GET", "/nothing/here")
    samples = await _samples(own_lab)
    assert _requests(samples, "device", "profiles", "2xx") == 3
    assert _requests(samples, "device", "profiles", "4xx") == 2
    assert _requests(samples, "admin", "advanceClock", "2xx") == 1
    assert _requests(samples, "none", "none", "4xx") == 1
    assert _requests(samples, "probe", "GET /metrics", "2xx") == 0
    assert _requests(await _samples(own_lab), "probe", "GET /metrics", "2xx") == 1


async def test_durations_add_up(own_lab: Lab) -> None:
    for _ in range(4):
        await own_lab.call("GET", "/api/v2/REF30/profiles")
    samples = await _samples(own_lab)
    name, labels = (
        "pass_simulator_request_duration_seconds",
        {"surface": "device", "operation": "profiles"},
    )
    assert samples[f"{name}_count", _labels(**labels)] == 4
    assert 0 < samples[f"{name}_sum", _labels(**labels)] < 60
    buckets = [
        value
        for (sample, of), value in samples.items()
        if sample == f"{name}_bucket" and _labels(**labels) < of
    ]
    assert buckets == sorted(buckets)
    assert buckets[-1] == 4
    assert samples[f"{name}_bucket", _labels(**labels, le="+Inf")] == 4


async def test_two_operations_of_one_name_are_one(own_lab: Lab) -> None:
    for path in ("/api/v2/REF30/logout/Dish", "/api/v2/logout/REF30/Dish"):
        await own_lab.call("GET", path)
    assert _requests(await _samples(own_lab), "device", "logout", "4xx") == 2


async def test_nothing_is_told_apart_by_sandbox_or_device(own_lab: Lab) -> None:
    await own_lab.admin("POST", "sandboxes", {"id": "ci-42"})
    app = await own_lab.app("some-tv", service_provider="REF30")
    await app.profiles()
    for name, labels in await _samples(own_lab):
        if name.startswith("pass_simulator_"):
            assert {key for key, _ in labels} <= {
                "surface", "operation", "status", "le", "version", "python", "condition",
            }  # fmt: skip
            assert not {value for _, value in labels} & {"ci-42", "some-tv", "default"}


async def test_the_instance_says_where_it_stands(own_lab: Lab) -> None:
    before = await _samples(own_lab)
    assert before["pass_simulator_sandboxes", _labels()] == 1
    assert before["pass_simulator_requests_under_way", _labels()] == 1
    assert ("pass_simulator_writer_queue", _labels()) in before
    conditions = {
        name: before["pass_simulator_database", _labels(condition=name)]
        for name in ("ready", "slow", "away", "full")
    }
    assert conditions == {"ready": 1, "slow": 0, "away": 0, "full": 0}
    await own_lab.admin("POST", "sandboxes", {"id": "ci-42"})
    await own_lab.admin("DELETE", "sandboxes/ci-42")
    await own_lab.admin("POST", "sandboxes", {"id": "ci-43"})
    after = await _samples(own_lab)
    assert after["pass_simulator_sandboxes", _labels()] == 2
    left, was = (each["pass_simulator_layers_to_sweep", _labels()] for each in (after, before))
    assert left > was
    batches = "pass_simulator_batch_units_count"
    assert after[batches, _labels()] > before[batches, _labels()]
    [build] = [labels for name, labels in after if name == "pass_simulator_build_info"]
    assert dict(build)["version"] == __version__
    assert after["process_start_time_seconds", _labels()] > 0


async def test_two_instances_in_one_process_do_not_count_for_each_other(
    make_lab: MakeLab, tmp_path: Path
) -> None:
    one, other = await make_lab(), await make_lab(db=str(tmp_path / "other.db"))
    await one.call("GET", "/livez")
    assert _requests(await _samples(one), "probe", "GET /livez", "2xx") == 1
    assert _requests(await _samples(other), "probe", "GET /livez", "2xx") == 0
