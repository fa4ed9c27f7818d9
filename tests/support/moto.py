"""A server on loopback that answers like AWS's control planes (moto's), and what the data planes need in it.

moto is stricter than AWS in three ways, and laxer in one that matters here: it knows no regular expressions in the
conditions of a rule, does not let two rules swap their priorities in one call, lets a rule have 10 tags and not 50, and
never looks at the revision of an alias. All four are taught here as AWS documents them.
"""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

REGION = "eu-central-1"
_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
_CONFIGS = {"path-pattern": "PathPatternConfig", "http-header": "HttpHeaderConfig", "host-header": "HostHeaderConfig"}


@contextmanager
def aws_server() -> Iterator[str]:
    """The URL of an empty server; the process has credentials for it as long."""
    server_module = pytest.importorskip("moto.server")
    with pytest.MonkeyPatch.context() as patched:
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
            patched.delenv(name, raising=False)
        for name, value in _CREDENTIALS.items():
            patched.setenv(name, value)
        _teach(patched)
        server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        try:
            host, port = server.get_host_and_port()
            # What it holds belongs to the process, and would be there again.
            httpx.post(f"http://{host}:{port}/moto-api/reset", trust_env=False).raise_for_status()
            yield f"http://{host}:{port}"
        finally:
            server.stop()


def client(name: str, url: str) -> Any:
    """A client of the server, for what a person would do by hand."""
    import boto3

    return boto3.session.Session().client(name, region_name=REGION, endpoint_url=url)


@dataclass(frozen=True)
class Balancer:
    """A load balancer with one listener, and target groups.

    Attributes:
        listener: ARN; its default action forwards to `legacy`.
        legacy: ARN of a group of addresses.
        canary: ARN of a group with a function.
        empty: ARN of a group for functions that has none.
        elbv2: a client, for what a person would do by hand.
    """

    listener: str
    legacy: str
    canary: str
    empty: str
    elbv2: Any

    def rules(self) -> list[dict[str, Any]]:
        """All rules but the default one, first looked at first."""
        found = self.elbv2.describe_rules(ListenerArn=self.listener)["Rules"]
        return sorted((rule for rule in found if not rule["IsDefault"]), key=lambda rule: int(rule["Priority"]))

    def rule(self, route: str) -> dict[str, Any]:
        """The rule of a route with a name of plain letters."""
        (found,) = (rule for rule in self.rules() if self.tags(rule).get("migrator:route") == route)
        return found

    def tags(self, rule: Mapping[str, Any]) -> dict[str, str]:
        """The tags of a rule."""
        (told,) = self.elbv2.describe_tags(ResourceArns=[rule["RuleArn"]])["TagDescriptions"]
        return {tag["Key"]: tag["Value"] for tag in told["Tags"]}

    def share_by_hand(self, route: str, canary: int, legacy: int) -> None:
        """Other weights, as somebody sets them in the console."""
        groups = [
            {"TargetGroupArn": self.canary, "Weight": canary},
            {"TargetGroupArn": self.legacy, "Weight": legacy},
        ]
        self.elbv2.modify_rule(
            RuleArn=self.rule(route)["RuleArn"],
            Actions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}],
        )


def balancer(url: str) -> Balancer:
    """A new load balancer."""
    ec2, elbv2 = client("ec2", url), client("elbv2", url)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{at}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"][
            "SubnetId"
        ]
        for at, zone in enumerate("ab")
    ]
    arn = elbv2.create_load_balancer(Name="shop", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]

    def group(name: str, **settings: Any) -> str:
        made = elbv2.create_target_group(Name=name, **settings)["TargetGroups"][0]["TargetGroupArn"]
        return str(made)

    legacy = group("legacy", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")
    canary, empty = group("canary", TargetType="lambda"), group("empty", TargetType="lambda")
    elbv2.register_targets(TargetGroupArn=legacy, Targets=[{"Id": "10.0.0.7", "Port": 80}])
    function = f"arn:aws:lambda:{REGION}:123456789012:function:tax"
    elbv2.register_targets(TargetGroupArn=canary, Targets=[{"Id": function}])
    default = [{"Type": "forward", "TargetGroupArn": legacy}]
    listeners = elbv2.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=default)[
        "Listeners"
    ]
    return Balancer(listeners[0]["ListenerArn"], legacy, canary, empty, elbv2)


