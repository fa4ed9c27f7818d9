"""expected.json lists what the shop runs in response to events: all of it and nothing else."""

from __future__ import annotations

import importlib
import inspect
import json
import re
from collections import defaultdict
from pathlib import Path

from sqlalchemy import event

from shop import signals
from shop.celery_app import celery_app
from shop.commands import shop_cli
from shop.models import Product, catalog

EXPECTED = json.loads(Path(__file__).parent.parent.joinpath("expected.json").read_text())
CANDIDATES = EXPECTED["candidates"]

EFFECTS = {
    "background", "cache", "database", "email", "enqueue", "environment", "http-out",
    "local-disk-read", "local-disk-write", "memoize", "object-storage", "process-state-read",
    "process-state-write", "request-context", "subprocess", "temp-disk", "unbounded",
}  # fmt: skip
HELD = {
    "process-state-write", "process-state-read", "local-disk-write", "local-disk-read",
    "background", "request-context",
}  # fmt: skip


def name_of(function) -> str:
    function = inspect.unwrap(function)
    return f"{function.__module__}.{function.__qualname__}"


# the sources of deploy/consumers.yaml, in the words of expected.json
CONSUMERS = {
    "S3": "object",
    "Kinesis": "stream",
    "DynamoDB": "stream",
    "EventBridgeRule": "signal",
    "SNS": "signal",
}


def consumers() -> dict[str, str]:
    """Handler and event source of each function that deploy/consumers.yaml declares."""
    text = Path(__file__).parent.parent.joinpath("deploy", "consumers.yaml").read_text()
    functions = re.split(r"^  (?=\w+:$)", text, flags=re.MULTILINE)
    found = (
        (
            re.search(r"Command: \[([\w.]+)\]", each),
            re.search(r"^ {10}Type: (\w+)$", each, re.MULTILINE),
        )
        for each in functions
    )
    return {handler[1]: source[1] for handler, source in found if handler and source}


def registered(app) -> dict[str, list[str]]:
    triggers = defaultdict(set)
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if hasattr(view, "view_class"):
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                triggers[name_of(getattr(view.view_class, method.lower()))].add("http")
        else:
            triggers[name_of(view)].add("http")
    celery_app.loader.import_default_modules()
    for name in celery_app.tasks:
        if not name.startswith("celery."):
            triggers[name].add("queue")
    for entry in celery_app.conf.beat_schedule.values():
        triggers[entry["task"]].add("schedule")
    for command in shop_cli.commands.values():
        triggers[name_of(command.callback)].add("command")
    for name, source in consumers().items():
        triggers[name].add(CONSUMERS[source])
    for receiver in signals.order_placed.receivers_for("anyone"):
        triggers[name_of(receiver)].add("signal")
    assert event.contains(Product, "after_update", catalog.keep_old_price)
    triggers[name_of(catalog.keep_old_price)].add("signal")
    return {name: sorted(kinds) for name, kinds in triggers.items()}


def test_everything_registered_is_listed(app):
    listed = {name: candidate["triggers"] for name, candidate in CANDIDATES.items()}
    assert registered(app) == listed


def test_names_lead_to_functions():
    for name in CANDIDATES:
        parts = name.split(".")
        found = importlib.import_module(".".join(parts[:2]))
        for part in parts[2:]:
            if inspect.ismodule(found) and not hasattr(found, part):
                found = importlib.import_module(f"{found.__name__}.{part}")
            else:
                found = getattr(found, part)
        assert callable(found), name


def test_verdicts_follow_from_effects():
    for name, candidate in CANDIDATES.items():
        effects = candidate["effects"]
        assert effects == sorted(set(effects)) and EFFECTS.issuperset(effects), name
        assert candidate["triggers"] == sorted(set(candidate["triggers"])), name
        if "unbounded" in effects:
            verdict = "keep"
        elif HELD.intersection(effects):
            verdict = "refactor"
        elif {"database", "cache"}.intersection(effects):
            verdict = "with-network"
        else:
            verdict = "ready"
        assert candidate["verdict"] == verdict, name
