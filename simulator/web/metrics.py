"""`/metrics`: what goes on inside, in the text format of Prometheus."""

import platform
from collections.abc import Iterable, Iterator, Sequence
from math import inf

from aiohttp import web
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    GCCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)

from simulator import __version__
from simulator.domain.histogram import Histogram
from simulator.http.endpoint import CONTEXT
from simulator.http.request_counts import BOUNDS, REQUEST_COUNTS, Labels, RequestCounts
from simulator.services.observe import metrics as services
from simulator.services.observe.metrics import Gauges


async def show(request: web.Request) -> web.Response:
    """`GET /metrics`: counters, times and gauges for Prometheus."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    GCCollector(registry=registry)
    gauges = await services.gauges(request.app[CONTEXT])
    registry.register(_Collected(request.app, gauges))
    return web.Response(
        body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
    )


class _Collected:
    """Our own figures, in the shape that prometheus-client asks for."""

    def __init__(self, app: web.Application, gauges: Gauges) -> None:
        self._app = app
        self._gauges = gauges

    def collect(self) -> "Iterable[Metric]":
        """Every family."""
        observed = self._app[REQUEST_COUNTS]
        yield InfoMetricFamily(
            "pass_simulator_build",
            "Which version runs, and on which Python.",
            value={"version": __version__, "python": platform.python_version()},
        )
        yield from _requests(observed)
        yield CounterMetricFamily(
            "pass_simulator_malformed_requests",
            "What was sent that is no HTTP, and so is no request to count.",
            value=observed.malformed,
        )
        # The request that asks for this is one of those under way.
        for name, about, value in (
            ("requests_under_way", "Requests that are being answered.", observed.under_way),
            ("sandboxes", "Sandboxes that there are.", self._gauges.sandboxes),
            (
                "layers_to_sweep",
                "Layers let go of, not swept away yet.",
                self._gauges.layers_to_sweep,
            ),
            ("writer_queue", "Units of work that wait for the writer.", self._gauges.writer_queue),
        ):
            if value is not None:
                yield GaugeMetricFamily(f"pass_simulator_{name}", about, value=value)
        conditions = GaugeMetricFamily(
            "pass_simulator_database",
            "How the database is: 1 for the one condition that it is in.",
            labels=("condition",),
        )
        for condition, holds in self._gauges.database.items():
            conditions.add_metric((condition,), float(holds))
        yield conditions
        if self._gauges.batches is not None:
            yield _histogram(
                "batch_units",
                "Units of work that shared a commit.",
                (),
                [((), self._gauges.batches)],
            )


def _requests(observed: RequestCounts) -> "Iterator[Metric]":

    histograms = [*observed.by_labels()]
    counter = CounterMetricFamily(
        "pass_simulator_requests", "Requests that were answered.", labels=Labels._fields
    )
    for labels, histogram in histograms:
        counter.add_metric(labels, sum(histogram.counts))
    yield counter
    # By surface and operation alone: a bucket for each status as well would help nobody.
    durations: dict[tuple[str, ...], Histogram] = {}
    for labels, histogram in histograms:
        durations.setdefault(labels[:2], Histogram(BOUNDS)).take_in(histogram)
    yield _histogram(
        "request_duration_seconds",
        "How long requests took, faults included.",
        Labels._fields[:2],
        durations.items(),
    )


def _histogram(
    name: str,
    about: str,
    labels: Sequence[str],
    histograms: Iterable[tuple[Sequence[str], Histogram]],
) -> "Metric":

    family = HistogramMetricFamily(f"pass_simulator_{name}", about, labels=labels)
    for values, histogram in histograms:
        buckets, so_far = [], 0
        for bound, count in zip((*histogram.bounds, inf), histogram.counts, strict=True):
            so_far += count
            buckets.append(("+Inf" if bound == inf else str(float(bound)), so_far))
        family.add_metric(values, buckets, histogram.total)
    return family
