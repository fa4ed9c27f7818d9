"""The programs that a service's pipeline runs, pinned, and what its linter asks for.

In: nothing. Out: lines of requirements, rules of ruff. The versions are those that the templates were tried with, all in one
environment that is not the function's: it holds none of what the function runs with.
"""

from __future__ import annotations

# aws-sam-cli carries AWS's Lambda runtime emulator too; boto3 is the load test's.
PROGRAMS: tuple[str, ...] = (
    "aws-sam-cli==1.170.0",
    "boto3==1.43.108",
    "locust==2.47.0",
    "pip-audit==2.10.1",
    "ruff==0.17.6",
)

# What cannot run: syntax, comparisons that are always true, names that are nowhere. The style of a slice is the
# monolith's matter: to change it here would be to differ from where it was cut out.
LINT_RULES = "E9,F63,F7,F82"
