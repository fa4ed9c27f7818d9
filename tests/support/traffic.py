"""Assessments with triggers, and logs about them, for what is counted by candidate."""

from __future__ import annotations

from collections.abc import Sequence

from migrator.domain.assessments import Analysis, Assessment, Confidence, Verdict
from migrator.domain.json import JsonValue
from migrator.domain.locations import Location
from migrator.domain.triggers import Trigger, TriggerKind

PLACE = Location("shop/views.py", 3, 9)


def http(path: str, *methods: str, framework: str = "flask") -> Trigger:
    """A route."""
    listed: list[JsonValue] = [*methods]
    return Trigger(TriggerKind.HTTP, framework, PLACE, {"methods": listed, "path": path, "parameters": []})


def queue(task: str, framework: str = "celery") -> Trigger:
    """A task of a queue."""
    return Trigger(TriggerKind.QUEUE, framework, PLACE, {"task": task})


def signal() -> Trigger:
    """What runs inside of the process."""
    return Trigger(TriggerKind.SIGNAL, "blinker", PLACE, {})


def assessed(
    name: str, *triggers: Trigger, score: float = 0.8, rank: int = 1, verdict: Verdict = Verdict.READY
) -> Assessment:
    """A candidate of which nothing matters but its triggers and where it stands."""
    return Assessment(name, PLACE, triggers, (), (), (), verdict, Confidence.PROVEN, rank, score)


def analyzed(candidates: Sequence[Assessment], root: str = "shop") -> Analysis:
    """An analysis of them."""
    return Analysis(root, 1, 10, 0.1, (), tuple(candidates))


def access_line(
    path: str, *, method: str = "GET", minute: int = 0, status: int = 200, size: int | str = 57, time: str = "0.250"
) -> str:
    """A line of the combined format, in the first hour of a day or some minutes later."""
    day, hour = divmod(minute, 1440)
    at = f"{1 + day:02}/Nov/2026:{hour // 60:02}:{minute % 60:02}:00 +0000"
    return f'192.0.2.7 - - [{at}] "{method} {path} HTTP/1.1" {status} {size} "-" "curl/8" {time}'.rstrip()
