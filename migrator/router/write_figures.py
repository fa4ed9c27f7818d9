"""Where the figures of a route are read, as a mapping of `router.yaml`.

In: values. Out: ruamel's mappings, which are read back as equal values.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, assert_never

from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from migrator.router.figures import (
    CLOUDWATCH_LAG_S,
    PROMETHEUS_LAG_S,
    CloudWatchFigures,
    Figures,
    PrometheusFigures,
)
from migrator.router.quantities import duration_text
from migrator.router.yaml_parts import filled, listed


def figures_mapping(figures: Figures) -> CommentedMap:
    """What stands below `metrics`."""
    match figures:
        case PrometheusFigures():
            return CommentedMap(prometheus=_prometheus(figures))
        case CloudWatchFigures():
            return CommentedMap(cloudwatch=_cloudwatch(figures))
        case _:
            assert_never(figures)


def _prometheus(figures: PrometheusFigures) -> CommentedMap:
    mapping = CommentedMap(url=figures.url)
    for key in ("requests", "failures", "throttled", "times"):
        legacy, canary = getattr(figures.legacy, key), getattr(figures.canary, key)
        if legacy or canary:
            mapping[key] = CommentedMap(legacy=_selectors(legacy), canary=_selectors(canary))
    if figures.unit_ms != 1000.0:
        mapping["unit"] = "ms"
    if figures.lag_s != PROMETHEUS_LAG_S:
        mapping["lag"] = duration_text(figures.lag_s)
    if figures.token is not None:
        mapping["token"] = filled(env=figures.token.env, file=figures.token.file)
    return mapping


def _cloudwatch(figures: CloudWatchFigures) -> CommentedMap:
    lag = duration_text(figures.lag_s) if figures.lag_s != CLOUDWATCH_LAG_S else ""
    return filled(lag=lag, region=figures.region, endpoint=figures.endpoint)


def _selectors(selectors: Iterable[str]) -> Any:
    quoted = [DoubleQuotedScalarString(selector) for selector in selectors]
    return quoted[0] if len(quoted) == 1 else listed(quoted, flow=False)
