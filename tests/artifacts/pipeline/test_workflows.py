"""The pipelines of GitHub and GitLab: valid, pinned, without keys, and with no text of others in a shell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.adapters.checks import workflows
from migrator.artifacts import Artifacts
from migrator.artifacts.naming import service_name
from migrator.artifacts.pipeline.actions import ACTIONS
from migrator.artifacts.pipeline.canaries import canary_jobs
from migrator.artifacts.pipeline.expressions import EXPRESSIONS
from migrator.artifacts.pipeline.stages import stages_of
from migrator.artifacts.rendering import render
from migrator.domain.checks import CheckOutcome
from migrator.errors import InputError
from tests.artifacts.pipeline.conftest import folder_of
from tests.artifacts.test_hostile_names import TEXT

KINDS = ("plain", "flask", "django", "fastapi", "queue", "call", "event")


def github(made: Artifacts) -> Any:
    text = made.files[f".github/workflows/{made.name}.yml"]
    # YAML 1.1 reads the key `on` as true.
    return {("on" if key is True else key): value for key, value in yaml.safe_load(text).items()}


def gitlab(made: Artifacts) -> Any:
    return yaml.safe_load(made.files[".gitlab-ci.yml"])


def steps(workflow: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, job in workflow["jobs"].items():
        for step in job["steps"]:
            yield name, step


def scripts(pipeline: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, job in pipeline.items():
        if isinstance(job, dict):
            for key in ("before_script", "script"):
                yield from ((name, line) for line in job.get(key, ()))


@pytest.mark.parametrize("kind", KINDS)
def test_each_action_is_a_commit_with_its_version_beside_it(kind: str, services: Mapping[str, Artifacts]) -> None:
    made = services[kind]
    text = made.files[f".github/workflows/{made.name}.yml"]
    used = re.findall(r"uses: (.*)", text)
    assert used
    assert set(used) <= set(ACTIONS.values())
    for line in used:
        assert re.fullmatch(r"[a-z-]+/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


@pytest.mark.parametrize("kind", KINDS)
def test_a_token_may_do_what_its_job_needs(kind: str, services: Mapping[str, Artifacts]) -> None:
    made = services[kind]
    workflow = github(made)
    assert workflow["permissions"] == {"contents": "read"}
    assert set(workflow["on"]) == {"push", "pull_request", "workflow_dispatch"}, "pull_request_target runs others' code"
    signed = {name for name, step in steps(workflow) if "configure-aws-credentials" in step.get("uses", "")}
    for name, job in workflow["jobs"].items():
        assert ("id-token" in job.get("permissions", {})) == (name in signed), name
        assert ("environment" in job) == (name in signed), "who may sign in, the environment says"
        assert job["timeout-minutes"] <= 360
    for _, step in steps(workflow):
        if "actions/checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False
    text = made.files[f".github/workflows/{made.name}.yml"] + made.files[".gitlab-ci.yml"]
    for word in ("secrets.", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        assert word not in text


@pytest.mark.parametrize("kind", KINDS)
def test_a_deployment_comes_after_all_checks_and_from_the_main_branch(
    kind: str, services: Mapping[str, Artifacts]
) -> None:
    workflow = github(services[kind])
    chain = {name: job.get("needs") for name, job in workflow["jobs"].items()}
    assert chain == {
        "check": None,
        "package": "check",
        "staging": "package",
        "load": "staging",
        "prod": "load",
        "canary": "prod",
        "shift": "canary",
        "promotion": "canary",
    }
    assert all("default_branch" in workflow["jobs"][name]["if"] for name in ("staging", "prod", "canary"))
    assert all(f"{services[kind].name}-{stage}" in str(workflow["jobs"]) for stage in ("staging", "prod", "promotion"))


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_shell_runs_has_no_expression_and_only_targets_that_exist(
    kind: str, services: Mapping[str, Artifacts]
) -> None:
    made = services[kind]
    targets = set(re.findall(r"^([a-z]+):", made.files["Makefile"], re.MULTILINE))
    for lines in (
        [(name, step["run"]) for name, step in steps(github(made)) if "run" in step],
        list(scripts(gitlab(made))),
    ):
        called: set[str] = set()
        for name, line in lines:
            assert "${{" not in line, (name, line)
            for words in re.findall(r"\bmake ([^\n&|;]*)", line):
                called |= {word for word in words.split() if "=" not in word}
        assert called <= targets
        assert {"lint", "test", "audit", "validate", "build", "toolkit", "benchmark", "load", "release"} <= called


def test_gitlab_signs_in_where_it_deploys_and_nowhere_else(services: Mapping[str, Artifacts]) -> None:
    pipeline = gitlab(services["queue"])
    assert pipeline[".aws"]["id_tokens"] == {"AWS_TOKEN": {"aud": "sts.amazonaws.com"}}
    signed = {name for name, job in pipeline.items() if isinstance(job, dict) and ".aws" in str(job.get("extends", ""))}
    assert signed == {"staging", "load", "prod", "canary", "shift", "promotion"}
    assert {name for name in signed if "environment" in pipeline[name]} == signed
    assert pipeline["prod"]["rules"][0]["when"] == "manual"


def test_both_are_what_their_forges_take(services: Mapping[str, Artifacts], tmp_path: Path) -> None:
    folder = folder_of(services["queue"], tmp_path / "service")
    check = workflows.check(folder)
    if check.outcome is CheckOutcome.UNKNOWN:
        pytest.skip(check.summary)
    assert (check.outcome, check.findings) == (CheckOutcome.PASSED, ())
    path = folder / ".github" / "workflows" / f"{services['queue'].name}.yml"
    path.write_text(path.read_text().replace("runs-on:", "run-on:"))
    assert workflows.check(folder).outcome is CheckOutcome.FAILED


def test_a_load_test_that_changes_things_has_to_be_asked_for(services: Mapping[str, Artifacts]) -> None:
    harmless = [step.get("if") for name, step in steps(github(services["plain"])) if name == "load"]
    changing = [step.get("if") for name, step in steps(github(services["queue"])) if name == "load"]
    assert harmless == ["env.LOAD_TEST == 'off'", *["env.LOAD_TEST != 'off'"] * 4]
    assert changing == ["env.LOAD_TEST != 'on'", *["env.LOAD_TEST == 'on'"] * 4]
    assert '"$LOAD_TEST" != on' in services["queue"].files[".gitlab-ci.yml"]
    assert '"$LOAD_TEST" = off' in services["plain"].files[".gitlab-ci.yml"]


def _pipelines(name: str, description: str, changes: tuple[str, ...]) -> dict[str, str]:
    parameters = [f"  {name.title().replace('-', '').replace('_', '')}Setting:\n    Type: String\n"]
    stages = stages_of(name, [*parameters, "  Other:\n    Type: String\n    Default: x\n"])
    context: dict[str, object] = {
        "service_name": name,
        "actions": ACTIONS,
        "expressions": EXPRESSIONS,
        "python_version": "3.13",
        "runner": "ubuntu-24.04",
        "plan": {"architecture": "arm64"},
        "stages": stages,
        "load_changes": changes,
        "load_wanted": "true",
        "canary_jobs": canary_jobs(name),
        "sam_tags": f"migrator:candidate={name}",
    }
    templates = {"github": "ci/github.yml.j2", "gitlab": "ci/gitlab.yml.j2", "samconfig": "sam/samconfig.toml.j2"}
    return {key: render(template, context) for key, template in templates.items()}


PLAIN = _pipelines("name", "", ())
NAMES = st.lists(st.from_regex(r"[^\W\d]\w{0,9}", fullmatch=True), min_size=1, max_size=3).map(".".join) | TEXT


@settings(max_examples=25, deadline=None)
@given(NAMES)
def test_a_name_changes_nothing_but_the_name(candidate: str) -> None:
    """Whatever a function is called: put another name in its place, and the files are the same."""
    try:
        name = service_name(candidate)
    except InputError:
        return
    made = _pipelines(name, "", ())
    for key in ("github", "gitlab"):
        assert _shape(yaml.safe_load(made[key]), name) == _shape(yaml.safe_load(PLAIN[key]), "name"), key
    assert set(tomllib.loads(made["samconfig"])) == set(tomllib.loads(PLAIN["samconfig"]))


def _shape(value: Any, name: str) -> Any:
    """Keys and texts without the name."""
    if isinstance(value, dict):
        return {key: _shape(each, name) for key, each in value.items()}
    if isinstance(value, list):
        return [_shape(each, name) for each in value]
    return re.sub(rf"(?<![\w-]){re.escape(name)}(?=$|[ /-])", "*", value) if isinstance(value, str) else value
