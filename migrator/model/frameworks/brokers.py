"""Smaller libraries of queues and brokers: each a decorator of the function that takes a job or a message."""

from __future__ import annotations

from migrator.domain.triggers import TriggerKind
from migrator.model.job_rules import JobLibrary, JobRule
from migrator.model.registrations import Example

_FASTSTREAM = ("kafka", "confluent", "rabbit", "nats", "redis")

FRAMEWORK = JobLibrary(
    name="brokers",
    rules=(
        JobRule(
            (
                *(f"faststream.{name}.{name.capitalize()}Broker.subscriber" for name in _FASTSTREAM),
                *(f"faststream.{name}.{name.capitalize()}Router.subscriber" for name in _FASTSTREAM),
                *(f"faststream.{name}.fastapi.{name.capitalize()}Router.subscriber" for name in _FASTSTREAM),
            ),
            TriggerKind.QUEUE,
            key="task",
            says=((0, "queue"), (0, "subject")),
        ),
        JobRule(
            (
                "background_task.background",
                "uwsgidecorators.spool",
                "uwsgidecorators.mulefunc",
                "streaq.Worker.task",
                "pgqueuer.PgQueuer.entrypoint",
                "nameko.rpc.rpc",
                "nameko.events.event_handler",
                "nameko.messaging.consume",
                "kuyruk.Kuyruk.task",
            ),
            TriggerKind.QUEUE,
            key="task",
        ),
        JobRule(("nameko.timer.timer",), TriggerKind.SCHEDULE, key="expression", says=((0, "interval"),)),
        JobRule(("nameko.web.handlers.http",), TriggerKind.HTTP),
        JobRule(("streaq.Worker.cron", "pgqueuer.PgQueuer.schedule"), TriggerKind.SCHEDULE, key="expression"),
    ),
    examples=(
        Example(
            """
from background_task import background
from faststream.kafka import KafkaBroker
from nameko.events import event_handler
from nameko.rpc import rpc
from nameko.timer import timer
broker = KafkaBroker("localhost")
@broker.subscriber("orders")
async def placed(order): ...
@background(schedule=60)
def later(number): ...
class Shop:
    name = "shop"
    @rpc
    def price(self, number): ...
    @event_handler("orders", "paid")
    def paid(self, payload): ...
    @timer(interval=30)
    def tick(self): ...
""",
            {
                "app.placed": ("queue orders",),
                "app.later": ("queue app.later",),
                "app.Shop.price": ("queue app.Shop.price",),
                "app.Shop.paid": ("queue app.Shop.paid",),
                "app.Shop.tick": ("schedule 30",),
            },
        ),
    ),
)
