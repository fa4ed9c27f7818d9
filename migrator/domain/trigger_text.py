"""A trigger in a few words: `POST /api/tax/{country}`, `queue shop.tasks.mail.send`."""

from __future__ import annotations

from collections.abc import Sequence

from migrator.domain.json import JsonValue
from migrator.domain.triggers import Trigger, TriggerKind


def trigger_text(trigger: Trigger) -> str:
    """What the event is, by its kind and the framework's detail; the kind alone where there is no detail."""
    detail = trigger.detail
    match trigger.kind:
        case TriggerKind.HTTP:
            methods = detail.get("methods")
            return f"{_joined(methods) or 'http'} {_text(detail.get('path'))}".rstrip()
        case TriggerKind.QUEUE:
            return f"queue {_text(detail.get('task'))}".rstrip()
        case TriggerKind.SCHEDULE:
            return f"schedule {_text(detail.get('expression'))}".rstrip()
        case TriggerKind.COMMAND:
            return f"command {_text(detail.get('command'))}".rstrip()
        case TriggerKind.STREAM | TriggerKind.OBJECT | TriggerKind.SIGNAL:
            return f"{trigger.kind} {_text(detail.get('name'))}".rstrip()


def _joined(value: JsonValue) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "|".join(_text(item) for item in value)
    return _text(value)


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)
