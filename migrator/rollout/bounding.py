"""How much weight a file may give to a route whose rollout is recorded: pure.

In: a record, and the weight of a file. Out: the weight that may be made live by it, and the fence to do it by. So a pipeline
that applies a file gives what people have agreed to, and does not give again what a rollback has taken away, although the
file still says it.
"""

from __future__ import annotations

from migrator.domain.rollouts import Phase, RolloutState
from migrator.rollout.ports import Fence
from migrator.rollout.proposing import proposal_of

_NOTHING_GIVEN = frozenset({Phase.PENDING, Phase.ROLLING_BACK, Phase.ROLLED_BACK})


def bounded(state: RolloutState, weight: float) -> float:
    """The weight of a file as far as the rollout lets it be given, in percent to the canary.

    Bound is a route whose rollout has given nothing yet, or was rolled back, and one whose weight people raise: to what was
    asked for, exactly, and else to what is recorded.
    """
    if state.phase is Phase.RETIRED or (state.proposing is None and state.phase not in _NOTHING_GIVEN):
        return weight
    proposal = proposal_of(state)
    if proposal is not None and not proposal.declined and weight == proposal.weight:
        return weight
    return min(weight, state.weight)


def fence_of(state: RolloutState) -> Fence:
    """The fence of the record that was looked at: what was decided since is not undone by it."""
    return Fence(state.started, state.version)
