"""The command that deploys a service folder, as a shell would read it."""

from __future__ import annotations

import shlex
from pathlib import Path

from migrator.adapters.checks.deploying import deploy_command
from tests.adapters.checks.small_service import make_service

CONFIG = """
version = 0.1
[default.global.parameters]
stack_name = "small"
[default.deploy.parameters]
capabilities = "CAPABILITY_IAM"
s3_bucket = "bucket"
parameter_overrides = "Words='two words'"
"""


def test_what_has_to_be_said_stands_there(tmp_path: Path) -> None:
    service = make_service(tmp_path / "a 'hostile' $(name)")
    words = shlex.split(deploy_command(service))
    assert words[:8] == ["cd", str(service), "&&", "sam", "build", "&&", "sam", "deploy"]
    assert words[8:] == [
        *("--stack-name", "a-hostile-name"),
        *("--capabilities", "CAPABILITY_IAM"),
        "--resolve-s3",
        *("--parameter-overrides", "StreamArn=<StreamArn>"),
    ]


def test_settings_of_the_folder_are_said_again(tmp_path: Path) -> None:
    service = make_service(tmp_path / "service", ("      AssumeRole", "      RoleName: small\n      AssumeRole"))
    (service / "samconfig.toml").write_text(CONFIG)
    words = shlex.split(deploy_command(service))
    assert words[8:] == [
        *("--stack-name", "small"),
        *("--capabilities", "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"),
        *("--parameter-overrides", "Words=two words", "StreamArn=<StreamArn>"),
    ]


def test_a_stage_that_is_not_the_default_is_named(tmp_path: Path) -> None:
    service = make_service(tmp_path / "service", ("    AllowedPattern:", '    Default: ""\n    AllowedPattern:'))
    built = "[default.build.parameters]\ncached = true\n"
    (service / "samconfig.toml").write_text(CONFIG.replace("default.", "staging.") + built)
    assert "sam deploy --config-env staging --stack-name small" in deploy_command(service)
    assert "--parameter-overrides" not in deploy_command(service)


def test_nothing_is_said_of_a_template_that_cannot_be_deployed(tmp_path: Path) -> None:
    assert deploy_command(make_service(tmp_path / "service", ("Handler: app.handler", "Handle: app.handler"))) == ""
    assert deploy_command(tmp_path) == ""
