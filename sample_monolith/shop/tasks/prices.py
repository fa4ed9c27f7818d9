"""Price history. The oldest of the jobs: they were written against shared_task."""

from celery import shared_task
from sqlalchemy import delete, select

from shop.common import clock
from shop.db import session_scope
from shop.models import PriceHistory, Product
from shop.services import pricing


@shared_task
def record_prices():
    """One row per product and day, and a fresh look at the discount rules."""
    with session_scope() as session:
        products = session.scalars(select(Product)).all()
        for product in products:
            session.add(PriceHistory(product_id=product.id, price_cents=product.price_cents))
    pricing.forget_rules()
    return len(products)


# runs once a year over all of the history, never during business hours
@shared_task(time_limit=2 * 60 * 60)
def thin_out_history(keep_days=400):
    """Keep the first price of each month of what is older than `keep_days`."""
    seen = set()
    removed = 0
    with session_scope() as session:
        old = session.scalars(
            select(PriceHistory)
            .where(PriceHistory.at < clock.days_ago(keep_days))
            .order_by(PriceHistory.at)
        )
        for row in old:
            month = (row.product_id, row.at.year, row.at.month)
            if month in seen:
                session.execute(delete(PriceHistory).where(PriceHistory.id == row.id))
                removed += 1
            seen.add(month)
    return removed
