"""The dashboard of a service: both sides of its migration on one page of CloudWatch.

In: the service's name, its alarms, the folders of its template, how legacy is measured. Out: `Dashboard`: texts for the
template, in which `${...}` stands for what only the stack knows. The form is that of "Dashboard body structure and
syntax" (CloudWatch API Reference, read 2026-11): a grid of 24 columns.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from migrator.domain.json import JsonValue

_COLUMNS = 24
_WIDE, _HIGH = 8, 6
_REGION = "${AWS::Region}"
_SEAM = "Migrator/Seam"
_BODY_INDENT, _KNOWN_INDENT = 10, 16


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Texts for the template, each indented for its place.

    Attributes:
        balanced: whether legacy's figures are those of a load balancer, which somebody has to name.
        body: JSON; with `${Legacy}` where `balanced`.
        known: the widget in place of it where legacy's target group is named.
        unknown: the widget that says where legacy's figures are.
    """

    balanced: bool
    body: str
    known: str = ""
    unknown: str = ""


def make_dashboard(
    service: str, parts: Collection[str], alarms: Sequence[str], *, namespace: str, seam: str
) -> Dashboard:
    """Build it.

    Args:
        parts: folders of the template.
        alarms: ids of all alarms.
        namespace: of the service's own metrics.
        seam: how legacy code reaches the router: `http`, `task`, `schedule` or `none`.
    """
    legacy: Sequence[Mapping[str, JsonValue]]
    if balanced := seam == "http":
        legacy = ()
    elif seam in ("task", "schedule"):
        legacy = _by_seam(service)
    else:
        legacy = (_text("**Legacy**: nothing measures it in CloudWatch; see the logs and metrics of the monolith."),)
    lambda_side = [
        _alarm_widget(alarms),
        _metrics(
            "Lambda: invocations and errors",
            [_aws("Invocations", "Sum"), _aws("Errors", "Sum"), _aws("Throttles", "Sum")],
        ),
        _metrics(
            "Lambda: duration without starts (ms)", [_aws("Duration", quantile) for quantile in ("p50", "p95", "p99")]
        ),
        _metrics(
            "Lambda: environments at once, and starts",
            [
                ["AWS/Lambda", "ConcurrentExecutions", "FunctionName", "${Function}", {"stat": "Maximum"}],
                [namespace, "ColdStart", "function_name", "${Function}", "service", service, {"stat": "Sum"}],
            ],
        ),
        _metrics(
            "Handler: processing time of one event (ms)",
            [
                [namespace, "ProcessingTime", "service", service, {"stat": quantile}]
                for quantile in ("p50", "p95", "p99")
            ],
        ),
        *(_metrics(title, rows) for part, title, rows in _BY_PART if part in parts),
    ]
    placed = _placed([*lambda_side, *legacy])
    if not balanced:
        return Dashboard(balanced=False, body=_indented(_body(placed), _BODY_INDENT))
    corner = _corner(len(placed))
    text = "**Legacy**: deploy with LegacyLoadBalancer and LegacyTargetGroup to see its target group here."
    return Dashboard(
        balanced=True,
        body=_indented(_body(placed, last="${Legacy}"), _BODY_INDENT),
        known=_indented(_dumped({**_by_balancer(), **corner}), _KNOWN_INDENT),
        unknown=_indented(_dumped({**_text(text), **corner}), _KNOWN_INDENT),
    )


_Row: TypeAlias = list[JsonValue]

_OLDEST: list[_Row] = [["AWS/Lambda", "IteratorAge", "FunctionName", "${Function}", {"stat": "Maximum"}]]
_BY_PART: tuple[tuple[str, str, list[_Row]], ...] = (
    (
        "queue",
        "Queue: waiting, and for how long (s)",
        [
            ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "${Queue.QueueName}", {"stat": "Maximum"}],
            [
                *("AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", "${Queue.QueueName}"),
                {"stat": "Maximum", "yAxis": "right"},
            ],
        ],
    ),
    (
        "dead_letters",
        "Dead letters",
        [
            [
                *("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "${DeadLetters.QueueName}"),
                {"stat": "Maximum"},
            ]
        ],
    ),
    ("record_stream", "Age of the oldest record (ms)", _OLDEST),
    ("table_stream", "Age of the oldest record (ms)", _OLDEST),
    (
        "topic_log",
        "Records that wait",
        [["AWS/Lambda", "OffsetLag", "FunctionName", "${Function}", {"stat": "Maximum"}]],
    ),
)


