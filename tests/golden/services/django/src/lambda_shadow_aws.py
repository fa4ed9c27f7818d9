"""The guard of AWS: of botocore's calls, a mirrored call may make those that read.

An operation's name says whether it reads. Of the 7,440 actions of AWS that are named like this, its
own list of access levels calls 57 no reads, and nearly all of these give out credentials or
configuration. Those that change something are left out here.
"""

from __future__ import annotations

import re
from typing import Any

from botocore.endpoint import Endpoint
from botocore.model import OperationModel

import lambda_shadow as shadow
import lambda_shadow_network as network

READS = re.compile(
    r"(?:BatchGet|Describe|Get|Head|List|Lookup|Query|Scan|Search|Select|TransactGet)(?:[A-Z]|$)"
)
# By that list, read 2026-11: one makes an identity, one takes an activity's task off its list.
CHANGING = frozenset({("cognito-identity", "GetId"), ("stepfunctions", "GetActivityTask")})
# Named otherwise, and nothing is changed: credentials, computing with a key, reading configuration.
ALSO_READS = re.compile(
    r"sts\.(?:AssumeRole\w*|DecodeAuthorizationMessage)"
    r"|kms\.(?:Decrypt|Encrypt|ReEncrypt|GenerateDataKey\w*|GenerateMac|GenerateRandom|Sign|Verify\w*)"
    r"|appconfigdata\.StartConfigurationSession"
)
# By service; any other is like a request to somebody else's.
EFFECTS = {
    **dict.fromkeys(("dynamodb", "rds-data"), "database"),
    **dict.fromkeys(("ses", "sesv2"), "email"),
    **dict.fromkeys(("events", "firehose", "kinesis", "sns", "sqs", "stepfunctions"), "enqueue"),
    "s3": "object-storage",
}
_make_request = Endpoint.make_request


def make_request(
    self: Endpoint, operation_model: OperationModel, request_dict: dict[str, Any]
) -> Any:
    """Send a request to AWS."""
    call = shadow.acting()
    if call is not None:
        service, operation = operation_model.service_model.service_name, operation_model.name
        if not reads(service, operation):
            # A library that sends through AWS says better what it does.
            library = network.used_by()
            known = "" if library == "botocore" else network.USERS.get(library, "")
            call.check(known or EFFECTS.get(service, "http-out"), f"{service} {operation}")
    return _make_request(self, operation_model, request_dict)


def reads(service: str, operation: str) -> bool:
    """Whether an operation changes nothing."""
    if (service, operation) in CHANGING:
        return False
    return bool(READS.match(operation) or ALSO_READS.fullmatch(f"{service}.{operation}"))


Endpoint.make_request = make_request
network.VETTED.add("botocore")
