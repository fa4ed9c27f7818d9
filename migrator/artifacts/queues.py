"""The numbers of a queue and of what takes from it.

In: a `QueuePolicy` and the time-out of the function. Out: `QueueSettings`. Sources: "Using Lambda with Amazon SQS"
(visibility time-out of six times the function's and the batching window on top, at least five receives where the
function may be throttled) and the quotas of Amazon SQS, both read 2026-11.
"""

from __future__ import annotations

from dataclasses import dataclass

from migrator.cloud_facts import facts
from migrator.plan.delivery.deliveries import QueuePolicy

_VISIBILITY_FACTOR = int(facts.number("sqs.visibility_factor"))
_LONGEST_VISIBILITY_S = facts.most("sqs.visibility_s")
# A message that was handed out and not run (throttled, no time left) counts as received all the same.
_LEAST_RECEIVES = int(facts.number("sqs.least_receives"))
_MOST_RECEIVES = 1_000
_BATCH = 10
# Of a message alone in the queue: a second is nothing to a task, and ten of them make one invocation.
_WINDOW_S = 1


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """What the template says of a queue.

    Attributes:
        visibility_s: seconds that a message is hidden after its delivery.
        visibility_because: why it is that number.
        receives: deliveries after which SQS itself moves a message to the dead letters.
        receives_because: why it is that number.
        batch: messages that one invocation takes at most.
        window_s: seconds that a message may wait for others to make a batch.
        window_because: why it is that number.
        at_once: invocations at one time, 2 to 1000, or 0 for no limit.
    """

    visibility_s: int
    visibility_because: str
    receives: int
    receives_because: str
    batch: int
    window_s: int
    window_because: str
    at_once: int


def queue_settings(policy: QueuePolicy, timeout_s: int) -> QueueSettings:
    """The settings for a policy.

    Args:
        timeout_s: of the function.
    """
    most = policy.retries.most
    runs = _MOST_RECEIVES if most is None else most + 1
    receives = max(_LEAST_RECEIVES, min(runs, _MOST_RECEIVES))
    if receives == runs:
        because = f"{most} retries: the handler gives up after run {runs}, and the queue where the handler cannot."
    elif most is None:
        because = "Retries without end: as many as a queue counts."
    else:
        given_up = "its first run" if runs == 1 else f"run {runs}"
        because = f"The handler gives up after {given_up}; deliveries that end before a run count here too."
    # Where a run has a time limit of its own, the function's time-out is that limit: one run an invocation.
    alone = policy.time_limit_s is not None
    window_s = 0 if alone else _WINDOW_S
    advised = timeout_s * _VISIBILITY_FACTOR + window_s
    return QueueSettings(
        visibility_s=min(advised, _LONGEST_VISIBILITY_S),
        visibility_because=(
            "Six times the function's time-out and the window of a batch: what is worked on is not delivered again."
            if advised <= _LONGEST_VISIBILITY_S
            else "Twelve hours, the most there is; AWS advises six times the function's time-out."
        ),
        receives=receives,
        receives_because=because,
        batch=1 if alone else _BATCH,
        window_s=window_s,
        window_because=(
            "A run has a time limit of its own: one run an invocation, at once."
            if alone
            else "A message alone waits a second for others."
        ),
        at_once=policy.at_once,
    )
