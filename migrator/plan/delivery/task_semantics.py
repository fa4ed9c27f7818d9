"""What the options of task libraries mean behind a queue, one row an option.

In: the options of a task and the settings of its library, as literals. Out: a `QueuePolicy`, what was kept (one line
each), and what has no equal. Defaults are those of the libraries' documentation: Celery 5.5 ("Tasks", "Configuration
and defaults"), Dramatiq 1.17 ("User Guide"), Huey 2.5 ("Huey's API"), RQ 2 ("Jobs", "Retries"). Limits of the queue
are Amazon SQS's and Lambda's (see `migrator.artifacts.queues`, where they become settings).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from migrator.cloud_facts.facts import least, most
from migrator.domain.json import JsonValue
from migrator.plan.delivery.deliveries import QueuePolicy

# A message stays invisible for 12 hours at most, so no retry waits longer.
LONGEST_DELAY_S = most("sqs.visibility_s")
LONGEST_RUN_S = most("lambda.timeout_s")
# Of `MaximumConcurrency` of an event source mapping from SQS.
LEAST_AT_ONCE, MOST_AT_ONCE = least("lambda.queue_concurrency"), most("lambda.queue_concurrency")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an option becomes.

    Attributes:
        becomes: what does the same from now on, or an empty string.
        lost: what has no equal, or an empty string.
        refused: why a task with this option cannot move yet, or an empty string.
    """

    policy: QueuePolicy
    becomes: str = ""
    lost: str = ""
    refused: str = ""


Rule: TypeAlias = Callable[[QueuePolicy, JsonValue], Meaning]


@dataclass(frozen=True, slots=True)
class TaskLibrary:
    """A library's conventions.

    Attributes:
        name: as the analyzer names it.
        start: the policy of a task without options.
        rules: option to what it means.
        silent: options that say nothing of how a task runs.
        untold: options without whose value a task is refused, each with the reason.
        errors: option that names the exceptions after which a task runs again, or an empty string for all.
        spared: option that names those after which it does not.
    """

    name: str
    start: QueuePolicy
    rules: Mapping[str, Rule]
    silent: frozenset[str] = frozenset()
    untold: Mapping[str, str] = field(default_factory=dict)
    errors: str = ""
    spared: str = ""
    everything: bool = field(default=False)


