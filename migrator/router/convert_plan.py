"""A rollout in the file -> a plan of the domain.

In: a model that all checks have passed. Out: a `RolloutPlan`. What the file says beside a template wins.

What a reading gate asks is flattened to texts: `function`, `alias`, `region` of a cost; `queue`, `region` of dead
letters; `url`, `query`, `token_env` of Prometheus; `namespace`, `metric`, `statistic`, `region`, `period` (seconds) and
`dimensions` (a JSON object of texts, by name) of CloudWatch. What is left out is not there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import assert_never

from migrator.domain import gates
from migrator.domain.gates import ReadingKind
from migrator.domain.rollouts import Freeze, RolloutPlan, Step, Undecided, Window
from migrator.router.config import default_rollout
from migrator.router.dates import seconds_of
from migrator.router.models import gates as models
from migrator.router.models.rollouts import Freeze as FreezeModel
from migrator.router.models.rollouts import Rollout
from migrator.router.templates import TEMPLATES, Template

_BARE = Template("", (), silence_s=900.0, safe_weight=0.0, rollback_window_s=0.0, gates=())
"""What is left out without a template."""


def plan_of(route: str, rollout: Rollout | None) -> RolloutPlan:
    """The plan of a route, or the one of a route that names none."""
    if rollout is None:
        return default_rollout(route)
    base = TEMPLATES[rollout.template] if rollout.template else _BARE
    silence, kept = rollout.silence, rollout.rollback_window
    return RolloutPlan(
        route=route,
        steps=base.steps
        if rollout.steps is None
        else tuple(
            Step(step.weight, step.bake, step.min_requests, step.approval, Undecided(step.undecided))
            for step in rollout.steps
        ),
        gates=base.gates if rollout.gates is None else tuple(map(_gate, rollout.gates)),
        windows=tuple(
            Window(tuple(sorted(set(window.days))), window.begins, window.ends, window.zone)
            for window in rollout.windows
        ),
        freezes=tuple(map(_freeze, rollout.freezes)),
        after=tuple(rollout.after),
        silence_s=base.silence_s if silence is None else silence.limit,
        safe_weight=base.safe_weight if silence is None else silence.weight,
        rollback_window_s=base.rollback_window_s if kept is None else kept,
        template=rollout.template or "",
    )


def _freeze(freeze: FreezeModel) -> Freeze:
    return Freeze(seconds_of(freeze.begins, freeze.zone), seconds_of(freeze.ends, freeze.zone, end=True), freeze.reason)


def _gate(gate: models.AnyGate) -> gates.Gate:
    match gate:
        case models.ErrorRateGate():
            return gates.ErrorRateGate(gate.error_rate.worse_by)
        case models.LatencyGate():
            return gates.LatencyGate(gate.latency.quantile, gate.latency.ratio)
        case models.ParityGate():
            return gates.ParityGate(gate.parity.different, gate.parity.fresh)
        case models.ColdStartGate():
            return gates.ColdStartGate(gate.cold_starts.at_most, gate.cold_starts.free)
        case models.ThrottleGate():
            return gates.ThrottleGate(gate.throttles.at_most)
        case models.AvailabilityGate():
            return gates.AvailabilityGate(gate.availability.at_least, gate.availability.over)
        case models.CostGate(cost=cost):
            return _reading(
                cost, cost.name, ReadingKind.COST, function=cost.function, alias=cost.alias, region=cost.region
            )
        case models.DeadLetterGate(dead_letters=dead):
            return _reading(dead, dead.name, ReadingKind.DEAD_LETTERS, queue=dead.queue, region=dead.region)
        case models.MetricGate(metric=metric):
            return _metric(metric)
        case models.WebhookGate(webhook=hook):
            return gates.WebhookGate(hook.name, hook.url, hook.secret_env or "")
    assert_never(gate)


def _metric(metric: models.Metric) -> gates.ReadingGate:
    if metric.prometheus is not None:
        asked = metric.prometheus
        return _reading(
            metric,
            metric.name,
            ReadingKind.PROMETHEUS,
            url=asked.url,
            query=asked.query,
            token_env=asked.token_env or "",
        )
    assert metric.cloudwatch is not None
    watched = metric.cloudwatch
    return _reading(
        metric,
        metric.name,
        ReadingKind.CLOUDWATCH,
        namespace=watched.namespace,
        metric=watched.metric,
        dimensions=_object(watched.dimensions),
        statistic=watched.statistic,
        period=f"{watched.period:g}" if watched.period else "",
        region=watched.region,
    )


def _reading(limits: models.Limits, name: str, kind: ReadingKind, **asks: str) -> gates.ReadingGate:
    said = {word: text for word, text in asks.items() if text}
    return gates.ReadingGate(name, kind, said, limits.at_most, limits.at_least, limits.beyond_for)


def _object(named: Mapping[str, str]) -> str:
    return json.dumps(named, sort_keys=True, ensure_ascii=False) if named else ""
