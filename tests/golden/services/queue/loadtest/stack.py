"""Where the service is: an output of its stack."""

from __future__ import annotations

import os

import boto3


def output(key: str) -> str:
    """What the stack named by LOAD_STACK says, such as the address of the service."""
    stack = os.environ["LOAD_STACK"]
    described = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    found = {each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", [])}
    return found[key]
