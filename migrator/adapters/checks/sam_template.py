"""Whether the SAM translator turns the template into CloudFormation, as AWS does on deployment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from migrator.domain.checks import Check, CheckFinding, CheckOutcome

_FILE = "template.yaml"
_REGION = "us-east-1"
# `sam package` puts the code into a bucket before the translator sees the template.
_PACKAGED = "s3://bucket/key"


def check(folder: Path) -> Check:
    """Translate the template in memory; nothing outside is asked."""
    import boto3
    from samtranslator.model.exceptions import InvalidDocumentException
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator
    from samtranslator.yaml_helper import yaml_parse

    try:
        document: Any = yaml_parse((folder / _FILE).read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        return _failed(f"cannot be read: {error}")
    except Exception as error:  # the loader's own errors, of several libraries
        return _failed(f"is not YAML: {error}")
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        return _failed("has no Resources")
    for resource in document["Resources"].values():
        if isinstance(resource, dict) and resource.get("Type") == "AWS::Serverless::Function":
            resource.setdefault("Properties", {})["CodeUri"] = _PACKAGED
    session = boto3.session.Session(aws_access_key_id="none", aws_secret_access_key="none", region_name=_REGION)
    translator = Translator({}, Parser(), boto_session=session)
    try:
        made = translator.translate(document, parameter_values={})
    except InvalidDocumentException as error:
        causes = tuple(CheckFinding(cause.message, _FILE) for cause in error.causes)
        return Check("sam", CheckOutcome.FAILED, "the translator refuses the template", causes)
    except Exception as error:  # a template can bring the translator down in many ways
        return _failed(f"brings the SAM translator down: {type(error).__name__}: {error}")
    kinds = sorted({resource["Type"] for resource in made["Resources"].values()})
    return Check("sam", CheckOutcome.PASSED, f"{len(made['Resources'])} resources of {len(kinds)} types")


def _failed(message: str) -> Check:
    return Check("sam", CheckOutcome.FAILED, message, (CheckFinding(message, _FILE),))
