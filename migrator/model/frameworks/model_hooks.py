"""Hooks of libraries around the rows of a database: methods and functions that run when one is saved or deleted."""

from __future__ import annotations

from migrator.domain.triggers import TriggerKind
from migrator.model.job_rules import JobLibrary, JobRule
from migrator.model.registrations import Example

_MONGOENGINE = (
    "pre_init",
    "post_init",
    "pre_save",
    "pre_save_post_validation",
    "post_save",
    "pre_delete",
    "post_delete",
)
_PEEWEE = ("pre_save", "post_save", "pre_delete", "post_delete", "pre_init")

FRAMEWORK = JobLibrary(
    name="hooks",
    rules=(
        JobRule(("django_lifecycle.hook",), TriggerKind.SIGNAL, key="event", says=((0, "hook"),)),
        JobRule(
            (
                *(f"mongoengine.signals.{name}.connect" for name in _MONGOENGINE),
                *(f"playhouse.signals.{name}.connect" for name in _PEEWEE),
            ),
            TriggerKind.SIGNAL,
            functions=((0, "receiver"),),
        ),
        JobRule(tuple(f"playhouse.signals.{name}" for name in _PEEWEE), TriggerKind.SIGNAL),
    ),
    examples=(
        Example(
            """
from django_lifecycle import LifecycleModel, hook
from mongoengine import signals
from playhouse.signals import post_save
class Order(LifecycleModel):
    @hook("after_create")
    def created(self): ...
def saved(sender, document): ...
signals.post_save.connect(saved)
@post_save(sender=Order)
def kept(model, instance, created): ...
""",
            {
                "app.Order.created": ("signal after_create",),
                "app.saved": ("signal",),
                "app.kept": ("signal",),
            },
        ),
    ),
)
