"""Generated services for queues, clocks, streams and the rest: their own tests, their templates, their numbers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from migrator import bootstrap
from migrator.artifacts import Artifacts, write
from migrator.artifacts.queues import queue_settings
from migrator.domain.checks import CheckOutcome
from migrator.plan.delivery.deliveries import QueuePolicy, Retries
from tests.artifacts import event_services
from tests.artifacts.event_services import QUEUE, service
from tests.support.sampled import one_in

CLASSES = "from aws_lambda_powertools.utilities.data_classes import"
CELERY = "import smtplib\nfrom celery import Celery\napp = Celery('x')\n"
SEND = "    smtplib.SMTP('mail.example').sendmail('a@example.com', 'b@example.com', 'hello')\n"
CLOCK = "from apscheduler.schedulers.background import BackgroundScheduler\nclock = BackgroundScheduler()\n"
FAILURES = "    return {'batchItemFailures': []}\n"

# What to extract: a name, and the module of it.
VARIANTS = {
    "a pure task": ("m.work", f"{CELERY}@app.task\ndef work(a, /, b: int, *, c: str = 'x'):\n    return a\n"),
    "a task that writes": ("m.work", f"{CELERY}@app.task\ndef work():\n{SEND}"),
    "a bound task": (
        "m.work",
        (f"{CELERY}@app.task(bind=True, max_retries=2)\ndef work(self, to: str):\n    try:\n    {SEND}"
        "    except OSError as error:\n        raise self.retry(exc=error, countdown=60)\n"),
    ),
    "a bound task that is retried too": (
        "m.work",
        f"{CELERY}@app.task(bind=True, autoretry_for=(OSError,), retry_backoff=True)\ndef work(self):\n    return self.request.id\n",
    ),
    "retries without end": ("m.work", f"{CELERY}@app.task(autoretry_for=(OSError,), max_retries=None)\ndef work():\n{SEND}"),
    "a time limit": ("m.work", f"{CELERY}@app.task(time_limit=40, expires=60, rate_limit='3/s')\ndef work():\n{SEND}"),
    "an actor": ("m.work", "import dramatiq\n@dramatiq.actor(throws=(ValueError,))\ndef work(n: int):\n    return n\n"),
    "a task of a clock": (
        "m.work",
        (f"{CELERY}@app.task\ndef work(day: str = '', *, full=False):\n{SEND}"
        "@app.on_after_configure.connect\ndef setup(sender, **more):\n"
        "    sender.add_periodic_task(900.0, work.s('x', full=True))\n    sender.add_periodic_task(120.0, work.s('\"'))\n"),
    ),
    "a job of a clock": (
        "m.work",
        f"import smtplib\n{CLOCK}@clock.scheduled_job('cron', hour=3, timezone='Europe/Rome')\ndef work():\n{SEND}",
    ),
    "a pure job of a clock": ("m.work", f"{CLOCK}@clock.scheduled_job('interval', hours=3)\ndef work():\n    return 3\n"),
    "a subscriber": (
        "m.work",
        "from blinker import signal\nplaced = signal('placed')\n@placed.connect\ndef work(sender, number: int = 0):\n    return number\n",
    ),
    "a topic": ("m.work", f"import smtplib\n{CLASSES} SNSEvent, event_source\n@event_source(data_class=SNSEvent)\ndef work(event, context):\n{SEND}"),
    "a bus": ("m.handler", "def handler(event, context):\n    return event['detail-type']\n"),
    "a data stream": ("m.work", f"{CLASSES} KinesisStreamEvent, event_source\n@event_source(data_class=KinesisStreamEvent)\ndef work(event, context):\n{FAILURES}"),
    "a table's stream": ("m.handler", "def handler(event, context):\n    return [r['dynamodb'] for r in event['Records']]\n"),
    "a log": ("m.work", f"{CLASSES} KafkaEvent, event_source\n@event_source(data_class=KafkaEvent)\ndef work(event, context):\n{FAILURES}"),
    "somebody's queue": ("m.handler", f"def handler(event, context):\n    print([r['receiptHandle'] for r in event['Records']])\n{FAILURES}"),
    "a cache in a private network": (
        "m.work",
        "import redis\nfrom celery import shared_task\ncache = redis.Redis('cache')\n@shared_task\ndef work(key: str):\n    cache.delete(key)\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("variant", one_in(8, VARIANTS))
def test_the_service_passes_every_check(variant: str, tmp_path: Path) -> None:
    name, source = VARIANTS[variant]
    made = service(tmp_path / "monolith", {"m.py": source}, name)
    write(made, tmp_path / "service")
    checks = {check.name: check for check in bootstrap.service_checks(tmp_path / "service")}
    # Their requirements are installed here or not: that is for the machine to say.
    checks.pop("requirements")
    if variant == "a cache in a private network" and "redis" in str(checks["tests"].findings):
        checks.pop("tests")
    assert [(each.name, each.findings) for each in checks.values() if each.outcome is not CheckOutcome.PASSED] == []
    assert all("warnings" not in each.summary or "0 warnings" in each.summary for each in checks.values())


def template(made: Artifacts) -> dict[str, object]:
    loaded: dict[str, object] = YAML(typ="rt").load(made.files["template.yaml"])
    return loaded


def resource(made: Artifacts, name: str) -> dict[str, object]:
    found: dict[str, object] = template(made)["Resources"][name]["Properties"]  # type: ignore[index]
    return found


def test_a_task_becomes_a_queue_with_its_numbers(tmp_path: Path) -> None:
    made = event_services.queue(tmp_path)
    queue, function = resource(made, "Queue"), resource(made, "Function")
    window = function["Events"]["Messages"]["Properties"]["MaximumBatchingWindowInSeconds"]  # type: ignore[index]
    assert queue["VisibilityTimeout"] == 6 * function["Timeout"] + window  # type: ignore[operator]
    # Three retries are four runs; the queue's own count is five, which AWS advises for deliveries without a run.
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5  # type: ignore[index]
    assert "most=3," in made.files["src/app.py"]
    messages = function["Events"]["Messages"]["Properties"]  # type: ignore[index]
    assert messages["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert messages["ScalingConfig"]["MaximumConcurrency"] == 5
    assert resource(made, "Idempotency")["TimeToLiveSpecification"] == {"AttributeName": "expiration", "Enabled": True}


def test_a_timetable_of_a_task_sends_what_its_clock_sends(tmp_path: Path) -> None:
    schedule = resource(event_services.queue(tmp_path), "Schedule1")
    assert schedule["ScheduleExpression"] == "cron(0 7 ? * MON *)"
    assert schedule["ScheduleExpressionTimezone"] == "Europe/Berlin"
    sent = json.loads(schedule["Target"]["Input"])  # type: ignore[index]
    assert (sent["task"], sent["args"], sent["kwargs"]) == ("shop.tell", [], {})
    assert "<aws.scheduler.scheduled-time>" in sent["id"]


def test_schedules_wait_for_legacys_clock_to_stop(tmp_path: Path) -> None:
    """At weight 0 legacy's clock still runs the task: two clocks would run it twice."""
    text = event_services.queue(tmp_path).files["template.yaml"]
    assert re.search(r"ScheduleState:\n    Type: String\n    Default: DISABLED", text)


