"""Dramatiq: actors by decorator, with their timetable by periodiq."""

from __future__ import annotations

from migrator.domain.triggers import TriggerKind
from migrator.model.job_rules import JobLibrary, JobRule
from migrator.model.registrations import Example

FRAMEWORK = JobLibrary(
    name="dramatiq",
    rules=(
        JobRule(
            ("dramatiq.actor",),
            TriggerKind.QUEUE,
            functions=((0, "fn"),),
            key="task",
            says=((-1, "actor_name"),),
        ),
    ),
    wrappers={"dramatiq.actor": "dramatiq.Actor"},
    examples=(
        Example(
            """
import dramatiq
@dramatiq.actor
def plain(): ...
@dramatiq.actor(actor_name="own", max_retries=3)
def named(): ...
def registered(): ...
sent = dramatiq.actor(registered)
def start():
    plain.send()
    sent.send()
""",
            {
                "app.plain": ("queue app.plain",),
                "app.named": ("queue own",),
                "app.registered": ("queue app.registered",),
            },
        ),
    ),
)