@contextmanager
def table(url: str, name: str = "rollouts") -> Iterator[str]:
    """An empty table of rollouts."""
    dynamodb = client("dynamodb", url)
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("route", "part")],
        KeySchema=[{"AttributeName": "route", "KeyType": "HASH"}, {"AttributeName": "part", "KeyType": "RANGE"}],
    )
    try:
        yield name
    finally:
        dynamodb.delete_table(TableName=name)


@dataclass(frozen=True)
class Function:
    """A function with the published versions 1 to 3, and aliases.

    Attributes:
        awslambda: a client, for what a person would do by hand.
    """

    name: str
    awslambda: Any

    def alias(self, name: str) -> dict[str, Any]:
        """An alias as it stands."""
        found: dict[str, Any] = self.awslambda.get_alias(FunctionName=self.name, Name=name)
        return found

    def add_alias(self, name: str, version: str = "1", description: str = "") -> None:
        """An alias of one version."""
        self.awslambda.create_alias(FunctionName=self.name, Name=name, FunctionVersion=version, Description=description)

    def change_by_hand(self, name: str, **settings: Any) -> None:
        """Another setting of an alias, as somebody makes it in the console."""
        self.awslambda.update_alias(FunctionName=self.name, Name=name, **settings)


def function(url: str, name: str = "tax") -> Function:
    """A new function."""
    iam, awslambda = client("iam", url), client("lambda", url)
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    role = iam.create_role(RoleName=f"{name}-role", AssumeRolePolicyDocument=policy)["Role"]["Arn"]
    awslambda.create_function(
        FunctionName=name, Runtime="python3.13", Role=role, Handler="app.handler", Code={"ZipFile": _zipped("0")}
    )
    for version in "123":
        awslambda.update_function_code(FunctionName=name, ZipFile=_zipped(version), Publish=False)
        awslambda.publish_version(FunctionName=name)
    return Function(name, awslambda)


def _zipped(what: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("app.py", f"def handler(event, context):\n    return {what!r}\n")
    return data.getvalue()


def _teach(patched: pytest.MonkeyPatch) -> None:
    from moto.awslambda.exceptions import PreconditionFailedException
    from moto.awslambda.models import LambdaAlias
    from moto.awslambda.responses import LambdaResponse
    from moto.elbv2.exceptions import TooManyTagsError
    from moto.elbv2.models import ELBv2Backend

    checked, moved = ELBv2Backend._validate_conditions, ELBv2Backend.set_rule_priorities

    def check(self: Any, conditions: list[dict[str, Any]]) -> None:
        checked(
            self, [each for each in conditions if "RegexValues" not in each.get(_CONFIGS.get(each["Field"], ""), {})]
        )

    def move(self: Any, rule_priorities: list[dict[str, Any]]) -> Any:
        rules = [self.describe_rules(None, [each["RuleArn"]])[0] for each in rule_priorities]
        for rule in rules:
            rule.priority = -1  # else a rule that moves away still keeps others from its place
        return moved(self, rule_priorities)

    def tag(self: Any, resource_arns: list[str], tags: list[dict[str, str]]) -> None:
        for arn in resource_arns:
            known = self.tagging_service.get_tag_dict_for_resource(arn)
            if len(known.keys() | {each["Key"] for each in tags}) > 50:
                raise TooManyTagsError()
            self._get_resource_by_arn(arn)
            self.tagging_service.tag_resource(arn, tags)

    updated, asked = LambdaAlias.update, LambdaResponse.update_alias

    def update(self: Any, *settings: Any) -> None:
        updated(self, *settings)
        self.revision_id = str(uuid.uuid4())

    def ask(self: Any) -> Any:
        *_, function, _aliases, name = map(unquote, self.path.split("/"))
        wanted = json.loads(self.body).get("RevisionId")
        if wanted and wanted != self.backend.get_alias(name=name, function_name=function).revision_id:
            raise PreconditionFailedException("The Revision Id provided does not match the latest Revision Id")
        return asked(self)

    patched.setattr(LambdaAlias, "update", update)
    patched.setattr(LambdaResponse, "update_alias", ask)
    patched.setattr(ELBv2Backend, "_validate_conditions", check)
    patched.setattr(ELBv2Backend, "add_tags", tag)
    patched.setattr(ELBv2Backend, "set_rule_priorities", move)
