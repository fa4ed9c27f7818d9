"""What the argument that names a resource says: its name as it stands in the ARN, or the whole ARN.

In: the resource type, the parameter and one text that it may have. Out: `Name` values; none where the text does not
say how the name begins. Most types take the name as it is; those that do not have a row in a table below.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from email.utils import parseaddr

from migrator.artifacts.permissions.settings import SettingsShown
from migrator.artifacts.permissions.texts import Pattern, literal_of, pattern_of, without_beginning
from migrator.domain.sdk_calls import PartKind, Text, TextPart

Conditions = Mapping[str, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Name:
    """A resource, as an argument names it.

    Attributes:
        text: what stands in the place of the variable, or the ARN.
        whole: whether it is an ARN.
        ends: nothing of the ARN's template follows.
        needs: conditions of the template that have to be true.
        conditions: of the statement.
        because: why a `*` in it cannot be narrower, or an empty string.
    """

    text: str
    whole: bool = False
    ends: bool = False
    needs: frozenset[str] = frozenset()
    conditions: Conditions = field(default_factory=dict)
    because: str = ""


def names_of(type_: str, parameter: str, text: Text, settings: SettingsShown) -> tuple[Name, ...]:
    """The names that a text gives a resource of a type (`s3:bucket`); none where its beginning is not known."""
    special = _FORMS.get(type_)
    found = special(parameter, text, settings) if special is not None else None
    if found is not None:
        return found
    pattern = pattern_of(text, settings)
    if pattern.text.startswith("arn:") or (pattern.setting and _holds_arn(parameter, pattern.setting, settings)):
        return (Name(pattern.text, whole=True, needs=pattern.needs),)
    return (Name(pattern.text, needs=pattern.needs),) if pattern.known else ()


def _holds_arn(parameter: str, setting: str, settings: SettingsShown) -> bool:
    return bool(re.search(r"Arns?$|ARNs?$", parameter)) or settings.holds_arn(setting)


def _queue(parameter: str, text: Text, settings: SettingsShown) -> tuple[Name, ...] | None:
    """A queue by its URL: `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME`.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html
    """
    pattern = pattern_of(text, settings)
    if pattern.setting and (parameter == "QueueUrl" or settings.holds_url(pattern.setting)):
        parameter_name = settings.parameters[pattern.setting]
        arn = f"arn:${{AWS::Partition}}:sqs:${{Region}}:${{{parameter_name}/3}}:${{{parameter_name}/4}}"
        return (Name(arn, whole=True, needs=pattern.needs),)
    if parameter != "QueueUrl" and not pattern.text.startswith("http"):
        return None
    pieces = pattern.text.split("/")
    name = pieces[-1]
    if len(pieces) < 2 or not name or name.startswith("*"):
        return ()
    host = re.fullmatch(r"(?:sqs\.)?([a-z0-9-]+)(?:\.queue)?\.amazonaws\.com(?:\.cn)?", _at(pieces, 2))
    region = host[1] if host and host[1] not in ("queue", "sqs") else "${Region}"
    account = _at(pieces, 3) if re.fullmatch(r"[0-9]{12}|\$\{\w+\}", _at(pieces, 3)) else "${AWS::AccountId}"
    arn = f"arn:${{AWS::Partition}}:sqs:{region}:{account}:{name}"
    return (Name(arn, whole=True, needs=pattern.needs),)


def _topic(parameter: str, text: Text, settings: SettingsShown) -> tuple[Name, ...] | None:
    """A topic by the answer that ends with its name, as CreateTopic gives it."""
    pattern = pattern_of(text, settings)
    name = pattern.text.removeprefix("*:")
    if pattern.text.startswith("*:") and ":" not in name and not name.startswith("*"):
        return (Name(name, needs=pattern.needs),)
    return None


def _parameter(parameter: str, text: Text, settings: SettingsShown) -> tuple[Name, ...] | None:
    """A parameter of Systems Manager; the ARN has one slash before its name, whether the name has one or not.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html
    """
    pattern = pattern_of(text, settings)
    if pattern.setting and not settings.holds_arn(pattern.setting):
        default = settings.defaults.get(pattern.setting, "")
        plain = Name(pattern.text, needs=pattern.needs)
        arn = f"arn:${{AWS::Partition}}:ssm:${{Region}}:${{AWS::AccountId}}:parameter{pattern.text}"
        slashed = Name(arn, whole=True, needs=pattern.needs)
        return (slashed,) if default.startswith("/") else (plain, slashed)
    rest = without_beginning(text, ("/",))
    return None if rest == text else (Name(pattern_of(rest, settings).text, needs=pattern.needs),)


def _secret(parameter: str, text: Text, settings: SettingsShown) -> tuple[Name, ...] | None:
    """A secret by its name, to which Secrets Manager adds six characters.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html, "ARN format".
    """
    pattern = pattern_of(text, settings)
    if not pattern.known or pattern.text.startswith("arn:") or _whole_arn(parameter, pattern, settings):
        return None
    return (Name(f"{pattern.text}-??????", needs=pattern.needs),)


def _key(parameter: str, text: Text, settings: SettingsShown) -> tuple[Name, ...] | None:
    """A key by its alias, which is no resource: every key, on the condition that it is asked for by the alias.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
    """
    pattern = pattern_of(text, settings)
    if not pattern.text.startswith("alias/") and not (
        pattern.setting and re.search(r"ALIAS", pattern.setting, re.IGNORECASE)
    ):
        return None
    operator = "StringEquals" if pattern.whole else "StringLike"
    conditions = {operator: {"kms:RequestAlias": (pattern.text,)}}
    because = "an alias is no resource: the condition says which key"
    return (Name("*", needs=pattern.needs, conditions=conditions, because=because),)


def _task_definition(parameter: str, text: Text, settings: SettingsShown) -> tuple[Name, ...] | None:
    """A task definition by its family, with a revision or without, which is every one.

    Source: the page of RunTask in the API reference of ECS.
    """
    pattern = pattern_of(text, settings)
    if not pattern.known or pattern.text.startswith("arn:") or _whole_arn(parameter, pattern, settings):
        return None
    revisions = Name(pattern.text, needs=pattern.needs)
    if pattern.setting:
        arn = f"arn:${{AWS::Partition}}:ecs:${{Region}}:${{AWS::AccountId}}:task-definition/{pattern.text}"
        return (revisions, Name(arn, whole=True, ends=True, needs=pattern.needs))
    return (replace(revisions, ends=True),) if ":" in pattern.text.replace("AWS::", "") else (revisions,)


def _identity(parameter: str, text: Text, settings: SettingsShown) -> tuple[Name, ...] | None:
    """An identity of SES: the address that is sent from, or its domain, whichever is verified.

    Source: https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
    """
    pattern = address_of(text, settings)
    if not pattern.known or pattern.text.startswith("arn:"):
        return None
    if pattern.setting:
        domain = f"${{{settings.parameters[pattern.setting]}/@/1}}"
        return (Name(pattern.text, needs=pattern.needs), Name(domain, needs=pattern.needs))
    domain = pattern.text.rpartition("@")[2]
    names = (pattern.text,) if domain == pattern.text or domain.startswith("*") else (pattern.text, domain)
    return tuple(Name(name, needs=pattern.needs) for name in names)


def _hosted_zone(parameter: str, text: Text, settings: SettingsShown) -> tuple[Name, ...] | None:
    """A zone by its id, which Route 53 itself gives with `/hostedzone/` before it."""
    rest = without_beginning(text, ("/hostedzone/", "hostedzone/"))
    return None if rest == text else (Name(pattern_of(rest, settings).text),)


def _function(parameter: str, text: Text, settings: SettingsShown) -> tuple[Name, ...] | None:
    """A function by a part of its ARN: `123456789012:function:NAME`.

    Source: the page of Invoke in the API reference of Lambda.
    """
    pattern = pattern_of(text, settings)
    partial = re.fullmatch(r"([0-9]{12}):function:(.+)", pattern.text)
    if partial is None:
        return None
    return (Name(f"arn:${{AWS::Partition}}:lambda:${{Region}}:{partial[1]}:function:{partial[2]}", whole=True),)


_PROFILE = re.compile(r"(?:us|us-gov|eu|apac|jp|au|ca|global)\.(.+)")


def _model(parameter: str, text: Text, settings: SettingsShown) -> tuple[Name, ...] | None:
    """A model of Bedrock by its id, or by a profile that sends the request to several regions.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html: both are needed.
    """
    pattern = pattern_of(text, settings)
    profile = _PROFILE.fullmatch(pattern.text)
    if profile is None:
        return None
    own = f"arn:${{AWS::Partition}}:bedrock:${{Region}}:${{AWS::AccountId}}:inference-profile/{pattern.text}"
    model = f"arn:${{AWS::Partition}}:bedrock:*::foundation-model/{profile[1]}"
    return (
        Name(own, whole=True, needs=pattern.needs),
        Name(model, whole=True, needs=pattern.needs, because="the profile says in which regions the model runs"),
    )


def address_of(text: Text, settings: SettingsShown) -> Pattern:
    """An address as it stands in the condition, without the name that is shown to people."""
    literal = literal_of(text)
    address = parseaddr(literal)[1] if literal else ""
    return pattern_of((TextPart(PartKind.LITERAL, address),) if address else text, settings)


def _whole_arn(parameter: str, pattern: Pattern, settings: SettingsShown) -> bool:
    return bool(pattern.setting) and _holds_arn(parameter, pattern.setting, settings)


def _at(pieces: list[str], index: int) -> str:
    return pieces[index] if index < len(pieces) else ""


_FORMS: Mapping[str, Callable[[str, Text, SettingsShown], tuple[Name, ...] | None]] = {
    "bedrock:foundation-model": _model,
    "ecs:task-definition": _task_definition,
    "kms:key": _key,
    "lambda:function": _function,
    "route53:hostedzone": _hosted_zone,
    "secretsmanager:Secret": _secret,
    "ses:identity": _identity,
    "sns:topic": _topic,
    "sqs:queue": _queue,
    "ssm:parameter": _parameter,
}
"""Types whose arguments are not the name alone; a row that has nothing to say gives None."""
