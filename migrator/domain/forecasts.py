"""How long a rollout takes by its plan, at the traffic that it meets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Duration:
    """Canary requests that a gate needs, and the time that they take at a step's weight.

    Attributes:
        median, high: requests by which half of all rollouts, and 99 of 100, are decided; None for never.
        median_s, high_s: the same in seconds.
    """

    median: float | None
    high: float | None
    median_s: float | None
    high_s: float | None


@dataclass(frozen=True, slots=True)
class GateForecast:
    """One gate at one step.

    Attributes:
        fault: what is to be found, such as `errors 0.5 % -> 2.5 %`.
        find: to find it, where it begins with the step; None for a gate that counts no requests.
        show: to show from the beginning of the step on that a canary like legacy is within the margin, with what earlier
            steps have shown; None where it has not to be shown.
        remark: what else there is to know, in words, or an empty string.
    """

    gate: str
    fault: str = ""
    find: Duration | None = None
    show: Duration | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class StepForecast:
    """One step.

    Attributes:
        step: counted from 0.
        weight: percent to the canary.
        canary_per_minute: requests, at the mean of a day.
        holds_s: seconds beyond the bake time until the gates have decided, in half of all rollouts of a canary like
            legacy; None for ever.
        holds_high_s: in 99 of 100.
        earliest: when the step begins if nothing but bake times and windows delays it, ISO 8601 in UTC; None for never.
        usual: when half of all rollouts have begun it.
        latest: when 99 of 100 have.
    """

    step: int
    weight: float
    bake_s: float
    approval: bool
    canary_per_minute: float
    holds_s: float | None
    holds_high_s: float | None
    earliest: str | None
    usual: str | None
    latest: str | None
    gates: tuple[GateForecast, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanForecast:
    """A plan with the times that it takes.

    Attributes:
        per_minute: requests to the route, both sides together, at the mean of a day.
        traffic: where that number is from, in words.
        promoted_earliest, promoted_usual, promoted_latest: as those of a step.
        advice: what would make it faster, each with its figure.
    """

    route: str
    template: str
    per_minute: float
    traffic: str
    steps: tuple[StepForecast, ...]
    promoted_earliest: str | None
    promoted_usual: str | None
    promoted_latest: str | None
    after: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
