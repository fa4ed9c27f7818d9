"""Reports that are waiting when the office opens."""

from __future__ import annotations

from datetime import date, timedelta

from shop import settings
from shop.celery_app import celery_app
from shop.common import clock
from shop.common.storage import ObjectStore
from shop.db import session_scope
from shop.services.reports import as_csv, sales_by_country


@celery_app.task
def nightly(day: str | None = None) -> str:
    """Yesterday's sales; `day` (YYYY-MM-DD) to make up for a night that failed."""
    reported = date.fromisoformat(day) if day else clock.today() - timedelta(days=1)
    with session_scope() as session:
        rows = sales_by_country(session, reported)
    store = ObjectStore(settings.REPORT_BUCKET)
    return store.put(f"sales/{reported:%Y/%m}/sales-{reported}.csv", as_csv(rows), "text/csv")
