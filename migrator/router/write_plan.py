"""A plan of the domain -> the `rollout` of a route, as it is written.

In: a `RolloutPlan`. Out: a mapping that `convert_plan` reads back as the same plan.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from migrator.domain import gates
from migrator.domain.gates import ReadingKind
from migrator.domain.rollouts import Freeze, RolloutPlan, Step, Undecided, Window
from migrator.router.dates import DAYS, clock_text, moment_text
from migrator.router.quantities import duration_text
from migrator.router.templates import TEMPLATES
from migrator.router.yaml_parts import filled, flow, listed, number

_DEFAULT_NAMES = {ReadingKind.COST: "cost", ReadingKind.DEAD_LETTERS: "dead_letters"}


def plan_mapping(plan: RolloutPlan) -> CommentedMap:
    """The mapping of a plan, in the documented order of its keys."""
    template = TEMPLATES.get(plan.template)
    if template is not None and template.steps != plan.steps:
        template = None
    mapping = CommentedMap()
    if template is not None:
        mapping["template"] = plan.template
    else:
        mapping["steps"] = listed(map(_step, plan.steps), flow=False)
    if plan.windows:
        mapping["windows"] = listed(map(_window, plan.windows), flow=False)
    if plan.freezes:
        mapping["freezes"] = listed(map(_freeze, plan.freezes), flow=False)
    if plan.after:
        mapping["after"] = listed(plan.after)
    usual = (template.silence_s, template.safe_weight) if template else (900.0, 0.0)
    if (plan.silence_s, plan.safe_weight) != usual:
        mapping["silence"] = flow(limit=duration_text(plan.silence_s), weight=number(plan.safe_weight))
    if plan.rollback_window_s != (template.rollback_window_s if template else 0.0):
        mapping["rollback_window"] = duration_text(plan.rollback_window_s)
    if plan.gates != (template.gates if template else ()):
        mapping["gates"] = listed(map(_gate, plan.gates), flow=not plan.gates)
    return mapping


def _step(step: Step) -> CommentedMap:
    mapping = flow(weight=number(step.weight), bake=duration_text(step.bake_s))
    if step.min_requests != 20:
        mapping["min_requests"] = step.min_requests
    if step.approval:
        mapping["approval"] = True
    if step.undecided is not Undecided.HOLD:
        mapping["undecided"] = step.undecided.value
    return mapping


def _window(window: Window) -> CommentedMap:
    mapping = flow()
    if window.days != tuple(range(len(DAYS))):
        mapping["days"] = listed(DAYS[day] for day in window.days)
    mapping["from"] = DoubleQuotedScalarString(clock_text(window.begins))
    mapping["to"] = DoubleQuotedScalarString(clock_text(window.ends))
    if window.zone != "UTC":
        mapping["zone"] = window.zone
    return mapping


def _freeze(freeze: Freeze) -> CommentedMap:
    mapping = flow(
        **{
            "from": DoubleQuotedScalarString(moment_text(freeze.begins)),
            "to": DoubleQuotedScalarString(moment_text(freeze.ends)),
        }
    )
    if freeze.reason:
        mapping["reason"] = DoubleQuotedScalarString(freeze.reason)
    return mapping


def _gate(gate: gates.Gate) -> CommentedMap:
    kind, said = _said(gate)
    return flow(**{kind: flow(**dict(said))})


def _said(gate: gates.Gate) -> tuple[str, Mapping[str, Any]]:
    match gate:
        case gates.ErrorRateGate():
            return "error_rate", {"worse_by": f"{_exact(gate.worse_by_pp)}pp"}
        case gates.LatencyGate():
            return "latency", {"quantile": f"p{gate.quantile * 100:g}", "ratio": number(gate.ratio)}
        case gates.ParityGate():
            fresh = {"fresh": duration_text(gate.fresh_s)} if gate.fresh_s is not None else {}
            return "parity", {"different": gate.different, **fresh}
        case gates.ColdStartGate():
            return "cold_starts", {"at_most": _percent(gate.at_most), "free": gate.free}
        case gates.ThrottleGate():
            return "throttles", {"at_most": _percent(gate.at_most)}
        case gates.AvailabilityGate():
            return "availability", {"at_least": _percent(gate.at_least), "over": duration_text(gate.over_s)}
        case gates.ReadingGate():
            return _reading(gate)
        case gates.WebhookGate():
            return "webhook", filled(name=_text(gate.name), url=_text(gate.url), secret_env=gate.secret)


def _reading(gate: gates.ReadingGate) -> tuple[str, Mapping[str, Any]]:
    asks: dict[str, Any] = {word: _text(text) for word, text in gate.asks.items()}
    limits = dict(_limits(gate))
    if gate.kind in _DEFAULT_NAMES:
        name = {} if gate.name == _DEFAULT_NAMES[gate.kind] else {"name": _text(gate.name)}
        return gate.kind.value, {**name, **asks, **limits}
    if gate.kind is ReadingKind.CLOUDWATCH:
        if "dimensions" in gate.asks:
            named = json.loads(gate.asks["dimensions"])
            asks["dimensions"] = flow(**{_text(key): _text(value) for key, value in named.items()})
        if "period" in gate.asks:
            asks["period"] = _text(duration_text(float(gate.asks["period"])))
    return "metric", {"name": _text(gate.name), gate.kind.value: flow(**asks), **limits}


def _limits(gate: gates.ReadingGate) -> Iterator[tuple[str, Any]]:
    for key, bound in (("at_most", gate.at_most), ("at_least", gate.at_least)):
        if bound is not None:
            yield key, number(bound)
    if gate.for_s:
        yield "for", duration_text(gate.for_s)


def _text(value: str) -> DoubleQuotedScalarString:
    quoted: DoubleQuotedScalarString = DoubleQuotedScalarString(value)  # other quotes lose some characters
    return quoted


def _percent(value: float) -> str:
    return f"{_exact(value)}%"


def _exact(value: float) -> str:
    """Every digit, and no exponent."""
    return f"{number(value)}" if value >= 1e-4 or value == int(value) else f"{value:.20f}".rstrip("0")
