"""Values of a template with its functions worked out, as far as that can be done before anything is deployed.

In: a translated template. Out: plain values: a parameter is its default, or a value that it would take; a resource is a
name or an ARN of its type's shape in an account that does not exist. They are for programs that read policies, and for
limits; nothing is deployed with them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

_ACCOUNT, _REGION, _PARTITION = "123456789012", "us-east-1", "aws"
_PSEUDO: Final[Mapping[str, str]] = {
    "AWS::AccountId": _ACCOUNT,
    "AWS::Region": _REGION,
    "AWS::Partition": _PARTITION,
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "stack",
    "AWS::StackId": f"arn:aws:cloudformation:{_REGION}:{_ACCOUNT}:stack/stack/00000000-0000-0000-0000-000000000000",
}
# The ARN of a resource named `{name}`, by type; the Service Authorization Reference has the shapes.
_ARNS: Final[Mapping[str, str]] = {
    "AWS::ApiGateway::RestApi": "arn:aws:apigateway:us-east-1::/restapis/{name}",
    "AWS::ApiGatewayV2::Api": "arn:aws:apigateway:us-east-1::/apis/{name}",
    "AWS::CloudWatch::Alarm": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}",
    "AWS::DynamoDB::Table": "arn:aws:dynamodb:us-east-1:123456789012:table/{name}",
    "AWS::ElasticLoadBalancingV2::Listener": (
        "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/{name}/0123456789abcdef/0123456789abcdef"
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (
        "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/{name}/0123456789abcdef"
    ),
    "AWS::Events::EventBus": "arn:aws:events:us-east-1:123456789012:event-bus/{name}",
    "AWS::Events::Rule": "arn:aws:events:us-east-1:123456789012:rule/{name}",
    "AWS::IAM::ManagedPolicy": "arn:aws:iam::123456789012:policy/{name}",
    "AWS::IAM::Role": "arn:aws:iam::123456789012:role/{name}",
    "AWS::KMS::Key": "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000",
    "AWS::Kinesis::Stream": "arn:aws:kinesis:us-east-1:123456789012:stream/{name}",
    "AWS::KinesisFirehose::DeliveryStream": "arn:aws:firehose:us-east-1:123456789012:deliverystream/{name}",
    "AWS::Lambda::Function": "arn:aws:lambda:us-east-1:123456789012:function:{name}",
    # With the wildcard that its policies name streams by.
    "AWS::Logs::LogGroup": "arn:aws:logs:us-east-1:123456789012:log-group:{name}:*",
    "AWS::MSK::Cluster": "arn:aws:kafka:us-east-1:123456789012:cluster/{name}/00000000-0000-0000-0000-000000000000-1",
    "AWS::S3::Bucket": "arn:aws:s3:::{name}",
    "AWS::SNS::Topic": "arn:aws:sns:us-east-1:123456789012:{name}",
    "AWS::SQS::Queue": "arn:aws:sqs:us-east-1:123456789012:{name}",
    "AWS::SSM::Parameter": "arn:aws:ssm:us-east-1:123456789012:parameter/{name}",
    "AWS::Scheduler::Schedule": "arn:aws:scheduler:us-east-1:123456789012:schedule/default/{name}",
    "AWS::SecretsManager::Secret": "arn:aws:secretsmanager:us-east-1:123456789012:secret:{name}-a1b2c3",
    "AWS::StepFunctions::StateMachine": "arn:aws:states:us-east-1:123456789012:stateMachine:{name}",
}
# A label has colons in truth, which parliament takes for the parts of an ARN.
_TABLE_STREAM = "arn:aws:dynamodb:us-east-1:123456789012:table/{name}/stream/2026-01-01"
# `Ref` gives the ARN itself for these, for all others a name.
_REF_IS_ARN: Final = frozenset(
    {
        "AWS::ElasticLoadBalancingV2::Listener",
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "AWS::IAM::ManagedPolicy",
        "AWS::MSK::Cluster",
        "AWS::SNS::Topic",
        "AWS::SecretsManager::Secret",
        "AWS::StepFunctions::StateMachine",
    }
)
_STREAM_ATTRIBUTES = frozenset({"StreamArn"})
_NAME_PROPERTIES = (
    "FunctionName",
    "RoleName",
    "QueueName",
    "TableName",
    "TopicName",
    "BucketName",
    "LogGroupName",
    "Name",
)
_PLACEHOLDER = re.compile(r"\$\{([^!}][^}]*)\}")
_DEEPEST = 40


class Dropped:
    """What stands where `AWS::NoValue` says that nothing does."""


DROPPED: Final = Dropped()


class Resolver:
    """Works out the functions of one template.

    Args:
        parameters: of the template, by name.
        resources: of the template, by logical id.
    """

    def __init__(self, parameters: Mapping[str, Any], resources: Mapping[str, Any]) -> None:
        self._parameters = parameters
        self._resources = resources

    def value(self, node: Any, depth: int = 0) -> Any:
        """A value of the template with all that is inside of it; what cannot be known is a plausible text."""
        if depth > _DEEPEST:
            return ""
        if isinstance(node, Mapping):
            if len(node) == 1:
                name, argument = next(iter(node.items()))
                if name == "Ref" or str(name).startswith("Fn::") or name == "Condition":
                    return self._function(str(name), argument, depth)
            held = {str(key): self.value(inner, depth + 1) for key, inner in node.items()}
            return {key: inner for key, inner in held.items() if inner is not DROPPED}
        if isinstance(node, Sequence) and not isinstance(node, str):
            listed = (self.value(inner, depth + 1) for inner in node)
            return [inner for inner in listed if inner is not DROPPED]
        return node

    def text(self, node: Any) -> str:
        """A value as text."""
        found = self.value(node)
        return "" if found is DROPPED else str(found)

    def number(self, node: Any) -> float | None:
        """A value as a number, or None where it is none."""
        found = self.value(node)
        try:
            return float(found)
        except (TypeError, ValueError):
            return None

    def _function(self, name: str, argument: Any, depth: int) -> Any:
        inner = depth + 1
        match name, argument:
            case "Ref", "AWS::NoValue":
                return DROPPED
            case "Ref", str():
                return self._ref(argument)
            case "Fn::GetAtt", _:
                parts = argument.split(".", 1) if isinstance(argument, str) else [str(part) for part in argument]
                return self._attribute(parts[0], ".".join(parts[1:]))
            case "Fn::Sub", str():
                return self._substituted(argument, {}, inner)
            case "Fn::Sub", [str() as text, Mapping() as names]:
                return self._substituted(text, names, inner)
            case "Fn::Join", [separator, parts]:
                listed = self.value(parts, inner)
                return str(separator).join(map(str, listed)) if isinstance(listed, list) else str(listed)
            case "Fn::If", [_, first, second]:
                # Which of both holds is known when it is deployed; what is there weighs more than what is not.
                taken = self.value(first, inner)
                return self.value(second, inner) if taken is DROPPED else taken
            case "Fn::Select", [index, parts]:
                listed, at = self.value(parts, inner), self.number(index)
                # Twelve digits can stand for a name and for the number of an account.
                return (
                    listed[int(at)]
                    if isinstance(listed, list) and at is not None and 0 <= at < len(listed)
                    else "123456789012"
                )
            case "Fn::Split", [separator, text]:
                return self.text(text).split(str(separator) or " ")
            case _:
                return "value"

    def _ref(self, name: str) -> Any:
        if name in _PSEUDO:
            return _PSEUDO[name]
        if name in self._parameters:
            return self._parameter(name)
        resource = self._resources.get(name)
        if isinstance(resource, Mapping):
            kind = str(resource.get("Type", ""))
            own = self._name(name, resource)
            if kind == "AWS::SQS::Queue":
                return f"https://sqs.{_REGION}.amazonaws.com/{_ACCOUNT}/{own}"
            return _ARNS[kind].format(name=own) if kind in _REF_IS_ARN else own
        return name

    def _attribute(self, name: str, attribute: str) -> str:
        resource = self._resources.get(name)
        if not isinstance(resource, Mapping):
            return name
        kind, own = str(resource.get("Type", "")), self._name(name, resource)
        if attribute in _STREAM_ATTRIBUTES:
            return _TABLE_STREAM.format(name=own)
        if attribute.endswith("Arn"):
            return _ARNS.get(kind, "arn:aws:unknown:us-east-1:123456789012:{name}").format(name=own)
        return own

    def _name(self, logical: str, resource: Mapping[str, Any]) -> str:
        properties = resource.get("Properties")
        if isinstance(properties, Mapping):
            for name in _NAME_PROPERTIES:
                if name in properties and (found := self.text(properties[name])):
                    return found
        return logical.lower() if resource.get("Type") == "AWS::S3::Bucket" else logical

    def _substituted(self, text: str, names: Mapping[str, Any], depth: int) -> str:
        def put(match: re.Match[str]) -> str:
            name = match[1].strip()
            if name in names:
                return str(self.value(names[name], depth))
            found = self._attribute(*name.split(".", 1)) if "." in name else self._ref(name)
            return str(found)

        return _PLACEHOLDER.sub(put, text).replace("${!", "${")

    def _parameter(self, name: str) -> Any:
        declared = self._parameters[name]
        declared = declared if isinstance(declared, Mapping) else {}
        kind = str(declared.get("Type", "String"))
        found = declared.get("Default")
        if found == "" and (name.endswith("Arn") or "arn" in str(declared.get("AllowedPattern", ""))):
            found = None  # what uses it is there only where it is given
        if found is None or kind.startswith("AWS::SSM::Parameter::Value"):
            allowed = declared.get("AllowedValues")
            found = allowed[0] if isinstance(allowed, Sequence) and allowed else _example(name, declared)
        if kind == "CommaDelimitedList" or "List<" in kind:
            return str(found).split(",")
        return found


def _example(name: str, declared: Mapping[str, Any]) -> str:
    """A value that a parameter without a default would take."""
    if declared.get("Type") == "Number":
        return str(declared.get("MinValue", 1))
    arns = [arn.format(name="name") for arn in (_TABLE_STREAM, *_ARNS.values())]
    pattern = declared.get("AllowedPattern")
    if isinstance(pattern, str):
        try:
            fits = re.compile(pattern).fullmatch
        except re.error:
            return "name"
        return next((text for text in ("name", *arns, _filled(pattern)) if fits(text)), "name")
    if name.removesuffix("Setting").endswith("Arn"):
        words = {word.lower() for word in re.findall(r"[A-Z][a-z]+", name)} - {"arn", "setting"}
        return next((arn for kind, arn in zip(_ARNS, arns[1:], strict=True) if words & _words(kind)), arns[1])
    return "name"


def _filled(pattern: str) -> str:
    """An ARN by the pattern that templates give one: its parts are written out, or one of three classes."""
    for piece, said in (("[a-z0-9-]+", "aws"), ("[a-z0-9-]*", _REGION), ("[0-9]*", _ACCOUNT), ("[^*?]+", "name")):
        pattern = pattern.replace(piece, said)
    return pattern


def _words(kind: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z][a-z]+", kind.rpartition("::")[2])} | {
        kind.split("::")[1].lower()
    }
