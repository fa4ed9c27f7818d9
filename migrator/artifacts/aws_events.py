"""Events as AWS's services send them, for the examples of a service.

In: what is to be in them. Out: the event. Field by field as in the developer guide of AWS Lambda ("Using Lambda with
other services", read 2026-11); accounts, names and times are those of its examples: nobody's.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence

from migrator.domain.json import JsonValue
from migrator.domain.plans import EventSource

_ACCOUNT = "123456789012"
_REGION = "us-east-1"
_TIME = "2026-01-31T12:00:00.000Z"
_TIME_MS = 1_769_860_800_000


def queue_event(bodies: Sequence[str], *, receives: int = 1) -> Mapping[str, JsonValue]:
    """Messages of SQS."""
    return {
        "Records": [
            {
                "messageId": f"059f36b4-87a3-44ab-83d2-66197{number:07d}",
                "receiptHandle": f"AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a{number}",
                "body": body,
                "attributes": {
                    "ApproximateReceiveCount": str(receives),
                    "SentTimestamp": str(_TIME_MS),
                    "SenderId": "AIDAIENQZJOLO23YVJ4VO",
                    "ApproximateFirstReceiveTimestamp": str(_TIME_MS + 1),
                },
                "messageAttributes": {},
                "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:{_REGION}:{_ACCOUNT}:my-queue",
                "awsRegion": _REGION,
            }
            for number, body in enumerate(bodies, start=1)
        ]
    }


def _topic() -> Mapping[str, JsonValue]:
    return {
        "Records": [
            {
                "EventVersion": "1.0",
                "EventSubscriptionArn": f"arn:aws:sns:{_REGION}:{_ACCOUNT}:sns-lambda:21be56ed-a058-49f5-8c98-aedd2564c486",
                "EventSource": "aws:sns",
                "Sns": {
                    "SignatureVersion": "1",
                    "Timestamp": _TIME,
                    "Signature": "tcc6faL2yUC6dgZdmrwh1Y4cGa/ebXEkAi6RibDsvpi+tE/1+82j...65r==",
                    "SigningCertUrl": f"https://sns.{_REGION}.amazonaws.com/SimpleNotificationService.pem",
                    "MessageId": "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
                    "Message": json.dumps({"key": "value"}),
                    "MessageAttributes": {},
                    "Type": "Notification",
                    "UnsubscribeUrl": f"https://sns.{_REGION}.amazonaws.com/?Action=Unsubscribe",
                    "TopicArn": f"arn:aws:sns:{_REGION}:{_ACCOUNT}:sns-lambda",
                    "Subject": "TestInvoke",
                },
            }
        ]
    }


def _bus() -> Mapping[str, JsonValue]:
    return {
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Sample Event",
        "source": "sample.source",
        "account": _ACCOUNT,
        "time": "2026-01-31T12:00:00Z",
        "region": _REGION,
        "resources": [],
        "detail": {"key": "value"},
    }


def _object() -> Mapping[str, JsonValue]:
    return {
        "Records": [
            {
                "eventVersion": "2.1",
                "eventSource": "aws:s3",
                "awsRegion": _REGION,
                "eventTime": _TIME,
                "eventName": "ObjectCreated:Put",
                "userIdentity": {"principalId": "AWS:AIDAINPONIXQXHT3IKHL2"},
                "requestParameters": {"sourceIPAddress": "192.0.2.1"},
                "responseElements": {
                    "x-amz-request-id": "D82B88E5F771F645",
                    "x-amz-id-2": "vlR7PnpV2Ce81l0PRw6jlUpck7Jo5ZsQ",
                },
                "s3": {
                    "s3SchemaVersion": "1.0",
                    "configurationId": "828aa6fc-f7b5-4305-8584-487c791949c1",
                    "bucket": {
                        "name": "sample-bucket",
                        "ownerIdentity": {"principalId": "A3I5XTEXAMAI3E"},
                        "arn": "arn:aws:s3:::sample-bucket",
                    },
                    # As S3 sends it: encoded as in a form.
                    "object": {
                        "key": "incoming/a+file+of+%C3%BC.csv",
                        "size": 1305107,
                        "eTag": "b21b84d653bb07b05b1e6b33684dc11b",
                        "sequencer": "0C0F6F405D6ED209E1",
                    },
                },
            }
        ]
    }


def _records() -> Mapping[str, JsonValue]:
    return {
        "Records": [
            {
                "kinesis": {
                    "kinesisSchemaVersion": "1.0",
                    "partitionKey": "1",
                    "sequenceNumber": f"4959033827149025660855969253836157109592157598913658{number:04d}",
                    "data": _encoded({"number": number}),
                    "approximateArrivalTimestamp": _TIME_MS / 1000,
                },
                "eventSource": "aws:kinesis",
                "eventVersion": "1.0",
                "eventID": f"shardId-000000000006:495903382714902566085596925383615710959215759891365{number:05d}",
                "eventName": "aws:kinesis:record",
                "invokeIdentityArn": f"arn:aws:iam::{_ACCOUNT}:role/lambda-role",
                "awsRegion": _REGION,
                "eventSourceARN": f"arn:aws:kinesis:{_REGION}:{_ACCOUNT}:stream/lambda-stream",
            }
            for number in (1, 2)
        ]
    }


def _changes() -> Mapping[str, JsonValue]:
    return {
        "Records": [
            {
                "eventID": "1",
                "eventName": "INSERT",
                "eventVersion": "1.1",
                "eventSource": "aws:dynamodb",
                "awsRegion": _REGION,
                "dynamodb": {
                    "ApproximateCreationDateTime": _TIME_MS / 1000,
                    "Keys": {"id": {"S": "101"}},
                    "NewImage": {"id": {"S": "101"}, "message": {"S": "New item!"}},
                    "SequenceNumber": "111",
                    "SizeBytes": 26,
                    "StreamViewType": "NEW_AND_OLD_IMAGES",
                },
                "eventSourceARN": f"arn:aws:dynamodb:{_REGION}:{_ACCOUNT}:table/sample/stream/2026-01-31T00:00:00.000",
            }
        ]
    }


def _log() -> Mapping[str, JsonValue]:
    return {
        "eventSource": "aws:kafka",
        "eventSourceArn": f"arn:aws:kafka:{_REGION}:{_ACCOUNT}:cluster/sample/6cc0432b-8618-4f44-bccc-e1fbd8fb7c4d-2",
        "bootstrapServers": "b-1.sample.kafka.us-east-1.amazonaws.com:9092",
        "records": {
            "sample-0": [
                {
                    "topic": "sample",
                    "partition": 0,
                    "offset": 15,
                    "timestamp": _TIME_MS,
                    "timestampType": "CREATE_TIME",
                    "key": base64.b64encode(b"key").decode(),
                    "value": _encoded({"key": "value"}),
                    "headers": [],
                }
            ]
        },
    }


def _encoded(value: JsonValue) -> str:
    return base64.b64encode(json.dumps(value).encode()).decode()


def sample_event(source: EventSource) -> Mapping[str, JsonValue]:
    """The example of one source; its contents mean nothing to any function."""
    made = {
        EventSource.QUEUE: lambda: queue_event([json.dumps({"key": "value"})]),
        EventSource.TOPIC: _topic,
        EventSource.EVENT_BUS: _bus,
        EventSource.OBJECT_STORE: _object,
        EventSource.RECORD_STREAM: _records,
        EventSource.TABLE_STREAM: _changes,
        EventSource.TOPIC_LOG: _log,
    }
    return made[source]()