def _aws(metric: str, statistic: str) -> _Row:
    return [
        *("AWS/Lambda", metric, "FunctionName", "${Function}", "Resource", "${Function}:live"),
        {"stat": statistic, "label": metric if statistic == "Sum" else statistic},
    ]


def _by_seam(service: str) -> Sequence[Mapping[str, JsonValue]]:
    """What the seam measures of both sides, at one point, where it exports for CloudWatch."""

    def rows(metric: str, statistic: str) -> list[_Row]:
        return [
            [_SEAM, metric, "Route", service, "Side", side, {"stat": statistic, "label": f"{side} {statistic}"}]
            for side in ("legacy", "canary")
        ]

    return (
        _metrics("Both sides, at the seam: runs", rows("Tries", "Sum")),
        _metrics("Both sides, at the seam: failed", rows("Failed", "Sum")),
        _metrics(
            "Both sides, at the seam: time of the call (ms)", [*rows("Duration", "p95"), *rows("Duration", "p99")]
        ),
    )


def _by_balancer() -> Mapping[str, JsonValue]:
    of: _Row = ["LoadBalancer", "${LegacyLoadBalancer}", "TargetGroup", "${LegacyTargetGroup}"]
    right = {"yAxis": "right"}
    return _metrics(
        "Legacy, at its load balancer: requests, failures, duration (s, right)",
        [
            ["AWS/ApplicationELB", "RequestCount", *of, {"stat": "Sum"}],
            ["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", *of, {"stat": "Sum"}],
            ["AWS/ApplicationELB", "TargetResponseTime", *of, {"stat": "p95", "label": "p95", **right}],
            ["AWS/ApplicationELB", "TargetResponseTime", *of, {"stat": "p99", "label": "p99", **right}],
        ],
    )


def _metrics(title: str, rows: Sequence[_Row]) -> Mapping[str, JsonValue]:
    properties: dict[str, JsonValue] = {
        "title": title,
        "region": _REGION,
        "view": "timeSeries",
        "period": 60,
        "metrics": list(rows),
    }
    return {"type": "metric", "properties": properties}


def _alarm_widget(alarms: Sequence[str]) -> Mapping[str, JsonValue]:
    arns: list[JsonValue] = [f"${{{alarm}.Arn}}" for alarm in alarms]
    return {"type": "alarm", "properties": {"title": "Alarms", "alarms": arns}}


def _text(markdown: str) -> Mapping[str, JsonValue]:
    return {"type": "text", "properties": {"markdown": markdown}}


def _corner(number: int) -> Mapping[str, JsonValue]:
    across = _COLUMNS // _WIDE
    return {"x": number % across * _WIDE, "y": number // across * _HIGH, "width": _WIDE, "height": _HIGH}


def _placed(widgets: Sequence[Mapping[str, JsonValue]]) -> list[Mapping[str, JsonValue]]:
    return [{**widget, **_corner(number)} for number, widget in enumerate(widgets)]


def _body(widgets: Sequence[Mapping[str, JsonValue]], last: str = "") -> str:
    """One widget a line, so that a change of one is a change of one line."""
    lines = [_dumped(widget) for widget in widgets] + ([last] if last else [])
    return '{"widgets": [\n  ' + ",\n  ".join(lines) + "\n]}"


def _dumped(value: Mapping[str, JsonValue]) -> str:
    return json.dumps(value)


def _indented(text: str, columns: int) -> str:
    return textwrap.indent(text, " " * columns)
