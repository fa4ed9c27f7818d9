"""Whether a new version starts: CodeDeploy asks before traffic comes to it, and once all of it has.

The version is sent an event that its handler answers without doing anything; what is imported and
read at its start is imported and read. By the verdict CodeDeploy shifts traffic or takes it back.
"""

import json
import logging
import os
from typing import Any

import boto3
from botocore.config import Config

START = {"migrator": "start"}
STARTED = {"migrator": "started"}

logger = logging.getLogger()
# One try: a version that has to be asked twice does not start.
functions = boto3.client(
    "lambda", config=Config(read_timeout=44, retries={"total_max_attempts": 1})
)
deployments = boto3.client("codedeploy")


def handler(event: dict[str, Any], context: object) -> None:
    """Ask the version, and tell CodeDeploy."""
    refused = refusal(os.environ["VERSION"])
    if refused:
        logger.error("the version does not start: %s", refused)
    deployments.put_lifecycle_event_hook_execution_status(
        deploymentId=event["DeploymentId"],
        lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status="Failed" if refused else "Succeeded",
    )


def refusal(version: str) -> str:
    """Why a version does not start; empty where it does."""
    try:
        answer = functions.invoke(FunctionName=version, Payload=json.dumps(START).encode())
        said = answer["Payload"].read().decode()
        if not answer.get("FunctionError") and json.loads(said) == STARTED:
            return ""
    except Exception as error:  # whatever it is: without a verdict CodeDeploy waits for an hour
        return repr(error)
    return f"it answers {said[:1000]}"
