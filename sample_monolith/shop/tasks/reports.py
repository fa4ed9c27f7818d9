"""Reports that are waiting when the office opens."""

from __future__ import annotations

import csv
import gzip
import tempfile
from datetime import date, timedelta

from shop import settings
from shop.celery_app import celery_app
from shop.common import clock
from shop.common.storage import ObjectStore
from shop.db import session_scope
from shop.services.reports import as_csv, lines_of_year, sales_by_country


@celery_app.task
def nightly(day: str | None = None) -> str:
    """Yesterday's sales; `day` (YYYY-MM-DD) to make up for a night that failed."""
    reported = date.fromisoformat(day) if day else clock.today() - timedelta(days=1)
    with session_scope() as session:
        rows = sales_by_country(session, reported)
    store = ObjectStore(settings.REPORT_BUCKET)
    return store.put(f"sales/{reported:%Y/%m}/sales-{reported}.csv", as_csv(rows), "text/csv")


# all orders of a year, line by line, for the auditors; 50 minutes in 2024
@celery_app.task(soft_time_limit=90 * 60, time_limit=95 * 60)
def year_end(year: int) -> str:
    with tempfile.TemporaryFile() as file, session_scope() as session:
        with gzip.open(file, "wt", newline="", encoding="utf-8") as packed:
            writer = csv.writer(packed)
            writer.writerow(["reference", "day", "country", "sku", "quantity", "unit"])
            for row in lines_of_year(session, year):
                writer.writerow(row)
        file.seek(0)
        return ObjectStore(settings.REPORT_BUCKET).put_file(f"audit/{year}.csv.gz", file)
