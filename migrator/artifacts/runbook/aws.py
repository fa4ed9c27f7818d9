"""Commands of the AWS CLI that several chapters use.

In: what is deployed. Out: texts of commands. Names that only AWS knows are read by one into a variable first, so that
nobody has to guess or to look them up in a console. Nothing is asked of AWS here.
"""

from __future__ import annotations

from typing import Final

from migrator.artifacts.runbook.deployed import Deployed
from migrator.artifacts.runbook.parts import Block, shell

READ_PHYSICAL: Final = "--query StackResourceDetail.PhysicalResourceId --output text"


def region_command(region: str) -> str:
    """Sets the region that the files name, or shows which one is set."""
    return f"export AWS_REGION={shell(region)} AWS_DEFAULT_REGION={shell(region)}" if region else "aws configure list"


def resource_function(deployed: Deployed) -> Block:
    """The shell function by which later commands read names."""
    body = (
        f"aws cloudformation describe-stack-resource --stack-name {shell(deployed.stack)} "
        f'--logical-resource-id "$1" {READ_PHYSICAL}'
    )
    return Block(
        "Commands below read names that only AWS knows by this function of the shell. Type it once in each terminal:",
        (f"resource() {{ {body}; }}",),
    )


def read_into(variable: str, logical: str) -> str:
    """Reads the name of a resource into a variable."""
    return f"{variable}=$(resource {shell(logical)})"


def messages_of(variable: str) -> str:
    """How many messages a queue has: waiting, being worked on, delayed."""
    names = "ApproximateNumberOfMessages ApproximateNumberOfMessagesNotVisible ApproximateNumberOfMessagesDelayed"
    return f'aws sqs get-queue-attributes --queue-url "${variable}" --attribute-names {names} --query Attributes --output json'


def since_commands(seconds: int) -> str:
    """Sets `SINCE` to so many seconds ago, in milliseconds since the epoch, as CloudWatch Logs takes it."""
    return f"SINCE=$(( ($(date +%s) - {seconds}) * 1000 ))"


def log_lines(deployed: Deployed, pattern: str, *, most: int = 50) -> str:
    """Lines of the function's log since `SINCE`."""
    found = f" --filter-pattern {shell(pattern)}" if pattern else ""
    return (
        f'aws logs filter-log-events --log-group-name {shell(deployed.log_group)} --start-time "$SINCE"{found} '
        f"--max-items {most} --query 'events[].message' --output text"
    )
