"""Kinesis, for what is written to it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from shop import settings

# the service's limit for one call
BATCH = 500


class StreamFull(Exception):
    """Some records were refused; the batch has to come again."""


def put_records(stream: str, key: str, rows: Iterable[Mapping[str, Any]]) -> int:
    import boto3

    client = boto3.client(
        "kinesis", region_name=settings.AWS_REGION, endpoint_url=settings.KINESIS_ENDPOINT_URL
    )
    waiting = [{"Data": json.dumps(row).encode(), "PartitionKey": str(row[key])} for row in rows]
    for start in range(0, len(waiting), BATCH):
        answer = client.put_records(StreamName=stream, Records=waiting[start : start + BATCH])
        if answer["FailedRecordCount"]:
            raise StreamFull(f"{answer['FailedRecordCount']} records refused by {stream}")
    return len(waiting)
