"""The template as CloudFormation gets it, from the SAM translator.

In: a template's text. Out: `Translated`, or what the translator says against it. Nothing outside is asked.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_REGION = "us-east-1"
# `sam package` puts the code into a bucket before the translator sees the template.
_PACKAGED = "s3://bucket/key"
_LOCK = threading.Lock()
# It tells of features of its own that are switched off; without a handler that goes to standard error.
logging.getLogger("samtranslator").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Translated:
    """What the translator made.

    Attributes:
        document: the template of CloudFormation, or None where there is none.
        causes: why there is none, one sentence each.
        summary: why there is none, in a word.
    """

    document: Mapping[str, Any] | None
    causes: tuple[str, ...] = ()
    summary: str = ""

    @property
    def resources(self) -> Mapping[str, Mapping[str, Any]]:
        """By logical id: each with a `Type` that is a text and `Properties` that are a mapping; what is none is left out."""
        return {
            name: {**resource, "Properties": _mapping(resource.get("Properties"))}
            for name, resource in self.section("Resources").items()
            if isinstance(resource, Mapping) and isinstance(resource.get("Type"), str)
        }

    def section(self, name: str) -> Mapping[str, Any]:
        """A section of the template that is a mapping by names."""
        return _mapping((self.document or {}).get(name))


def translated(text: str) -> Translated:
    """Translate a template in memory; several checks ask for the same one, which is translated once."""
    with _LOCK:
        return _translated(text)


@lru_cache(maxsize=4)
def _translated(text: str) -> Translated:
    import boto3
    from samtranslator.model.exceptions import InvalidDocumentException
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator
    from samtranslator.yaml_helper import yaml_parse

    try:
        document: Any = yaml_parse(text)
    except Exception as error:  # the loader's own errors, of several libraries
        return _none(f"is not YAML: {error}")
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        return _none("has no Resources")
    for resource in document["Resources"].values():
        if isinstance(resource, dict) and resource.get("Type") == "AWS::Serverless::Function":
            properties = resource.setdefault("Properties", {})
            if isinstance(properties, dict):
                properties["CodeUri"] = _PACKAGED
    session = boto3.session.Session(aws_access_key_id="none", aws_secret_access_key="none", region_name=_REGION)
    translator = Translator({}, Parser(), boto_session=session)
    try:
        made = Translated(translator.translate(document, parameter_values={}))
        translator.metrics.publish()  # to nobody; else it complains on standard error later
        return made
    except InvalidDocumentException as error:
        return Translated(None, tuple(cause.message for cause in error.causes), "the translator refuses the template")
    except Exception as error:  # a template can bring the translator down in many ways
        return _none(f"brings the SAM translator down: {type(error).__name__}: {error}")


def _mapping(found: Any) -> Mapping[str, Any]:
    return found if isinstance(found, Mapping) else {}


def _none(message: str) -> Translated:
    return Translated(None, (message,), message)
