"""Looks at a rollout again and again until it has ended or somebody wants to stop.

In: a controller, how often to look, and a way to stop. Out: the last tick. What a tick does is the controller's.
"""

from __future__ import annotations

from threading import Event

from migrator.domain.rollouts import Phase
from migrator.errors import RemoteError
from migrator.rollout.controller import Controller
from migrator.rollout.ticks import Tick

ENDED = frozenset({Phase.PROMOTED, Phase.ROLLED_BACK, Phase.RETIRED})
"""The phases in which a rollout stays until a person starts the next one or goes back."""

FAILURES_BORNE = 20
"""How often in a row the record may be out of reach before that is reported as an error."""

LONGEST_PAUSE_S = 30.0
"""How long at most is waited between two ticks while something does not answer."""

LONGEST_PAUSE_ROLLING_BACK_S = 2.0
"""The same while traffic still has to be taken off the canary."""


def run(controller: Controller, route: str, *, every_s: float = 1.0, stop: Event | None = None) -> Tick:
    """Tick until the rollout has ended.

    Args:
        every_s: seconds between two ticks; while something does not answer, the pause doubles up to a limit.
        stop: set it to end after the tick under way; the rollout stays as it is and can be taken up again.

    Returns:
        The last tick; `tick.state.phase` is in `ENDED` unless `stop` was set.

    Raises:
        UsageError: nothing is recorded of this route.
        RemoteError: the record stays out of reach.
    """
    failures = 0
    while True:
        try:
            tick = controller.tick(route)
        except RemoteError as error:
            # The record is out of reach for now (somebody else writes): what is live stays live meanwhile.
            failures += 1
            if not error.retryable or failures > FAILURES_BORNE or (stop is not None and stop.is_set()):
                raise
            controller.clock.sleep(pause_after(failures, every_s, Phase.ROLLING_BACK))
            continue
        if tick.state.phase in ENDED and not tick.trouble:
            return tick
        failures = failures + 1 if tick.trouble else 0
        if stop is not None and stop.is_set():
            return tick
        controller.clock.sleep(pause_after(failures, every_s, tick.state.phase))
        if stop is not None and stop.is_set():
            return tick


def pause_after(failures: int, every_s: float, phase: Phase) -> float:
    """Seconds to the next tick after so many failures in a row."""
    longest = LONGEST_PAUSE_ROLLING_BACK_S if phase is Phase.ROLLING_BACK else LONGEST_PAUSE_S
    return min(every_s * 2.0 ** min(failures, 16), max(longest, every_s))
