"""Templates are clean under the public checkers: the translator, cfn-lint and checkov, by no more than eight exceptions."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from migrator.artifacts.service import make_template
from migrator.cloud_facts.checkov_skips import skips
from migrator.domain.plans import EventSource
from migrator.resources import sample_root
from tests.artifacts.test_event_services import VARIANTS
from tests.support.jobs import planned_job
from tests.support.slices import assessed, monolith
from tools.templates.checking import GRADUAL, Finding, by_checkov, by_library, translated
from tools.templates.rendered import of_sample

CHECKOV = Path(__file__).resolve().parents[2] / ".venv-tools" / "bin" / "checkov"
WEB = "from flask import Flask\napp = Flask(__name__)\n@app.get('/x/<int:n>')\ndef work(n):\n    return str(n)\n"
# One for each way in which events come; each of the fronts comes beside them.
KINDS = (
    *("a task that writes", "a task of a clock", "a job of a clock", "a subscriber", "a topic", "a bus"),
    *("a data stream", "a table's stream", "a log", "somebody's queue", "a cache in a private network"),
)


def rendered(folder: Path) -> dict[str, str]:
    """A template of each kind."""
    found = {}
    for kind in KINDS:
        name, source = VARIANTS[kind]
        found[kind] = make_template(planned_job(folder / kind, {"m.py": source}, name, accepted_unresolved="seen"))
    from migrator.plan import make_plan

    for front in (EventSource.HTTP_API, EventSource.REST_API, EventSource.LOAD_BALANCER):
        tree = monolith(folder / front, {"m.py": WEB})
        planned = make_plan(tree, assessed(tree, "m.work", paths=["/x/<int:n>"], registered="@app.get"), front=front)
        found[front] = make_template(planned)
    return found


def written(folder: Path, templates: dict[str, str]) -> list[Path]:
    folders = []
    for number, text in enumerate(templates.values()):
        target = folder / f"{number:03}"
        (target / "src").mkdir(parents=True)
        (target / "hooks").mkdir()
        (target / "template.yaml").write_text(text)
        folders.append(target)
    return folders


def require_checkov() -> None:
    if not CHECKOV.is_file():
        if os.environ.get("CI"):
            pytest.fail("checkov is missing: make setup")
        pytest.skip("checkov is missing: make setup")


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return rendered(tmp_path_factory.mktemp("monoliths"))


@pytest.mark.thorough
def test_checkov_has_nothing_to_say_of_any_kind(kinds: dict[str, str], tmp_path: Path) -> None:
    """Neither of the template nor of what it is translated to, with a gradual deployment."""
    require_checkov()
    assert list(by_checkov(CHECKOV, written(tmp_path, kinds), tmp_path / "checkov")) == []


def test_few_rules_are_left_out_and_each_has_its_reason() -> None:
    assert 0 < len(skips()) <= 8
    assert all(skip.reason and skip.source.startswith("https://docs.aws.amazon.com/") for skip in skips())
    page = (Path(__file__).resolve().parents[2] / "docs" / "explanation" / "templates.md").read_text("utf-8")
    assert [skip.id for skip in skips() if skip.id not in page] == []


def test_a_gradual_deployment_has_its_own_configuration_and_asks_the_version(kinds: dict[str, str]) -> None:
    for text in (kinds["a task that writes"], kinds[EventSource.HTTP_API]):
        resources = translated(text, GRADUAL)["Resources"]
        group = resources["FunctionDeploymentGroup"]["Properties"]
        assert group["DeploymentConfigName"] == {"Ref": "FivePercent"}
        assert len(group["AlarmConfiguration"]["Alarms"]) == 3
        policy = resources["FunctionAliaslive"]["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
        for hook in ("BeforeAllowTrafficHook", "AfterAllowTrafficHook"):
            assert policy[hook]["Fn::If"][1] == {"Ref": "Hook"}
        version = resources["Hook"]["Properties"]["Environment"]["Variables"]["VERSION"]
        assert resources[version["Ref"]]["Type"] == "AWS::Lambda::Version"


def test_without_one_nothing_of_it_is_there(kinds: dict[str, str]) -> None:
    """While a router shifts the traffic nobody else may touch the alias."""
    resources = translated(kinds["a task that writes"], {})["Resources"]
    assert not any(each["Type"].startswith("AWS::CodeDeploy::DeploymentG") for each in resources.values())
    assert "UpdatePolicy" not in resources["FunctionAliaslive"]


def test_the_dashboard_is_json_with_both_sides(kinds: dict[str, str]) -> None:
    for kind, legacy in (("a task that writes", "Migrator/Seam"), (EventSource.HTTP_API, "AWS/ApplicationELB")):
        body = translated(kinds[kind], {})["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
        text = body if isinstance(body, str) else body[0].replace("${Legacy}", _known(body))
        widgets = json.loads(text)["widgets"]
        assert "AWS/Lambda" in json.dumps(widgets)
        assert legacy in json.dumps(widgets)
        corners = [(each["x"], each["y"]) for each in widgets]
        assert len(set(corners)) == len(corners)
        assert all(each["x"] + each["width"] <= 24 for each in widgets)


def _known(body: list[Any]) -> str:
    _, known, unknown = body[1]["Legacy"]["Fn::If"]
    assert json.loads(unknown)["type"] == "text"
    found: str = known["Fn::Sub"]
    return found


@pytest.mark.thorough
def test_no_checker_has_anything_to_say_of_the_sample(tmp_path: Path) -> None:
    require_checkov()
    templates = {each.name: each.text for each in of_sample(sample_root()) if each.text}
    assert len(templates) > 100
    folders = written(tmp_path, templates)
    found: list[Finding] = [*by_library(folders), *by_checkov(CHECKOV, folders, tmp_path / "checkov")]
    assert found == []
