"""Changes of marketplace orders, which the marketplaces' adapter keeps in DynamoDB."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import requests
from aws_lambda_powertools.utilities.data_classes import DynamoDBStreamEvent, event_source
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import (
    DynamoDBRecord,
    DynamoDBRecordEventName,
)

from shop import settings
from shop.common.money import format_cents

log = logging.getLogger(__name__)

# the ERP has never heard of the others
ERP_STATES = {"accepted": "100", "shipped": "300", "returned": "410", "canceled": "900"}


def change_of(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, str] | None:
    state = ERP_STATES.get(new.get("status", ""))
    if state is None or old.get("status") == new.get("status"):
        return None
    return {
        "document": f"{new['marketplace']}/{new['number']}",
        "state": state,
        "amount": format_cents(int(new["total_cents"]), new.get("currency", "EUR")),
    }


def tell_erp(session: requests.Session, record: DynamoDBRecord) -> None:
    stored = record.dynamodb
    if record.event_name is DynamoDBRecordEventName.REMOVE or stored is None:
        return
    change = change_of(stored.old_image, stored.new_image)
    if change is not None:
        answer = session.post(f"{settings.ERP_URL}/documents", json=change, timeout=(2, 10))
        answer.raise_for_status()


@event_source(data_class=DynamoDBStreamEvent)
def order_changed(event: DynamoDBStreamEvent, context: Any) -> dict[str, list[dict[str, str]]]:
    """In order: when one fails, it and all after it come again."""
    with requests.Session() as session:
        for record in event.records:
            try:
                tell_erp(session, record)
            except requests.RequestException:
                number = record.dynamodb.sequence_number
                log.exception("the ERP did not take %s", number)
                return {"batchItemFailures": [{"itemIdentifier": number}]}
    return {"batchItemFailures": []}
