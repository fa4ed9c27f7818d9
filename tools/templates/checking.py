"""What the public checkers say of templates.

In: a folder with a folder for each template. Out: findings by template. Translator, cfn-lint and parliament are asked as
`migrator check` asks them; checkov once for all, of the templates and of what they are translated to.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migrator.adapters.checks import cfn_lint, parliament, sam_template
from migrator.cloud_facts.checkov_skips import skips
from migrator.domain.checks import CheckOutcome

TEMPLATE = "template.yaml"
GRADUAL = {"GradualDeployment": "true"}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a checker has to say."""

    checker: str
    template: str
    message: str


def translated(text: str, parameters: Mapping[str, str]) -> Mapping[str, Any]:
    """CloudFormation, as AWS makes it of a template on deployment.

    Args:
        parameters: values beside the defaults.
    """
    import boto3
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator
    from samtranslator.yaml_helper import yaml_parse

    document = yaml_parse(text)
    for resource in document["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    session = boto3.session.Session(aws_access_key_id="none", aws_secret_access_key="none", region_name="us-east-1")
    made: Mapping[str, Any] = Translator({}, Parser(), boto_session=session).translate(document, dict(parameters))
    return made


def by_library(folders: Sequence[Path]) -> Iterator[Finding]:
    """What the translator and cfn-lint say; a warning counts."""
    for folder in folders:
        for checker, check in (("sam", sam_template.check), ("cfn-lint", cfn_lint.check)):
            for finding in check(folder).findings:
                yield Finding(checker, folder.name, finding.message)


def by_parliament(folders: Sequence[Path]) -> Iterator[Finding]:
    """What parliament says of the roles."""
    for folder in folders:
        found = parliament.check(folder)
        if found.outcome is CheckOutcome.UNKNOWN:
            yield Finding("parliament", folder.name, f"not asked: {found.summary}")
        for finding in found.findings:
            yield Finding("parliament", folder.name, finding.message)


def by_checkov(program: Path, folders: Sequence[Path], scratch: Path) -> Iterator[Finding]:
    """What checkov says, of the templates and of CloudFormation with a gradual deployment."""
    scratch.mkdir()
    for folder in folders:
        text = (folder / TEMPLATE).read_text("utf-8")
        (scratch / f"{folder.name}.yaml").write_text(text, "utf-8")
        (scratch / f"{folder.name}.json").write_text(json.dumps(translated(text, GRADUAL)), "utf-8")
    asked = [
        str(program),
        "--framework",
        "cloudformation",
        "--skip-download",
        "--quiet",
        "--compact",
        "--output",
        "json",
    ]
    allowed = ",".join(skip.id for skip in skips())
    done = subprocess.run(
        [*asked, "--skip-check", allowed, "--directory", str(scratch)], capture_output=True, text=True, check=False
    )
    said = json.loads(done.stdout)
    looked_at = said.get("summary", {}).get("resource_count", 0)
    if looked_at < 2 * len(folders):
        yield Finding("checkov", "all", f"looked at {looked_at} resources only: {done.stderr.strip()[-500:]}")
    for failed in said.get("results", {}).get("failed_checks", ()):
        name = failed["file_path"].rpartition("/")[2]
        yield Finding("checkov", name, f"{failed['check_id']} {failed['resource']}: {failed['check_name']}")
    for path in said.get("results", {}).get("parsing_errors", ()):
        yield Finding("checkov", path, "cannot be read")


def by_sam(program: Path, folders: Sequence[Path]) -> Iterator[Finding]:
    """What `sam validate --lint` says."""
    for folder in folders:
        asked = [str(program), "validate", "--lint", "--region", "us-east-1", "--template", str(folder / TEMPLATE)]
        done = subprocess.run(
            asked,
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "SAM_CLI_TELEMETRY": "0", "LANG": "C.UTF-8"},
        )
        if done.returncode != 0:
            yield Finding("sam validate", folder.name, (done.stdout + done.stderr).strip()[-500:])
