"""Runbooks of the seam, a load balancer, an alias and a clock, typed as the one of a route behind Envoy is."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from migrator import bootstrap
from migrator.artifacts import make_artifacts, write
from migrator.artifacts.rendering import render
from migrator.artifacts.seam.adding import TEMPLATE
from migrator.resources import sample_root
from tests.support.control_planes import ControlPlane, ministack_plane, moto_plane
from tests.support.moto import balancer, client
from tests.support.runbooks import sending
from tests.support.runbooks.clouds import deploy, require_aws_cli
from tests.support.runbooks.desks import desk
from tests.support.runbooks.night import Night

pytestmark = [pytest.mark.local_stack, pytest.mark.thorough]

ROLLOUT = "{steps: [{weight: 20, bake: 1s}, {weight: 50, bake: 1s, approval: true}, {weight: 100, bake: 1s}], gates: [{error_rate: {worse_by: 30pp}}]}"
TASK, MAIL = "shop.tasks.mail.send_order_mail", "shop-tasks-mail-send_order_mail"
SEAM = f"""\
version: 1
seam: {{{{weights: monolith/shop/migrator_seam.json}}}}
routes:
  - name: {MAIL}
    match: {{{{task: {TASK}}}}}
    canary: {{{{lambda: {MAIL}, queue: "{{queue}}"}}}}
    weight: 0
    rollout: {ROLLOUT.replace("{", "{{").replace("}", "}}")}
"""


class Europe(ControlPlane):
    """A plane whose clients ask another region, the one of the listener."""

    def client(self, service: str) -> Any:
        return client(service, self.url)


def cut_out(top: Path, name: str, service: str) -> Path:
    """The monolith and a service of it, in a repository that is to be."""
    root, folder = top / "monolith", top / "services" / service
    shutil.copytree(sample_root(), root, ignore=shutil.ignore_patterns("var", "__pycache__"))
    write(make_artifacts(bootstrap.planned_slice(root, name)), folder, root=root)
    return folder


@contextmanager
def sending_on(folder: Path, log: Path, url: str) -> Iterator[None]:
    """Legacy code that sends the task, over and over."""
    made = {"AWS_ENDPOINT_URL": url, "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}
    keys = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "PATH": ""}
    process = subprocess.Popen(
        [sys.executable, sending.__file__, str(folder), TASK, str(log)], stdin=subprocess.PIPE, env={**made, **keys}
    )
    try:
        yield
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(20)


def test_a_night_with_the_runbook_of_a_task(tmp_path: Path) -> None:
    require_aws_cli()
    top = tmp_path / "shop"
    top.mkdir()
    folder = cut_out(top, TASK, MAIL)
    with ExitStack() as stack:
        plane = stack.enter_context(ministack_plane(tmp_path / "stack"))
        deploy(plane, folder)
        named = plane.client("cloudformation").describe_stack_resource(
            StackName="shop-tasks-mail-send-order-mail-prod", LogicalResourceId="Queue"
        )
        queue = named["StackResourceDetail"]["PhysicalResourceId"]
        (top / "router.yaml").write_text(SEAM.format(queue=queue))
        code = top / "monolith/shop"
        (code / "migrator_seam.py").write_text(render(TEMPLATE, {}), "utf-8")
        terminal, text = stack.enter_context(desk(top, plane, TASK, "--root", "monolith"))
        log = tmp_path / "sides.log"
        stack.enter_context(sending_on(code, log, plane.url))

        def sides() -> set[str]:
            time.sleep(1.5)  # a process acts on a weight within a second
            before = len(log.read_text().splitlines())
            time.sleep(2.5)
            return set(log.read_text().splitlines()[before:])

        night = Night(terminal, text, MAIL, sides)
        night.follow("Get ready")
        night.follow("Preflight")
        night.follow("Start")
        assert night.sides() == {"legacy", "canary"}
        night.reach("awaiting-approval")
        night.follow("Watch")
        night.decide("You want to look first")
        night.reach("paused")
        night.decide("phase paused", "phase pending", "phase shifting", "phase holding", "requests no-data")
        night.decide("recorded and live weight differ", "the time of next is over", "phase rolling-back")
        night.reach("awaiting-approval")
        night.decide("phase awaiting-approval")
        night.follow(f"Runbook: {MAIL}")
        assert night.sides() == {"legacy"}
        night.drivers_end()
        night.follow("Roll back", "See that it took")
        night.decide("Callers complain", "phase rolled-back")
        dead = plane.client("sqs")
        (given_up,) = (url for url in dead.list_queues()["QueueUrls"] if "DeadLetters" in url)
        dead.send_message(QueueUrl=given_up, MessageBody='{"task": "x", "id": "1", "args": [], "kwargs": {}}')
        said = night.follow("After a rollback")
        assert any('"ApproximateNumberOfMessages": "1"' in each for each in said)
        night.follow("Start again")
        assert night.sides() == {"legacy", "canary"}
        night.by_hand()
        night.stop_the_function()
        night.follow("Start again")
        night.follow("The steps")
        night.reach("promoted")
        night.drivers_end()
        assert night.sides() == {"canary"}
        night.follow("Promote")
        night.follow("Clean up")
        night.reach("retired")
        assert night.untyped == set()


def test_a_night_with_the_runbook_of_a_load_balancer(tmp_path: Path) -> None:
    require_aws_cli()
    service = "shop-api-tax-quote"
    top = tmp_path / "shop"
    top.mkdir()
    folder = cut_out(top, "shop.api.tax.quote", service)
    with ExitStack() as stack:
        plane = Europe("moto", stack.enter_context(moto_plane()).url)
        deploy(plane, folder)
        shop = balancer(plane.url)
        (top / "router.yaml").write_text(f"""\
