"""Alarms of a service: what is watched, and when somebody has to look.

In: the folders that its template is put together from, its plan. Out: `Alarm` and `Quantile` values; the rate of errors,
which is computed of two metrics, stands in the template itself. Sources, read 2026-11: "Types of metrics for Lambda
functions" (Lambda), "Available CloudWatch metrics for Amazon SQS", "Configuring how CloudWatch alarms treat missing data".
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from migrator.artifacts.quoting import quoted

_FUNCTION = ("FunctionName", "!Ref Function")
_ALIAS = (_FUNCTION, ("Resource", '!Sub "${Function}:live"'))
_QUIET = "Without events there is nothing to tell."


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm over one metric.

    Attributes:
        id: of the resource.
        dimensions: name to YAML source of its value.
        statistic: as CloudWatch names it, such as `Sum` or `p95`.
        period_s: length of a datapoint in seconds.
        periods: datapoints that are looked at.
        datapoints: how many of them have to be above the threshold.
        threshold: YAML source of a number, in the unit of the metric.
        missing: what a period without datapoints counts as.
        missing_because: why.
    """

    id: str
    description: str
    metric: str
    statistic: str
    threshold: str
    dimensions: tuple[tuple[str, str], ...] = _ALIAS
    namespace: str = "AWS/Lambda"
    period_s: int = 60
    periods: int = 3
    datapoints: int = 2
    missing: str = "notBreaching"
    missing_because: str = _QUIET

    @property
    def statistic_key(self) -> str:
        """The property that takes the statistic."""
        return "ExtendedStatistic" if self.statistic.startswith("p") else "Statistic"


@dataclass(frozen=True, slots=True)
class Quantile:
    """A quantile of the duration that is held against legacy's.

    Attributes:
        name: such as `p95`.
        parameter: of the template, in milliseconds.
        default_ms: of the parameter: where nobody says what legacy takes, close to the time-out.
    """

    name: str
    parameter: str
    default_ms: int
    description: str


def quantiles(timeout_s: int) -> tuple[Quantile, ...]:
    """What is held against legacy's figures.

    Args:
        timeout_s: of the function.
    """
    default_ms = timeout_s * 800
    return tuple(
        Quantile(
            name,
            f"{name.upper()}Ms",
            default_ms,
            f"Alarm where {number} of 100 take longer, in ms: what legacy takes ({name}), and what you allow on top. "
            "The default is four fifths of the time-out.",
        )
        for name, number in (("p95", 95), ("p99", 99))
    )


# By folder of the template: what has to be watched where the service has it.
_BY_PART: tuple[tuple[str, Alarm], ...] = (
    (
        "dead_letters",
        Alarm(
            "DeadLettersAlarm",
            "Something was given up and waits in the dead letters: read it, mend the cause, send it again.",
            "ApproximateNumberOfMessagesVisible",
            "Maximum",
            "0",
            (("QueueName", "!GetAtt DeadLetters.QueueName"),),
            "AWS/SQS",
            300,
            1,
            1,
            "ignore",
            "A queue that nobody asks for six hours is told of no more, full or empty: the alarm stays as it is.",
        ),
    ),
    (
        "direct",
        Alarm(
            "LostEventsAlarm",
            "An event was given up and could not be left in the dead letters either: it is lost.",
            "DestinationDeliveryFailures",
            "Sum",
            "0",
            (_FUNCTION,),
            periods=1,
            datapoints=1,
        ),
    ),
    *(
        (
            part,
            Alarm(
                "IteratorAgeAlarm",
                "Records wait ten minutes and more: a record fails again and again, or the function is too slow. "
                "A stream forgets what is older than a day, where nobody has told it otherwise.",
                "IteratorAge",
                "Maximum",
                "600000",
                (_FUNCTION,),
            ),
        )
        for part in ("record_stream", "table_stream")
    ),
    *(
        (
            front,
            Alarm(
                "ServerErrorsAlarm",
                "More than one answer of a hundred is a 5xx: also those that the function gives by itself, without failing.",
                metric,
                "Average",
                "0.01",
                dimensions,
                "AWS/ApiGateway",
            ),
        )
        for front, metric, dimensions in (
            ("http_api", '"5xx"', (("ApiId", "!Ref Api"),)),
            # A REST API is told of by its name, which is the stack's.
            ("rest_api", "5XXError", (("ApiName", "!Ref AWS::StackName"), ("Stage", "!Ref Stage"))),
        )
    ),
    (
        "topic_log",
        Alarm(
            "OffsetLagAlarm",
            "More than ten thousand records of a partition wait: the function is too slow, or fails.",
            "OffsetLag",
            "Maximum",
            "10000",
            (_FUNCTION,),
            period_s=300,
        ),
    ),
)


def alarms(parts: Collection[str], *, service: str, namespace: str, visibility_s: int) -> tuple[Alarm, ...]:
    """The alarms of a service, beside the one for the rate of errors.

    Args:
        parts: folders of its template.
        service: its name, as its own metrics have it.
        namespace: of its own metrics.
        visibility_s: of its queue; 0 where it has none.
    """
    own = [(name, alarm) for name, alarm in _BY_PART if name in parts]
    waiting = (_waiting(visibility_s),) if "queue" in parts else ()
    # One invocation takes many messages, and legacy's figure is of one task: the handler measures each.
    by_task = "queue" in parts
    return (
        *(_slow(name, by_task=by_task, service=service, namespace=namespace) for name in ("p95", "p99")),
        Alarm(
            "ThrottlesAlarm",
            "Invocations are turned away: the function, or the account, has no free environment.",
            "Throttles",
            "Sum",
            "0",
        ),
        Alarm(
            "ConcurrencyAlarm",
            "Nearly all environments that the account has run at once: what comes next is turned away.",
            "ConcurrentExecutions",
            "Maximum",
            "!Ref ConcurrencyLimit",
            (_FUNCTION,),
        ),
        *(alarm for _, alarm in own),
        *waiting,
    )


def _slow(name: str, *, by_task: bool, service: str, namespace: str) -> Alarm:
    upper = name.upper()
    measured = "A run of the task" if by_task else "An invocation"
    return Alarm(
        f"{upper}Alarm",
        f"{measured} is slower than it was in legacy ({name}); starts of environments are not in this figure.",
        "ProcessingTime" if by_task else "Duration",
        name,
        f"!Ref {upper}Ms",
        (("service", quoted(service)),) if by_task else _ALIAS,
        quoted(namespace) if by_task else "AWS/Lambda",
        # Three bad minutes of five: within the five minutes of a shift from version to version.
        periods=5,
        datapoints=3,
    )


def _waiting(visibility_s: int) -> Alarm:
    return Alarm(
        "WaitingAlarm",
        "Messages wait longer than a delivery takes: the mapping is disabled, throttled, or there are too many.",
        "ApproximateAgeOfOldestMessage",
        "Maximum",
        str(visibility_s),
        (("QueueName", "!GetAtt Queue.QueueName"),),
        "AWS/SQS",
        300,
    )
