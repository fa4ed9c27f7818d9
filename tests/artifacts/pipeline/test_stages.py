"""`samconfig.toml`: a section for each stage, and what nobody could know is refused, not deployed."""

from __future__ import annotations

import os
import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from migrator.artifacts import Artifacts
from migrator.artifacts.pipeline.stages import stages_of
from migrator.artifacts.rendering import render
from tests.artifacts.pipeline.conftest import folder_of
from tests.artifacts.test_hostile_names import TEXT, yaml_of

TOOLS = Path(__file__).resolve().parents[3] / ".venv-tools" / "bin"


def settings_of(made: Artifacts) -> dict[str, dict[str, Any]]:
    said = tomllib.loads(made.files["samconfig.toml"])
    return {
        stage: table["deploy"]["parameters"] for stage, table in said.items() if stage in ("dev", "staging", "prod")
    }


@pytest.mark.parametrize("kind", ["plain", "queue", "call", "event"])
def test_each_stage_says_what_is_known(kind: str, services: Mapping[str, Artifacts]) -> None:
    made = services[kind]
    stages = settings_of(made)
    assert list(stages) == ["dev", "staging", "prod"]
    assert len({said["stack_name"] for said in stages.values()}) == 3
    for stage, said in stages.items():
        assert said["parameter_overrides"][0] == f"Stage={stage}"
        assert f"stage={stage}" in said["tags"].split()
        assert said["confirm_changeset"] is (stage != "dev")
        assert said["fail_on_empty_changeset"] is False
        assert said["capabilities"] == "CAPABILITY_IAM"
    named = [
        each
        for each in yaml_of(made.files["template.yaml"])["Resources"].values()
        if "RoleName" in each.get("Properties", {})
    ]
    assert not named, "those would need CAPABILITY_NAMED_IAM"


@pytest.mark.parametrize("kind", ["plain", "queue", "event", "networked"])
def test_each_parameter_without_a_default_is_asked_for(
    kind: str, services: Mapping[str, Artifacts], networked: Artifacts
) -> None:
    made = networked if kind == "networked" else services[kind]
    parameters = yaml_of(made.files["template.yaml"])["Parameters"]
    wanted = {name for name, said in parameters.items() if "Default" not in said}
    assert bool(wanted) == (kind in ("networked", "event"))
    for said in settings_of(made).values():
        asked = [text for text in said["parameter_overrides"] if "=" not in text]
        assert {text.split()[1] for text in asked} == wanted
        given_ = {text.partition("=")[0] for text in said["parameter_overrides"] if "=" in text}
        assert given_ <= set(parameters)


def test_sam_refuses_what_nobody_has_written(networked: Artifacts, tmp_path: Path) -> None:
    """Before it asks AWS for anything: there is nothing at that address."""
    folder = folder_of(networked, tmp_path / "service")
    refused = deploy(folder)
    assert "write SubnetIds VALUE,VALUE here is not a valid format" in refused


@pytest.mark.thorough
def test_sam_goes_on_to_aws_once_it_is_written(networked: Artifacts, tmp_path: Path) -> None:
    folder = folder_of(networked, tmp_path / "service")
    path = folder / "samconfig.toml"
    text = path.read_text()
    for name in ("SubnetIds", "SecurityGroupIds"):
        text = text.replace(f"write {name} VALUE,VALUE here", f"{name}=a,b")
    path.write_text(text.replace("write RegionSetting VALUE here", "RegionSetting=x y"))
    assert "Could not connect" in deploy(folder)


def deploy(folder: Path) -> str:
    if not (TOOLS / "sam").exists():
        pytest.skip("no SAM CLI in .venv-tools")
    nowhere = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_DEFAULT_REGION": "eu-central-1"}
    done = subprocess.run(
        [TOOLS / "sam", "deploy", "--config-env", "prod"],
        cwd=folder,
        env={**os.environ, **nowhere, "SAM_CLI_TELEMETRY": "0", "AWS_MAX_ATTEMPTS": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode != 0
    return done.stdout + done.stderr


@given(TEXT, st.sampled_from(["String", "CommaDelimitedList", "List<AWS::EC2::Subnet::Id>"]))
def test_a_description_is_a_comment_and_no_more(description: str, kind: str) -> None:
    clean = description.encode("utf-8", "ignore").decode()
    stages = stages_of("name", [yaml.safe_dump({"Wanted": {"Type": kind, "Description": clean}})])
    text = render("sam/samconfig.toml.j2", {"stages": stages, "sam_tags": "a=b"})
    form = "VALUE" if kind == "String" else "VALUE,VALUE"
    said = tomllib.loads(text)["prod"]["deploy"]["parameters"]["parameter_overrides"]
    assert said == ["Stage=prod", "GradualDeployment=false", f"write Wanted {form} here"]
