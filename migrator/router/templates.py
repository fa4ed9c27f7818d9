"""Plans that many routes can share, by name.

In: nothing. Out: a table of templates. What a file says beside a template wins; the file's reading is `convert_plan`'s.

Every template holds a route back by the same gates: errors by one point, the first margin that most services would
tolerate; the 95th percentile by 1.2, the smallest ratio whose answer comes within some thousand requests
(docs/explanation/statistics.md); cold starts by a tenth, above which a caller meets one every few minutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from migrator.domain.gates import ColdStartGate, ErrorRateGate, Gate, LatencyGate
from migrator.domain.rollouts import Step, Undecided

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0

GATES: tuple[Gate, ...] = (ErrorRateGate(worse_by_pp=1.0), LatencyGate(0.95, 1.2), ColdStartGate(at_most=10.0, free=20))
"""Of a route that names none."""


@dataclass(frozen=True, slots=True)
class Template:
    """A plan without a route.

    Attributes:
        about: what it is for, in one sentence.
        silence_s, safe_weight, rollback_window_s: as in `RolloutPlan`.
    """

    about: str
    steps: tuple[Step, ...]
    silence_s: float
    safe_weight: float
    rollback_window_s: float
    gates: tuple[Gate, ...] = GATES


TEMPLATES: Mapping[str, Template] = {
    # 1 % finds what is broken for all while it hurts few; the days in between see every hour of the day once, nightly
    # jobs among them. At 100 % legacy no longer answers beside the canary, so a person agrees to that. A week of
    # readiness holds one of each weekday.
    "cautious": Template(
        about="Money, orders, whatever is hard to mend: six steps over days, and a person agrees to 100 %.",
        steps=(
            Step(1, 4 * _HOUR),
            Step(5, 12 * _HOUR),
            Step(10, _DAY),
            Step(25, _DAY),
            Step(50, _DAY),
            Step(100, _DAY, approval=True),
        ),
        silence_s=15 * _MINUTE,
        safe_weight=0.0,
        rollback_window_s=7 * _DAY,
    ),
    # A working day and a night: peak and trough once each, at three weights.
    "standard": Template(
        about="What most routes need: four steps within a day.",
        steps=(Step(5, _HOUR), Step(25, 4 * _HOUR), Step(50, 7 * _HOUR), Step(100, 12 * _HOUR)),
        silence_s=15 * _MINUTE,
        safe_weight=0.0,
        rollback_window_s=2 * _DAY,
    ),
    # The first step finds what is plainly broken and goes on undecided, so that the second, with five times the
    # requests, shows the rest: nothing but evidence leads to 100 %. So short a rollout is watched for silence more closely.
    "fast": Template(
        about="Reads, reports, what can be done again: three steps within an hour or so.",
        steps=(
            Step(10, 15 * _MINUTE, undecided=Undecided.GO_ON),
            Step(50, 15 * _MINUTE),
            Step(100, 30 * _MINUTE),
        ),
        silence_s=5 * _MINUTE,
        safe_weight=0.0,
        rollback_window_s=4 * _HOUR,
    ),
}
