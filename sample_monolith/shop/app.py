"""The application factory."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask

from shop import settings
from shop.celery_app import celery_app
from shop.commands import shop_cli
from shop.db import Base, engine
from shop.extensions import cache

log = logging.getLogger(__name__)


def create_app(config: dict[str, Any] | None = None) -> Flask:
    """Build the WSGI application; `config` overrides Flask's own settings in tests."""
    # static files are served by the CDN, there is no static route
    app = Flask("shop", static_folder=None)
    app.config.update(
        SECRET_KEY=settings.SECRET_KEY,
        CACHE_TYPE=settings.CACHE_TYPE,
        CACHE_REDIS_URL=settings.CACHE_REDIS_URL,
        MAX_CONTENT_LENGTH=settings.MAX_UPLOAD_BYTES,
    )
    app.config.update(config or {})

    cache.init_app(app)
    app.extensions["celery"] = celery_app

    register_blueprints(app)
    app.cli.add_command(shop_cli)
    prepare_database()
    return app


def register_blueprints(app: Flask) -> None:
    from shop.api import delivery, labels, payments, pricing, references, shipping, tax, vat
    from shop.web import (
        admin,
        cart,
        catalog,
        invoices,
        media,
        orders,
        site,
        uploads,
        warehouse,
        webhooks,
    )

    app.register_blueprint(tax.bp)
    app.register_blueprint(vat.bp)
    app.register_blueprint(shipping.bp)
    app.register_blueprint(delivery.bp)
    app.register_blueprint(labels.bp)
    app.register_blueprint(payments.bp)
    app.register_blueprint(references.bp)
    app.register_blueprint(pricing.bp)

    app.register_blueprint(site.bp)
    app.register_blueprint(catalog.bp)
    app.register_blueprint(cart.bp, url_prefix="/cart")
    app.register_blueprint(orders.bp, url_prefix="/orders")
    app.register_blueprint(invoices.bp)
    app.register_blueprint(warehouse.bp, url_prefix="/warehouse")
    app.register_blueprint(uploads.bp)
    app.register_blueprint(media.bp)
    app.register_blueprint(webhooks.bp, url_prefix="/hooks")
    app.register_blueprint(admin.bp, url_prefix="/admin")


def prepare_database() -> None:
    """Create tables and, on a developer's machine, something to look at.

    Production runs the migrations in the deploy job; there this finds nothing to do.
    """
    from shop.services import seeding

    if settings.ENV != "dev":
        return
    if settings.DATABASE_URL.startswith("sqlite:///"):
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    Base.metadata.create_all(engine)
    if seeding.is_empty():
        count = seeding.seed()
        log.info("seeded an empty database with %d products", count)
