"""AMQP by pika, aio-pika and kombu: callbacks of consumers."""

from __future__ import annotations

from migrator.domain.triggers import TriggerKind
from migrator.model.job_rules import JobLibrary, JobRule
from migrator.model.registrations import Example

FRAMEWORK = JobLibrary(
    name="amqp",
    rules=(
        JobRule(
            ("pika.adapters.blocking_connection.BlockingChannel.basic_consume", "pika.channel.Channel.basic_consume"),
            TriggerKind.QUEUE,
            functions=((1, "on_message_callback"),),
            key="task",
            says=((0, "queue"),),
        ),
        JobRule(("aio_pika.abc.AbstractQueue.consume",), TriggerKind.QUEUE, functions=((0, "callback"),), key="task"),
        JobRule(("kombu.Consumer",), TriggerKind.QUEUE, functions=((-1, "callbacks"), (-1, "on_message")), key="task"),
        JobRule(("kombu.Consumer.register_callback",), TriggerKind.QUEUE, functions=((0, "callback"),), key="task"),
    ),
    examples=(
        Example(
            """
import pika
from kombu import Connection, Consumer
from kombu.mixins import ConsumerMixin
def received(channel, method, properties, body): ...
def handled(body, message): ...
def later(body, message): ...
def listen():
    connection = pika.BlockingConnection()
    channel = connection.channel()
    channel.basic_consume(queue="orders", on_message_callback=received)
    channel.start_consuming()
def drain(channel):
    consumer = Consumer(channel, callbacks=[handled])
    consumer.register_callback(later)
""",
            {
                "app.received": ("queue orders",),
                "app.handled": ("queue app.handled",),
                "app.later": ("queue app.later",),
            },
        ),
        Example(
            """
import aio_pika
async def received(message): ...
async def listen():
    connection = await aio_pika.connect_robust("amqp://x")
    channel = await connection.channel()
    queue = await channel.declare_queue("orders")
    await queue.consume(received)
""",
            {"app.received": ("queue app.received",)},
        ),
    ),
)