version: 1
plane: {{kind: alb, listener: "{shop.listener}"}}
routes:
  - name: {service}
    match: {{http: {{methods: [GET], path: "/api/tax/{{country}}"}}}}
    legacy: {{target_group: "{shop.legacy}"}}
    canary: {{lambda: {service}, target_group: "{shop.canary}"}}
    weight: 0
    rollout: {ROLLOUT}
""")
        terminal, text = stack.enter_context(desk(top, plane, service, "--root", "monolith"))

        def sides() -> set[str]:
            (rule,) = shop.rules()
            (action,) = rule["Actions"]
            groups = action.get("ForwardConfig", {"TargetGroups": [action]})["TargetGroups"]
            names = {shop.legacy: "legacy", shop.canary: "canary"}
            return {names[group["TargetGroupArn"]] for group in groups if group.get("Weight", 1)}

        _there_and_back(Night(terminal, text, service, sides))


def test_a_night_with_the_runbook_of_an_alias(tmp_path: Path) -> None:
    require_aws_cli()
    top = tmp_path / "shop"
    top.mkdir()
    (top / "router.yaml").write_text(f"""\
version: 1
routes:
  - name: tax-next
    match: {{function: tax, alias: live}}
    legacy: {{version: "1"}}
    canary: {{version: "2"}}
    weight: 0
    rollout: {ROLLOUT}
""")
    with ExitStack() as stack:
        plane = stack.enter_context(moto_plane())
        functions = plane.client("lambda")
        _two_versions(plane)
        terminal, text = stack.enter_context(desk(top, plane, "tax-next"))

        def sides() -> set[str]:
            alias = functions.get_alias(FunctionName="tax", Name="live")
            more = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
            return {{"1": "legacy", "2": "canary"}[version] for version in (alias["FunctionVersion"], *more)}

        _there_and_back(Night(terminal, text, "tax-next", sides))


def _there_and_back(night: Night) -> None:
    """All that needs no figures: of a canary that nobody calls there are none, and the rollout holds."""
    night.follow("Get ready")
    night.follow("Preflight")
    night.follow("Start")
    assert night.sides() == {"legacy", "canary"}
    night.follow("Watch")
    night.decide("You want to look first")
    night.decide("phase paused", "recorded and live weight differ", "requests no-data", "phase rolling-back")
    night.follow(f"Runbook: {night.text.partition(chr(10))[0].removeprefix('# Runbook: ')}")
    assert night.sides() == {"legacy"}
    night.drivers_end()
    night.follow("Roll back", "See that it took")
    night.decide("phase rolled-back")
    if any(block.chapter == "After a rollback" for block in night.blocks):
        night.follow("After a rollback")
    night.follow("Start again")
    assert night.sides() == {"legacy", "canary"}
    night.by_hand()
    night.stop_the_function()


def _two_versions(plane: ControlPlane) -> None:
    import io
    import json
    import zipfile

    functions, roles = plane.client("lambda"), plane.client("iam")
    role = roles.create_role(RoleName="tax", AssumeRolePolicyDocument=json.dumps({}))["Role"]["Arn"]

    def code(text: str) -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("app.py", text)
        return packed.getvalue()

    functions.create_function(
        FunctionName="tax", Runtime="python3.13", Role=role, Handler="app.handler", Code={"ZipFile": code("a = 1")}
    )
    functions.publish_version(FunctionName="tax")
    functions.update_function_code(FunctionName="tax", ZipFile=code("a = 2"))
    functions.publish_version(FunctionName="tax")
    functions.create_alias(FunctionName="tax", Name="live", FunctionVersion="1")


def test_a_clock_is_stopped_and_started_by_hand(tmp_path: Path) -> None:
    require_aws_cli()
    from tests.artifacts.runbook.cases import SCHEDULE, SERVICES

    service = SCHEDULE.service
    top = tmp_path / "shop"
    shutil.copytree(SERVICES / SCHEDULE.folder, top / "services" / service)
    (top / "router.yaml").write_text(SCHEDULE.routes)
    (top / "shop").mkdir()
    with ExitStack() as stack:
        plane = stack.enter_context(ministack_plane(tmp_path / "stack"))
        deploy(plane, top / "services" / service)
        terminal, text = stack.enter_context(desk(top, plane, service))
        night = Night(terminal, text, service, set)
        night.follow("Get ready", "")
        clocks = plane.client("scheduler")

        def state() -> str:
            (clock,) = clocks.list_schedules()["Schedules"]
            return str(clock["State"])

        assert state() == "DISABLED"
        off, on = (each for each in night.blocks if each.section.startswith("Stop the clock"))
        night.block(off)
        night.block(on)
        assert state() == "ENABLED"
        night.block(off)
        assert state() == "DISABLED"
        (asked,) = (each for each in night.blocks if each.section.startswith("The clock of the Lambda side"))
        assert "DISABLED" in night.block(asked)[-1]