def _number(value: JsonValue) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _plural(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _limited(policy: QueuePolicy, seconds: float) -> Meaning:
    limit = min(policy.time_limit_s or seconds, seconds)
    if limit > LONGEST_RUN_S:
        return Meaning(policy, refused=f"it may run {limit:g} s; a Lambda function ends after {LONGEST_RUN_S} s")
    return Meaning(
        replace(policy, time_limit_s=limit),
        f"the function's time-out: {limit:g} s, one message at a time; the message comes again, as after a crash",
    )


def _runs(policy: QueuePolicy, retries: float | None) -> Meaning:
    changed = replace(policy, retries=replace(policy.retries, most=None if retries is None else int(retries)))
    if retries is None:
        return Meaning(
            changed,
            "redrive to the dead-letter queue after 1000 receives, the most that a queue counts",
            lost="runs again without end; a queue gives up after 1000 receives",
        )
    return Meaning(changed, f"given up and moved to the dead-letter queue after {_plural(int(retries) + 1, 'run')}")


def _delayed(policy: QueuePolicy, seconds: float) -> Meaning:
    kept = min(seconds, LONGEST_DELAY_S)
    return Meaning(
        replace(policy, retries=replace(policy.retries, delay_s=kept)),
        f"visibility time-out of the failed message: {kept:g} s",
        lost="" if kept == seconds else f"waits {seconds:g} s; a message is hidden for {LONGEST_DELAY_S} s at most",
    )


# -- Celery


def _max_retries(policy: QueuePolicy, value: JsonValue) -> Meaning:
    return _runs(policy, None if value is None else _number(value) or 0)


def _backoff(policy: QueuePolicy, value: JsonValue) -> Meaning:
    factor = 1.0 if value is True else _number(value) or 0.0
    if not factor:
        return Meaning(policy)
    retries = replace(
        policy.retries, delay_s=factor, doubled=True, longest_s=min(policy.retries.longest_s, LONGEST_DELAY_S)
    )
    return Meaning(
        replace(policy, retries=retries),
        f"visibility time-out of the failed message: {factor:g} s, twice as long after each run",
    )


def _backoff_most(policy: QueuePolicy, value: JsonValue) -> Meaning:
    longest = min(_number(value) or 600.0, LONGEST_DELAY_S)
    return Meaning(
        replace(policy, retries=replace(policy.retries, longest_s=longest)),
        f"no visibility time-out above {longest:g} s",
    )


def _jitter(policy: QueuePolicy, value: JsonValue) -> Meaning:
    return Meaning(
        replace(policy, retries=replace(policy.retries, jitter=bool(value))),
        "the visibility time-out is drawn between 0 and the delay" if value else "the visibility time-out is the delay",
    )


def _retry_kwargs(policy: QueuePolicy, value: JsonValue) -> Meaning:
    given = value if isinstance(value, Mapping) else {}
    lines: list[str] = []
    lost = [f"{name} of retry_kwargs" for name in given if name not in ("max_retries", "countdown")]
    for name, rule in (("max_retries", _max_retries), ("countdown", _default_delay)):
        if name in given:
            meaning = rule(policy, given[name])
            policy, lines = meaning.policy, [*lines, f"{name}: {meaning.becomes}"]
    return Meaning(policy, "; ".join(lines), lost=", ".join(lost))


def _default_delay(policy: QueuePolicy, value: JsonValue) -> Meaning:
    return _delayed(policy, _number(value) or 0.0)


def _acks_late(policy: QueuePolicy, value: JsonValue) -> Meaning:
    if value:
        return Meaning(policy, "the message is deleted after its run: the same, at least once")
    return Meaning(
        policy,
        lost="Celery takes the message off the queue before the run, at most once; SQS delivers at least once, "
        "so a run that was cut off is repeated (one that ended is not, by its id)",
    )


def _time_limit(policy: QueuePolicy, value: JsonValue) -> Meaning:
    seconds = _number(value)
    return Meaning(policy) if seconds is None else _limited(policy, seconds)


def _soft_time_limit(policy: QueuePolicy, value: JsonValue) -> Meaning:
    seconds = _number(value)
    if seconds is None:
        return Meaning(policy)
    meaning = _limited(policy, seconds) if policy.time_limit_s is None else Meaning(policy)
    return replace(
        meaning, lost="SoftTimeLimitExceeded is not raised in the run; the function's time-out ends it without a word"
    )


def _rate_limit(policy: QueuePolicy, value: JsonValue) -> Meaning:
    if value is None or value == 0:
        return Meaning(policy)
    text = str(value)
    count, _, unit = text.partition("/")
    try:
        per_second = float(count) / {"": 1, "s": 1, "m": 60, "h": 3_600}[unit]
    except (KeyError, ValueError):
        return Meaning(policy, lost="a rate that is not understood")
    # By Little's law as many runs at once as there are a second, for runs of a second each.
    at_once = max(LEAST_AT_ONCE, min(MOST_AT_ONCE, round(per_second)))
    return Meaning(
        replace(policy, at_once=at_once),
        f"at most {at_once} runs at once (MaximumConcurrency)",
        lost=f"{text} bounds how many runs a worker begins; a queue bounds only how many go on at once, "
        "which is the same rate for runs of a second",
    )


def _ignore_result(policy: QueuePolicy, value: JsonValue) -> Meaning:
    if value:
        return Meaning(policy, "nothing: a function behind a queue keeps no results either")
    return Meaning(policy)


def _own_queue(policy: QueuePolicy, value: JsonValue) -> Meaning:
    return Meaning(policy, "a queue of the service's own")


def _priority(policy: QueuePolicy, value: JsonValue) -> Meaning:
    return Meaning(policy) if value is None else Meaning(policy, lost="SQS has no priorities")


def _expires(policy: QueuePolicy, value: JsonValue) -> Meaning:
    seconds = _number(value)
    if seconds is None:
        return Meaning(policy, lost="a message is not refused for its age")
    return Meaning(replace(policy, expires_s=seconds), f"a message older than {seconds:g} s is deleted without a run")


def _serializer(policy: QueuePolicy, value: JsonValue) -> Meaning:
    if value in ("json", None):
        return Meaning(policy, "the body of the message is JSON")
    return Meaning(policy, refused=f"its arguments travel as {value}, and the message's body is JSON")


def _base(policy: QueuePolicy, value: JsonValue) -> Meaning:
    return Meaning(policy) if value is None else Meaning(policy, refused="what its task class does would not travel")


def _bind(policy: QueuePolicy, value: JsonValue) -> Meaning:
    if not value:
        return Meaning(policy)
    return Meaning(
        replace(policy, bound=True, retries=replace(policy.retries, by_hand=True)),
        "the handler hands over a task with request.id, request.retries and retry()",
    )


def _pydantic(policy: QueuePolicy, value: JsonValue) -> Meaning:
    return Meaning(policy) if not value else Meaning(policy, refused="Celery makes models of its arguments")


def _rejected(policy: QueuePolicy, value: JsonValue) -> Meaning:
    return Meaning(policy, "the message comes again when the function dies") if value else Meaning(policy)


def _throws(policy: QueuePolicy, value: JsonValue) -> Meaning:
    return Meaning(policy, lost="expected exceptions are logged as errors, as all others")


_CELERY: Mapping[str, Rule] = {
    "bind": _bind,
    "base": _base,
    "pydantic": _pydantic,
    "serializer": _serializer,
    "max_retries": _max_retries,
    "default_retry_delay": _default_delay,
    "retry_kwargs": _retry_kwargs,
    "retry_backoff": _backoff,
    "retry_backoff_max": _backoff_most,
    "retry_jitter": _jitter,
    "acks_late": _acks_late,
    "reject_on_worker_lost": _rejected,
    "time_limit": _time_limit,
    "soft_time_limit": _soft_time_limit,
    "rate_limit": _rate_limit,
    "ignore_result": _ignore_result,
    "queue": _own_queue,
    "routing_key": _own_queue,
    "exchange": _own_queue,
    "priority": _priority,
    "expires": _expires,
    "throws": _throws,
}

# -- Dramatiq: milliseconds


def _actor_backoff(policy: QueuePolicy, value: JsonValue) -> Meaning:
    return _backoff(policy, (_number(value) or 0) / 1000)


def _actor_backoff_most(policy: QueuePolicy, value: JsonValue) -> Meaning:
    return _backoff_most(policy, (_number(value) or 0) / 1000)


def _actor_limit(policy: QueuePolicy, value: JsonValue) -> Meaning:
    # The library's own 10 minutes are no limit that somebody chose.
    return _time_limit(replace(policy, time_limit_s=None), (_number(value) or 0) / 1000)


def _actor_age(policy: QueuePolicy, value: JsonValue) -> Meaning:
    return Meaning(policy) if value is None else _expires(policy, (_number(value) or 0) / 1000)


_DRAMATIQ: Mapping[str, Rule] = {
    "max_retries": _max_retries,
    "min_backoff": _actor_backoff,
    "max_backoff": _actor_backoff_most,
    "time_limit": _actor_limit,
    "max_age": _actor_age,
    "queue_name": _own_queue,
    "priority": _priority,
}

# -- Huey


def _context(policy: QueuePolicy, value: JsonValue) -> Meaning:
    return Meaning(policy) if not value else Meaning(policy, refused="Huey hands it the task object")


_HUEY: Mapping[str, Rule] = {
    "retries": _max_retries,
    "retry_delay": _default_delay,
    "priority": _priority,
    "context": _context,
    "expires": _expires,
}

# -- RQ


def _timeout(policy: QueuePolicy, value: JsonValue) -> Meaning:
    seconds = _number(value)
    if isinstance(value, str):
        units = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
        number, unit = value[:-1], value[-1:].lower()
        if value.isdigit():
            seconds = float(value)
        elif number.isdigit() and unit in units:
            seconds = float(number) * units[unit]
    if seconds is None:
        return Meaning(policy, lost="a time-out that is not understood")
    if seconds < 0:
        return Meaning(policy, lost=f"no time-out at all; a Lambda function ends after {LONGEST_RUN_S} s")
    return _limited(policy, seconds)


def _dependent(policy: QueuePolicy, value: JsonValue) -> Meaning:
    return Meaning(policy, lost="waits for another job; a queue does not")


_RQ: Mapping[str, Rule] = {
    "timeout": _timeout,
    "job_timeout": _timeout,
    "queue": _own_queue,
    "depends_on": _dependent,
    "at_front": _priority,
}


LIBRARIES: Mapping[str, TaskLibrary] = {
    library.name: library
    for library in (
        TaskLibrary(
            "celery",
            QueuePolicy(""),
            _CELERY,
            silent=frozenset(
                ["name", "shared", "lazy", "typing", "trail", "send_events", "track_started", "store_errors_even_if_ignored", "autoretry_for", "dont_autoretry_for", "result_serializer", "store_eager_result", "run_every"]
            ),
            untold={
                "base": "what its task class does around each run would not travel",
                **dict.fromkeys(("bind", "pydantic", "serializer"), "its value is only known when the program runs"),
            },
            errors="autoretry_for",
            spared="dont_autoretry_for",
        ),
        TaskLibrary(
            "dramatiq", QueuePolicy(""), _DRAMATIQ, silent=frozenset({"actor_name", "store_results", "throws"}),
            spared="throws", everything=True,
        ),
        TaskLibrary("huey", QueuePolicy(""), _HUEY, silent=frozenset({"name"}), everything=True),
        TaskLibrary(
            "rq",
            QueuePolicy(""),
            _RQ,
            silent=frozenset(["connection", "result_ttl", "failure_ttl", "ttl", "description", "job_id", "meta", "args", "kwargs"]),
            everything=True,
        ),
    )
}  # fmt: skip

# What a library does where the task does not say: read as if the task said it, in this order, by name of the option.
DEFAULTS: Mapping[str, Mapping[str, JsonValue]] = {
    "dramatiq": {"max_retries": 20, "min_backoff": 15_000, "max_backoff": 604_800_000},
    "huey": {"retries": 0, "retry_delay": 0},
    "rq": {},
    "celery": {},
}
# Celery's defaults for a task that runs again at all.
RETRIED_DEFAULTS: Mapping[str, JsonValue] = {"max_retries": 3, "default_retry_delay": 180}
BACKOFF_DEFAULTS: Mapping[str, JsonValue] = {"retry_backoff_max": 600, "retry_jitter": True}
# Settings of Celery that stand for an option that the task does not give.
SETTING_OPTIONS: Mapping[str, str] = {
    "task_acks_late": "acks_late",
    "task_ignore_result": "ignore_result",
    "task_reject_on_worker_lost": "reject_on_worker_lost",
    "task_time_limit": "time_limit",
    "task_soft_time_limit": "soft_time_limit",
    "task_default_rate_limit": "rate_limit",
    "task_serializer": "serializer",
}