def test_a_role_names_its_resources(tmp_path: Path) -> None:
    """Only what has no resource to name may be allowed on all of them."""
    for make in (event_services.queue, event_services.call, event_services.event):
        statements = resource(make(tmp_path / make.__name__), "Role")["Policies"][0]["PolicyDocument"]["Statement"]  # type: ignore[index]
        assert [each["Sid"] for each in statements if each["Resource"] == "*"] == ["SendTraces"]


def test_a_way_into_the_network_is_the_deployers_to_give(tmp_path: Path) -> None:
    name, source = VARIANTS["a cache in a private network"]
    made = service(tmp_path, {"m.py": source}, name)
    assert "SubnetIds" in resource(made, "Function")["VpcConfig"]  # type: ignore[operator]
    parameters: dict[str, dict[str, object]] = template(made)["Parameters"]  # type: ignore[assignment]
    assert "Default" not in parameters["SubnetIds"]
    assert "Default" not in parameters["SecurityGroupIds"]


def test_the_router_knows_no_queues_yet(tmp_path: Path) -> None:
    assert "router.yaml" not in event_services.queue(tmp_path).files


def test_the_task_comes_without_its_library(tmp_path: Path) -> None:
    made = event_services.queue(tmp_path)
    sources = [text for path, text in made.files.items() if path.startswith("src/")]
    assert not re.search(r"(?m)^\s*(import|from) celery|^celery", "\n".join(sources))
    assert "class Busy" in made.files["src/shop/errors.py"]
    assert "from shop.errors import Busy" in made.files["src/app.py"]


def test_each_kept_option_is_in_the_readme(tmp_path: Path) -> None:
    text = event_services.queue(tmp_path).files["README.md"]
    assert "`max_retries=3` (`shop/jobs.py:" in text
    assert "rate_limit='5/s'`: `5/s bounds" in text.partition("## What stayed behind")[2]


@pytest.mark.parametrize(
    ("most", "timeout", "receives", "visibility"),
    [(0, 300, 5, 1801), (3, 30, 5, 181), (9, 900, 10, 5401), (None, 300, 1000, 1801), (5000, 300, 1000, 1801)],
)
def test_numbers_of_a_queue(most: int | None, timeout: int, receives: int, visibility: int) -> None:
    made = queue_settings(QueuePolicy("t", Retries(most=most)), timeout)
    assert (made.receives, made.visibility_s, made.batch) == (receives, visibility, 10)


def test_a_name_of_a_task_is_only_text(tmp_path: Path) -> None:
    files = {
        **QUEUE,
        "shop/jobs.py": QUEUE["shop/jobs.py"].replace('name="shop.tell"', 'name=\'a"""\\n{{ 7 * 7 }}${AWS::Region}\''),
    }
    made = service(tmp_path / "monolith", files, "shop.jobs.tell")
    write(made, tmp_path / "service")
    assert [
        check.name for check in bootstrap.service_checks(tmp_path / "service") if check.outcome is CheckOutcome.FAILED
    ] == []
    assert "{{ 7 * 7 }}" in made.files["src/app.py"]
