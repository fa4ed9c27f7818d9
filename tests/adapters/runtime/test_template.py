"""What the local runtime reads from a SAM template."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator.adapters.runtime import HttpRoute, load_functions
from migrator.errors import InputError
from tests.support.local_lambda import TEMPLATE, service_folder


def test_a_function_with_everything(tmp_path: Path) -> None:
    (function,) = load_functions(service_folder(tmp_path / "s"), environment={"AWS_ENDPOINT_URL": "http://127.0.0.1:5"})
    assert function.name == "TaxFunction"
    assert function.code == (tmp_path / "s" / "src").resolve()
    assert (function.handler, function.timeout_s, function.memory_mb) == ("app.handler", 2, 256)
    assert function.environment == {
        "STAGE": "test",
        "GREETING": "hello test",
        "TABLE": "Table",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:5",
    }
    assert function.routes == (
        HttpRoute("POST", "/api/tax/{country}"),
        HttpRoute("ANY", "/any/{rest+}"),
        HttpRoute("POST", "/api/tax/fixed"),
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("Timeout: 2", "Timeout: soon"), "Timeout must be a whole number above 0, not soon"),
        (("CodeUri: src/", "CodeUri: lib/"), "CodeUri lib/ is no folder"),
        (("Handler: app.handler", "PackageType: Image"), "has no Handler"),
        (("Type: AWS::Serverless::Function", "Type: AWS::SNS::Topic"), "has no AWS::Serverless::Function"),
        ((TEMPLATE, "- a list"), "not a CloudFormation template"),
    ],
)
def test_what_cannot_be_run_is_named(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    folder = service_folder(tmp_path / "s", template=TEMPLATE.replace(*change))
    with pytest.raises(InputError, match=message) as caught:
        load_functions(folder)
    assert "template.yaml" in caught.value.location


def test_what_stands_before_a_function(tmp_path: Path) -> None:
    targets = "  Targets:\n    Type: AWS::ElasticLoadBalancingV2::TargetGroup\n    Properties: {TargetType: lambda}\n"
    texts = {
        "http-api": TEMPLATE,
        "rest-api": TEMPLATE.replace("Type: HttpApi", "Type: Api"),
        "load-balancer": TEMPLATE + targets,
    }
    for front, text in texts.items():
        (function,) = load_functions(service_folder(tmp_path / front, template=text))
        assert function.front == front
        assert HttpRoute("POST", "/api/tax/fixed") in function.routes


def test_a_folder_without_a_template(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"is not a service folder: it has no template\.yaml") as caught:
        load_functions(tmp_path)
    assert "migrator extract" in caught.value.hint


def test_a_template_that_is_no_yaml(tmp_path: Path) -> None:
    folder = service_folder(tmp_path / "s", template="Resources:\n  A: [1\n  B: 2\n")
    with pytest.raises(InputError, match="not YAML") as caught:
        load_functions(folder)
    assert caught.value.location.endswith("template.yaml:3:4")


CONDITIONS = """
  Gradual: {Type: String, Default: "false"}
  Bucket: {Type: String, Default: ""}
  Zone: {Type: String}
Conditions:
  IsGradual: !Equals [!Ref Gradual, "true"]
  IsAtOnce: !Not [!Condition IsGradual]
  HasBucket: !Not [!Equals [!Ref Bucket, ""]]
  IsNear: !Equals [!Ref Zone, near]
  Either: !Or [!Condition IsNear, !Condition IsAtOnce]
  Both: !And [!Condition IsNear, !Condition IsGradual]
Globals:
"""
CONDITIONAL = TEMPLATE.replace("Globals:\n", CONDITIONS.lstrip("\n"), 1)


@pytest.mark.parametrize(
    ("condition", "there"),
    [("IsGradual", False), ("IsAtOnce", True), ("Either", True), ("Both", False), ("IsNear", True)],
)
def test_a_function_whose_condition_does_not_hold_is_not_there(tmp_path: Path, condition: str, there: bool) -> None:
    """Where nothing here says whether it holds (`Zone` has no default), it is taken to."""
    another = (
        f"  Another:\n    Type: AWS::Serverless::Function\n    Condition: {condition}\n"
        "    Properties: {Handler: app.handler, CodeUri: src/}\n"
    )
    functions = load_functions(service_folder(tmp_path / "s", template=CONDITIONAL + another))
    assert [function.name for function in functions] == ["TaxFunction", *["Another"] * there]


def test_a_variable_that_hangs_on_a_condition(tmp_path: Path) -> None:
    added = (
        "          WAY: !If [IsGradual, slow, fast]\n"
        "          LOST: !If [HasBucket, !Ref Bucket, !Ref AWS::NoValue]\n          TABLE:"
    )
    text = CONDITIONAL.replace("          TABLE:", added, 1)
    (function,) = load_functions(service_folder(tmp_path / "s", template=text))
    assert function.environment["WAY"] == "fast"
    assert "LOST" not in function.environment
