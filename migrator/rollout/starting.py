"""The first weight of a rollout that a person has just started.

In: a controller and a route of which a start is recorded. Out: the last look, and what became of the first weight.
"""

from __future__ import annotations

from migrator.domain.rollouts import Phase
from migrator.rollout.controller import Controller
from migrator.rollout.decisions import Nothing
from migrator.rollout.ticks import Tick

_MOST_LOOKS = 4


def first_weight(controller: Controller, route: str) -> Tick:
    """Look until the first weight is live or a gate refuses it, or somebody else is seen to drive it.

    The first look may have to take a stray weight away. Where something did not work, one more says whether it lasts: a
    service that drives rollouts may have been faster, between what was made live and the record of it.

    Raises:
        InputError, RemoteError: the record cannot be read or written.
    """
    tick = controller.tick(route)
    for _ in range(_MOST_LOOKS - 1):
        refused = tick.decision is not None and tick.decision.action == Nothing()
        if not tick.trouble and (tick.state.phase is not Phase.PENDING or refused):
            break
        tick = controller.tick(route)
    return tick
