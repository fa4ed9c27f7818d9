"""Stock levels from the wholesaler."""

from __future__ import annotations

from typing import Any

from shop.celery_app import celery_app
from shop.db import session_scope
from shop.services.suppliers import apply_feed, fetch_feed


@celery_app.task(bind=True, max_retries=3)
def refresh_feed(self: Any) -> int:
    """Every half hour, and when the back office presses the button."""
    try:
        items = fetch_feed()
    except OSError as error:
        raise self.retry(exc=error, countdown=60) from error
    with session_scope() as session:
        return apply_feed(session, items)
