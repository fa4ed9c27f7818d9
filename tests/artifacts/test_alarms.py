"""Alarms of a service: that each of them looks at a figure which the service has, within the time that it is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from migrator.artifacts.alarms import alarms
from migrator.artifacts.service import make_template
from migrator.domain.plans import EventSource
from migrator.plan import make_plan
from tests.artifacts.test_event_services import VARIANTS
from tests.support.jobs import planned_job
from tests.support.slices import assessed, monolith
from tools.templates.checking import translated

ALWAYS = {"ErrorRateAlarm", "P95Alarm", "P99Alarm", "ThrottlesAlarm", "ConcurrencyAlarm"}
BY_KIND = {
    "a task that writes": {"DeadLettersAlarm", "WaitingAlarm"},
    "a subscriber": {"DeadLettersAlarm", "LostEventsAlarm"},
    "a topic": {"DeadLettersAlarm", "LostEventsAlarm"},
    "a data stream": {"DeadLettersAlarm", "IteratorAgeAlarm"},
    "a table's stream": {"DeadLettersAlarm", "IteratorAgeAlarm"},
    "a log": {"DeadLettersAlarm", "OffsetLagAlarm"},
    "somebody's queue": set(),
}
WEB = "from flask import Flask\napp = Flask(__name__)\n@app.get('/x')\ndef work():\n    return '1'\n"


def watched(text: str) -> dict[str, Any]:
    resources = YAML(typ="rt").load(text)["Resources"]
    return {name: each["Properties"] for name, each in resources.items() if each["Type"] == "AWS::CloudWatch::Alarm"}


@pytest.mark.parametrize("kind", BY_KIND)
def test_what_is_watched_is_what_there_is(kind: str, tmp_path: Path) -> None:
    name, source = VARIANTS[kind]
    text = make_template(planned_job(tmp_path, {"m.py": source}, name, accepted_unresolved="seen"))
    found = watched(text)
    assert found.keys() == ALWAYS | BY_KIND[kind]
    assert all(each["AlarmActions"].tag.value == "!If" for each in found.values())
    # One invocation takes many tasks, and legacy's figure is of one.
    assert found["P95Alarm"]["MetricName"] == ("ProcessingTime" if kind == "a task that writes" else "Duration")


@pytest.mark.parametrize("front", [EventSource.HTTP_API, EventSource.REST_API, EventSource.LOAD_BALANCER])
def test_answers_of_an_api_are_watched_by_the_name_that_it_has(front: EventSource, tmp_path: Path) -> None:
    tree = monolith(tmp_path, {"m.py": WEB})
    text = make_template(make_plan(tree, assessed(tree, "m.work", registered="@app.get"), front=front))
    found = watched(text)
    assert ("ServerErrorsAlarm" in found) is (front is not EventSource.LOAD_BALANCER)
    if front is EventSource.REST_API:
        [name] = [each["Value"].value for each in found["ServerErrorsAlarm"]["Dimensions"] if each["Name"] == "ApiName"]
        title = translated(text, {})["Resources"]["Api"]["Properties"]["Body"]["info"]["title"]
        assert title == {"Ref": name}


def test_what_stops_a_deployment_goes_off_while_it_lasts() -> None:
    """Traffic is shifted for five minutes; an alarm that needs longer comes too late."""
    for alarm in alarms((), service="s", namespace="n", visibility_s=0):
        if alarm.id in ("P99Alarm", "ThrottlesAlarm"):
            assert alarm.period_s * alarm.datapoints <= 300, alarm.id
            assert alarm.datapoints <= alarm.periods
