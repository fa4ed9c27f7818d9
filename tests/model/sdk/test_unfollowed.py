"""Calls that nobody can read off the code are said, with the reason."""

from __future__ import annotations

import pytest

from tests.model.sdk.programs import Case, check

CASES = (
    Case(
        "unfollowed",
        """
        import boto3, importlib, thirdparty
        def start(service, op, holder):
            c = boto3.client("ec2")
            getattr(c, op)()
            boto3.client(service).frobnicate()
            boto3.client("nosuch").list_things()
            c.no_such_operation()
            thirdparty.use(c)
            c.get_paginator(op).paginate()
            c.get_waiter(op).wait()
            c.generate_presigned_url(op)
            boto3.client("rds").generate_db_auth_token(DBHostname="h", Port=1, DBUsername="u")
            holder.add(c.describe_instances)
        """,
        calls=("ec2 describe_instances",),
        unfollowed=(
            "getattr(…)(): which operation it is, is known only when it runs",
            "boto3.client(…).frobnicate(): the service is not known: service",
            "boto3.client(…).list_things(): the SDK has no such service: nosuch",
            "c.no_such_operation(): the SDK has no such operation: no_such_operation",
            "thirdparty.use(…): hands a client of ec2 to thirdparty.use, of which nobody says what it calls",
            "c.get_paginator(…).paginate(): the operation that is paged through is not known",
            "c.get_waiter(…).wait(): the operation that is waited for is not known",
            "c.generate_presigned_url(…): the operation that is signed is not known",
            "boto3.client(…).generate_db_auth_token(…): signs a login to a database, which needs rds-db:connect",
        ),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_program_asks_for_what_it_says(case: Case) -> None:
    check(case)
