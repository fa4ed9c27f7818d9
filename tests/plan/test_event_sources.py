"""Which service sends the events of a function, and what is called directly."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator.domain.effects import Effect
from migrator.domain.plans import EventSource, Strategy
from migrator.errors import Refused
from tests.support.jobs import planned_job, reason

CLASSES = "aws_lambda_powertools.utilities.data_classes"


@pytest.mark.parametrize(
    ("source", "expected", "reports"),
    [
        (f"from {CLASSES} import S3Event, event_source\n@event_source(data_class=S3Event)\ndef handle(event, context): ...", EventSource.OBJECT_STORE, False),
        (f"from {CLASSES} import SNSEvent, event_source\n@event_source(data_class=SNSEvent)\ndef handle(event: SNSEvent, context): ...", EventSource.TOPIC, False),
        ("def handler(event, context):\n    return event['detail-type']", EventSource.EVENT_BUS, False),
        ("def handler(event, context):\n    for r in event['Records']: print(r['kinesis'])\n    return {'batchItemFailures': []}", EventSource.RECORD_STREAM, True),
        ("def handler(event, context):\n    return [r['dynamodb'] for r in event['Records']]", EventSource.TABLE_STREAM, False),
        (f"from {CLASSES} import KafkaEvent, event_source\n@event_source(data_class=KafkaEvent)\ndef handle(event, context): ...", EventSource.TOPIC_LOG, False),
        ("def handler(event, context):\n    return [r['receiptHandle'] for r in event['Records']]", EventSource.QUEUE, False),
    ],
)  # fmt: skip
def test_the_function_says_who_sends(source: str, expected: EventSource, reports: bool, tmp_path: Path) -> None:
    name = "on.handler" if "def handler" in source else "on.handle"
    planned = planned_job(tmp_path, {"on.py": source + "\n"}, name, accepted_unresolved="looked at")
    assert planned.plan.source is expected
    assert planned.delivery.reports_failures is reports
    streams = {EventSource.RECORD_STREAM, EventSource.TABLE_STREAM, EventSource.TOPIC_LOG, EventSource.QUEUE}
    assert bool(reason(planned, "no report of single records")) is (expected in streams and not reports)
    # It was written for Lambda, decorators and all.
    assert planned.modules["on.py"] == source + "\n"


def test_an_event_of_nobody_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="which service sends its events"):
        planned_job(tmp_path, {"on.py": "def handler(event, context):\n    return event['x']\n"}, "on.handler")


def test_a_command_is_called_with_its_arguments(tmp_path: Path) -> None:
    source = "import click\n@click.command()\n@click.argument('to')\ndef send(to):\n    return to\n"
    planned = planned_job(tmp_path, {"cli.py": source}, "cli.send")
    assert planned.plan.source is EventSource.DIRECT
    assert planned.modules["cli.py"] == "import click\n@click.argument('to')\ndef send(to):\n    return to\n"
    assert "parser's defaults" in reason(planned, "command send")


def test_a_command_that_is_handed_clicks_context_is_refused(tmp_path: Path) -> None:
    source = "import click\n@click.command()\n@click.pass_context\ndef send(ctx): ...\n"
    with pytest.raises(Refused, match="Click's own context"):
        planned_job(tmp_path, {"cli.py": source}, "cli.send", accepted_unresolved="looked at")


def test_a_subscriber_of_the_process_is_called_directly(tmp_path: Path) -> None:
    source = "from blinker import signal\nplaced = signal('placed')\n@placed.connect\ndef tell(sender, number=0): ...\n"
    planned = planned_job(tmp_path, {"on.py": source}, "on.tell")
    assert planned.plan.source is EventSource.DIRECT
    assert "connect" not in planned.modules["on.py"]


def test_an_object_mapper_in_a_slice_of_functions_is_refused_with_the_lines_and_may_be_taken_on(tmp_path: Path) -> None:
    files = {
        "work.py": "from celery import shared_task\nfrom sqlalchemy.orm import Session\n@shared_task\n"
        "def count(session: Session):\n    return session.execute('select 1')\n"
    }
    with pytest.raises(Refused, match=r"(?s)sqlalchemy\.orm, whose models.*work\.py:5"):
        planned_job(tmp_path, files, "work.count", accepted_unresolved="x", strategy=Strategy.FUNCTION)
    taken = {Effect.DATABASE: "no models"}
    done = planned_job(
        tmp_path, files, "work.count", accepted=taken, accepted_unresolved="x", strategy=Strategy.FUNCTION
    )
    assert done.plan.network


def test_a_driver_of_a_database_moves_with_a_way_into_the_network(tmp_path: Path) -> None:
    files = {
        "work.py": "from celery import shared_task\nimport redis\ncache = redis.Redis('cache')\n@shared_task\n"
        "def forget(key):\n    cache.delete(key)\n"
    }
    planned = planned_job(tmp_path, files, "work.forget", accepted_unresolved="x")
    assert planned.plan.network


def test_a_job_of_a_clock_is_scheduled(tmp_path: Path) -> None:
    source = (
        "from apscheduler.schedulers.background import BackgroundScheduler\nclock = BackgroundScheduler()\n"
        "@clock.scheduled_job('cron', hour=3, timezone='Europe/Rome')\ndef nightly(): ...\n"
        "@clock.scheduled_job('interval', minutes=10)\ndef often(): ...\n"
        "@clock.scheduled_job('interval', seconds=10)\ndef hectic(): ...\n"
    )
    nightly = planned_job(tmp_path, {"jobs.py": source}, "jobs.nightly")
    assert nightly.plan.source is EventSource.SCHEDULE
    assert [(each.expression, each.timezone) for each in nightly.delivery.timetables] == [
        ("cron(0 3 * * ? *)", "Europe/Rome")
    ]
    assert nightly.modules["jobs.py"] == "def nightly(): ...\n"
    assert (
        planned_job(tmp_path, {"jobs.py": source}, "jobs.often").delivery.timetables[0].expression == "rate(10 minutes)"
    )
    with pytest.raises(Refused, match="every 10 seconds"):
        planned_job(tmp_path, {"jobs.py": source}, "jobs.hectic")
