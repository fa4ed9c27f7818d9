"""The Celery application and its timetable."""

from celery import Celery
from celery.schedules import crontab

from shop import settings

celery_app = Celery(
    "shop",
    broker=settings.BROKER_URL,
    include=[
        "shop.tasks.fraud",
        "shop.tasks.invoices",
        "shop.tasks.mail",
        "shop.tasks.media",
        "shop.tasks.orders",
        "shop.tasks.prices",
        "shop.tasks.reports",
        "shop.tasks.risk",
        "shop.tasks.suppliers",
    ],
)

celery_app.conf.update(
    task_always_eager=settings.TASKS_EAGER,
    task_ignore_result=True,
    task_acks_late=True,
    task_routes={"shop.tasks.risk.*": {"queue": "credit"}},
    timezone="Europe/Berlin",
    beat_schedule={
        "nightly-report": {
            "task": "shop.tasks.reports.nightly",
            "schedule": crontab(hour=2, minute=30),
        },
        "supplier-feed": {
            "task": "shop.tasks.suppliers.refresh_feed",
            "schedule": crontab(minute="*/30"),
        },
        "expire-unpaid-orders": {
            "task": "shop.tasks.orders.expire_unpaid",
            "schedule": 15 * 60.0,
        },
        "record-prices": {
            "task": "shop.tasks.prices.record_prices",
            "schedule": crontab(hour=0, minute=5),
        },
    },
)
celery_app.set_default()
