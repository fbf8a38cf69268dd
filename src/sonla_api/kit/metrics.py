"""What Prometheus reads: how many requests, how long they took, which failed."""

import os
from functools import lru_cache

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)

REQUESTS = Counter(
    "sonla_requests_total", "Requests by route, method and status.", ["route", "method", "status"]
)
SECONDS = Histogram(
    "sonla_request_seconds",
    "Time from the request to the end of its answer.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
REFUSED_KEYS = Counter("sonla_refused_keys_total", "Requests with a key that is not valid.")


@lru_cache(maxsize=1000)
def measured(route: str, method: str, status: int) -> tuple[Counter, Histogram]:
    """Where requests of a kind are counted and timed."""
    return REQUESTS.labels(route, method, status), SECONDS.labels(route)


def exposition() -> tuple[bytes, str]:
    """The text of all metrics, of every process where PROMETHEUS_MULTIPROC_DIR is set."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(), CONTENT_TYPE_LATEST
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it comes without types
    return generate_latest(registry), CONTENT_TYPE_LATEST
