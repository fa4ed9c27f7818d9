"""Which answers of the canary get a second try.

In: the kinds of failure that a fallback names, and the path to the function. Out: statuses. A path tells a failure by
statuses of its own; to them come those of Envoy, by which the internal listener tells that there was no answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from migrator.cloud_facts.http_paths import PATHS, Told

# 503: nobody could be reached. 504: the try's own time was over. No 4xx but 413 is a failure of the path.
_ENVOYS: Mapping[str, frozenset[int]] = {
    "error": frozenset({500, 501, 502, 503, 505, 506, 507, 508, 510, 511}),
    "timeout": frozenset({504}),
    "throttle": frozenset({429}),
}


def retried_statuses(kinds: Iterable[str], via: str) -> list[int]:
    """The statuses that get a second try, in order.

    Args:
        kinds: any of `error`, `timeout`, `throttle`.
        via: the path, by its word in `router.yaml`.
    """
    path = PATHS[via]
    told: Mapping[str, tuple[Told, ...]] = {
        "error": (path.function_error, path.large_answer, path.large_request),
        "timeout": (path.timeout,),
        "throttle": (path.throttle,),
    }
    found: set[int] = set()
    for kind in kinds:
        found |= _ENVOYS[kind] | {status for each in told[kind] for status in each.statuses}
    return sorted(found)
