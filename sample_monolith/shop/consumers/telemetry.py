"""Page views, a batch at a time, from the collector's stream to the analysts'."""

from __future__ import annotations

import logging
from typing import Any

from aws_lambda_powertools.utilities.data_classes import KinesisStreamEvent, event_source

from shop import settings
from shop.common.streams import put_records
from shop.db import session_scope
from shop.services.catalog import categories_of
from shop.telemetry import visits
from shop.telemetry.enrichment import enriched, is_bot, sku_of

log = logging.getLogger(__name__)


@event_source(data_class=KinesisStreamEvent)
def enrich_views(event: KinesisStreamEvent, context: Any) -> dict[str, list[dict[str, str]]]:
    views = []
    for record in event.records:
        try:
            view = record.kinesis.data_as_json()
        except ValueError:
            log.warning("record %s is not JSON", record.kinesis.sequence_number)
            continue
        if not is_bot(view):
            views.append(view)
    with session_scope() as session:
        categories = categories_of(session, {sku_of(view["path"]) for view in views} - {None})
    rows = []
    for view in views:
        visit = visits.follow(view["visit"], view["at"], view["path"])
        rows.append(enriched(view, visit, categories))
    put_records(settings.VISITS_STREAM, "visit", rows)
    if rows:
        visits.forget_ended(max(row["at"] for row in rows))
    return {"batchItemFailures": []}
