"""What can be decided about a rollout, as closed variants.

In: nothing. Out: `Decision` and the actions it may carry. Choosing one is `decide`'s, recording it is
`transitions`', carrying it out the controller's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from migrator.domain.gates import GateResult
from migrator.domain.rollouts import Phase


@dataclass(frozen=True, slots=True)
class Nothing:
    """Leave everything as it is."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Keep the weight and do not go on until the reason is gone."""


@dataclass(frozen=True, slots=True)
class Resume:
    """The reason to hold is gone: go on with the same step and weight."""


@dataclass(frozen=True, slots=True)
class Shift:
    """Begin a step.

    Attributes:
        weight: percent to the canary.
        step: index into the plan's steps.
    """

    weight: float
    step: int


@dataclass(frozen=True, slots=True)
class Reassert:
    """The plane does not have the recorded weight (not yet, or no more): make it live again.

    Attributes:
        weight: percent to the canary.
    """

    weight: float


@dataclass(frozen=True, slots=True)
class Await:
    """The next step needs a person's word."""


@dataclass(frozen=True, slots=True)
class Retreat:
    """Nothing is known of the canary any more: go back to a weight at which that can be borne.

    Attributes:
        weight: percent to the canary, above 0.
        step: index into the plan's steps.
    """

    weight: float
    step: int


@dataclass(frozen=True, slots=True)
class Rebase:
    """The clock went back behind the moment at which the weight became live: count the step's time from now."""


@dataclass(frozen=True, slots=True)
class RollBack:
    """Everything back to legacy."""


@dataclass(frozen=True, slots=True)
class Promote:
    """Every step has held up: all calls to the canary, for good."""


@dataclass(frozen=True, slots=True)
class Settle:
    """The plane was seen to have what `promoting` or `rolling-back` wants.

    Attributes:
        phase: `promoted` or `rolled-back`.
    """

    phase: Phase


@dataclass(frozen=True, slots=True)
class Inquire:
    """A weight is to be proposed once it is known how the pull requests of the route stand."""


@dataclass(frozen=True, slots=True)
class Propose:
    """Ask people for a weight, by a pull request: they begin the step by merging it.

    Attributes:
        weight: percent to the canary.
        step: index into the plan's steps.
    """

    weight: float
    step: int


@dataclass(frozen=True, slots=True)
class Arrive:
    """What people were asked for is live: the step begins.

    Attributes:
        weight: percent to the canary, as the plane has it.
        step: as it was proposed.
    """

    weight: float
    step: int


@dataclass(frozen=True, slots=True)
class Pause:
    """Go on once a person says so."""


Action: TypeAlias = (
    Nothing
    | Hold
    | Resume
    | Await
    | Shift
    | Retreat
    | Reassert
    | Rebase
    | RollBack
    | Promote
    | Settle
    | Inquire
    | Propose
    | Arrive
    | Pause
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, why, and what the gates said.

    Attributes:
        reason: in words for the operator; equal for as long as the situation is, so that a history can tell a
            change from a repetition. Figures stand in the gates' evidence.
        due: why a rollback is due that cannot be done yet, or an empty string.
    """

    action: Action
    reason: str
    gates: tuple[GateResult, ...] = ()
    due: str = ""


def action_text(action: Action) -> str:
    """An action in a word, with its weight: `shift 25 % (step 2)`."""
    match action:
        case Shift() | Retreat() | Propose() | Arrive():
            weight, step = action.weight, action.step
            return f"{type(action).__name__.lower()} {weight:g} % (step {step + 1})"
        case Reassert(weight=weight):
            return f"reassert {weight:g} %"
        case Settle(phase=phase):
            return f"settle {phase}"
        case _:
            return _WORDS[type(action)]


_WORDS: dict[type, str] = {
    Nothing: "nothing",
    Hold: "hold",
    Resume: "resume",
    Await: "await approval",
    Rebase: "rebase",
    RollBack: "roll back",
    Promote: "promote",
    Inquire: "inquire",
    Pause: "pause",
}


def weight_to_carry_out(action: Action) -> float | None:
    """The weight that an action makes live, in percent to the canary, or None where the plane is left alone."""
    match action:
        case Shift() | Retreat() | Reassert() | Arrive():
            return action.weight
        case RollBack():
            return 0.0
        case Promote():
            return 100.0
        case Nothing() | Hold() | Resume() | Await() | Rebase() | Settle():
            return None
        case Inquire() | Propose() | Pause():
            return None
