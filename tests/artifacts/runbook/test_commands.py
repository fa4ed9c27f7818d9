"""Commands of a runbook: words that a shell takes as they are, and logical ids that a deployment has."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.artifacts.runbook import routes_to, runbook_context, runbook_markdown
from migrator.artifacts.runbook.deployed import read_deployed
from migrator.artifacts.runbook.parts import Block, shell
from migrator.domain.layouts import layout
from migrator.errors import InputError, UsageError
from migrator.router import parse_router
from tests.artifacts.runbook.cases import CASES, HTTP, QUEUE, SCHEDULE, SERVICES, Case
from tests.support.runbooks.reading import read_blocks
from tests.support.stacks import translated

_NASTY = st.sampled_from(
    ["'", '"', "$(id)", "`id`", "\\", "!", "\n", "\x1b", "*", "é", "{a,b}", "~", "-", "#", "&", "|", " "]
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(_NASTY, st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=3))
    ).map("".join)
)
def test_a_word_is_one_word_to_the_shell(text: str) -> None:
    word = shell(text)
    assert "\n" not in word
    said = subprocess.run(["bash", "-c", f"printf %s {word}"], capture_output=True, check=True).stdout
    assert said.decode() == text


def test_no_command_ends_the_block_that_it_stands_in() -> None:
    block = Block("", (f"echo {shell('```')}", "echo two"))
    (read,) = read_blocks(block.console)
    assert read.commands == block.commands


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_command_is_one_that_bash_can_read(case: Case) -> None:
    for block in read_blocks(runbook_markdown(case.context)):
        assert block.commands, f"{block.chapter} / {block.section} has a block without a command"
        for command in block.commands:
            subprocess.run(["bash", "-nc", command], check=True)


@pytest.mark.parametrize("folder", ["call", "django", "event", "fastapi", "flask", "plain", "queue"])
def test_what_commands_name_is_what_a_deployment_makes(folder: str) -> None:
    deployed = read_deployed(
        (SERVICES / folder / "template.yaml").read_text("utf-8"),
        (SERVICES / folder / "samconfig.toml").read_text("utf-8"),
    )
    made = translated(SERVICES / folder, "s3://packages/x")["Resources"]
    assert made["Function"]["Properties"]["FunctionName"] == deployed.function
    kinds = {
        "AWS::SQS::Queue": {deployed.queue, deployed.dead_letters} - {""},
        "AWS::DynamoDB::Table": {deployed.table} - {""},
        "AWS::Lambda::EventSourceMapping": set(deployed.sources),
        "AWS::Scheduler::Schedule": {timer.logical for timer in deployed.timers},
        "AWS::CloudWatch::Alarm": {alarm.logical for alarm in deployed.alarms},
        "AWS::CloudWatch::Dashboard": {deployed.dashboard},
        "AWS::Logs::LogGroup": set(),
    }
    for kind, names in kinds.items():
        found = {name for name, resource in made.items() if resource["Type"] == kind}
        assert names == found or kind == "AWS::Logs::LogGroup", kind
    groups = [
        str(each["Properties"].get("LogGroupName")) for each in made.values() if each["Type"] == "AWS::Logs::LogGroup"
    ]
    assert deployed.log_group in groups
    assert deployed.stack.endswith("-prod")
    assert deployed.alarms


def test_what_is_known_is_no_blank_to_fill_in() -> None:
    for case in CASES:
        commands = [command for block in read_blocks(runbook_markdown(case.context)) for command in block.commands]
        blanks = [command for command in commands if re.search(r"<[a-z]|\bNAME\b|\bROUTE\b|YOUR|\.\.\.", command)]
        assert not blanks


def test_a_source_of_weights_is_mended_before_the_file_that_it_fills() -> None:
    blocks = read_blocks(runbook_markdown(SCHEDULE.context))
    (by_hand,) = (
        block for block in blocks if "weight" in "".join(block.commands) and "s3 cp" in "".join(block.commands)
    )
    assert "aws s3 cp s3://shop-weights/seam.json -" in by_hand.commands[0]
    assert by_hand.commands[-1].endswith("shop/migrator_seam.json shop.jobs.tell")


def test_several_routes_go_back_by_one_command() -> None:
    text = HTTP.routes + HTTP.routes.partition("routes:\n")[2].replace("name: shop-view", "name: shop-view-2").replace(
        "/orders/", "/carts/"
    )
    folder = SERVICES / HTTP.folder
    context = runbook_context(
        HTTP.service, parse_router(text), layout(HTTP.service), (folder / "template.yaml").read_text("utf-8")
    )
    first = read_blocks(runbook_markdown(context))[0]
    assert first.commands == (
        "for route in shop-view shop-view-2; do migrator rollout rollback \"$route\" --reason 'taken back by night'; done",
    )


def test_routes_elsewhere_are_not_in_it() -> None:
    config = parse_router(QUEUE.routes)
    assert [entry.name for entry in routes_to(config, "shop-jobs-tell")] == ["shop-jobs-tell"]
    assert routes_to(config, "another") == ()
    with pytest.raises(UsageError, match="no route"):
        runbook_context("another", config, layout("another"), "")


def test_a_template_that_cannot_be_read_is_said() -> None:
    with pytest.raises(InputError, match="no AWS::Serverless::Function"):
        read_deployed("Resources: {}")
    with pytest.raises(InputError, match="YAML"):
        read_deployed("Resources: [")
    with pytest.raises(InputError, match="TOML"):
        read_deployed(Path(SERVICES / "call/template.yaml").read_text("utf-8"), "= wrong")


def test_a_queue_that_is_not_named_yet_is_asked_for() -> None:
    def checked(routes: str) -> list[str]:
        text = runbook_markdown(replace(QUEUE, routes=routes).context)
        return [command for block in read_blocks(text) if "The queue of" in block.section for command in block.commands]

    url = "https://sqs.eu-central-1.amazonaws.com/123456789012/tell"
    assert checked(QUEUE.routes) == [f'test "$(resource Queue)" = {url} && echo "the same"']
    assert checked(QUEUE.routes.replace(url, "https://sqs.invalid/QueueUrl")) == [
        "QUEUE=$(resource Queue)",
        'echo "$QUEUE"',
    ]
