from typing import Any
from urllib.parse import unquote_plus

import boto3
from aws_lambda_powertools.utilities.data_classes import S3Event, event_source

s3 = boto3.client('s3')


@event_source(data_class=S3Event)
def stored(event: S3Event, context: Any) -> list[str]:
    keys = [unquote_plus(record.s3.get_object.key) for record in event.records]
    for key in keys:
        s3.put_object(Bucket='seen', Key=key, Body=b'')
    return keys
