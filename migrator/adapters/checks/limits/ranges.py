"""Numbers that must lie within a range."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from migrator.adapters.checks.limits.subject import FUNCTION, Subject
from migrator.cloud_facts.facts import fact
from migrator.domain.checks import CheckFinding

_MAPPING, _QUEUE = "AWS::Lambda::EventSourceMapping", "AWS::SQS::Queue"
_CONFIG = "AWS::Lambda::EventInvokeConfig"
# Type, path of the property, the fact that has its range.
_RANGES: Final = (
    (FUNCTION, ("MemorySize",), "lambda.memory_mb"),
    (FUNCTION, ("Timeout",), "lambda.timeout_s"),
    (FUNCTION, ("EphemeralStorage", "Size"), "lambda.tmp_mb"),
    (_MAPPING, ("BatchSize",), "lambda.batch_records"),
    (_MAPPING, ("MaximumBatchingWindowInSeconds",), "lambda.batch_window_s"),
    (_MAPPING, ("ScalingConfig", "MaximumConcurrency"), "lambda.queue_concurrency"),
    (_MAPPING, ("MaximumRetryAttempts",), "lambda.stream_retries"),
    (_MAPPING, ("MaximumRecordAgeInSeconds",), "lambda.stream_age_s"),
    (_MAPPING, ("ParallelizationFactor",), "lambda.parallelization"),
    (_CONFIG, ("MaximumRetryAttempts",), "lambda.async_retries"),
    (_CONFIG, ("MaximumEventAgeInSeconds",), "lambda.async_age_s"),
    (_QUEUE, ("VisibilityTimeout",), "sqs.visibility_s"),
    (_QUEUE, ("MessageRetentionPeriod",), "sqs.retention_s"),
    (_QUEUE, ("DelaySeconds",), "sqs.delay_s"),
)


def findings(subject: Subject) -> Iterator[CheckFinding]:
    """Numbers out of their range."""
    for kind, path, name in _RANGES:
        known = fact(name)
        for logical, properties in subject.of_type(kind):
            node: Any = properties
            for step in path:
                node = node.get(step) if isinstance(node, dict) else None
            value = subject.resolver.number(node) if node is not None else None
            if value is None or (known.least or 0) <= value <= (known.most or 0):
                continue
            yield CheckFinding(
                f"{logical}: {'.'.join(path)} is {value:g}; AWS takes {known.least or 0} to {known.most}",
                subject.place(logical, *path),
                known.source,
                rule=name,
            )
