"""Entry point for the worker and the clock.

`celery -A celery_worker worker --concurrency 4` and `celery -A celery_worker beat`.
"""

from shop.app import create_app
from shop.celery_app import celery_app

__all__ = ["celery_app"]

# tasks use the cache, which wants an application context
flask_app = create_app()
flask_app.app_context().push()
