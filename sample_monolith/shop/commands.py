"""`flask shop ...`: what operators and cron run."""

from __future__ import annotations

import csv
import subprocess
from datetime import date, timedelta
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import select

from shop import settings
from shop.common import clock, mailer
from shop.common.checkdigits import ean13
from shop.common.storage import ObjectMissing, ObjectStore
from shop.db import session_scope
from shop.models import Product
from shop.models.orders import PAID, SHIPPED
from shop.services import recommendations, seeding
from shop.services.catalog import find_product
from shop.services.orders import find_order
from shop.tasks.mail import send_shipping_notice

shop_cli = AppGroup("shop", help="Operate the shop.")


@shop_cli.command("seed")
def seed() -> None:
    """Fill an empty database with a small catalog."""
    click.echo(f"{seeding.seed()} products added")


@shop_cli.command("export-catalog")
def export_catalog() -> None:
    """Write today's catalog where the ERP looks for it (cron, hourly)."""
    settings.EXPORT_DIR.mkdir(parents=True, exist_ok=True)
    target = settings.EXPORT_DIR / f"catalog-{clock.today()}.csv"
    with session_scope() as session, target.open("w", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        for product in session.scalars(select(Product).order_by(Product.sku)):
            writer.writerow([product.sku, product.name, product.price_cents, product.stock])
    click.echo(str(target))


@shop_cli.command("import-prices")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_prices(path: Path) -> None:
    """Set prices from a file of SKU;CENTS lines."""
    changed = 0
    with session_scope() as session, path.open(newline="") as file:
        for sku, cents in csv.reader(file, delimiter=";"):
            product = find_product(session, sku)
            if product is None:
                click.echo(f"unknown article {sku}, skipped", err=True)
                continue
            product.price_cents = int(cents)
            changed += 1
    click.echo(f"{changed} prices set")


@shop_cli.command("prune-exports")
@click.option("--days", default=settings.KEEP_EXPORTS_DAYS, show_default=True)
def prune_exports(days: int) -> None:
    """Delete catalog exports that are older than so many days (cron, daily)."""
    oldest = clock.today() - timedelta(days=days)
    for path in settings.EXPORT_DIR.glob("catalog-*.csv"):
        if date.fromisoformat(path.stem.removeprefix("catalog-")) < oldest:
            path.unlink()
            click.echo(f"deleted {path.name}")


@shop_cli.command("rebuild-recommendations")
@click.option("--months", default=24, show_default=True, help="how much of the archive to read")
def rebuild_recommendations(months: int) -> None:
    """Work out anew who bought what together (cron, Sundays; half an hour of one core)."""
    store = ObjectStore(settings.REPORT_BUCKET)
    baskets = []
    for month in clock.last_months(months):
        try:
            baskets += recommendations.archived_baskets(store, month)
        except ObjectMissing:
            click.echo(f"no baskets of {month}", err=True)
    with session_scope() as session:
        baskets += recommendations.ordered_baskets(session)
        found = recommendations.similarities(baskets)
        count = recommendations.replace_all(session, found)
    click.echo(f"{len(baskets)} baskets, {count} recommendations")


@shop_cli.command("ship")
@click.argument("reference")
@click.argument("carrier")
@click.argument("tracking")
def ship(reference: str, carrier: str, tracking: str) -> None:
    """Print the parcel label, mark the order as shipped and tell the customer."""
    with session_scope() as session:
        order = find_order(session, reference)
        if order is None or order.status != PAID:
            raise click.ClickException("there is no paid order with this reference")
        digits = tracking.rjust(12, "0")[-12:]
        label = f"^XA^FO40,40^BEN,90,Y,N^FD{digits}{ean13(digits)}^FS^XZ\n"
        subprocess.run(
            ["lp", "-d", settings.LABEL_PRINTER, "-o", "raw"], input=label.encode(), check=True
        )
        order.status = SHIPPED
        order_id = order.id
    send_shipping_notice.delay(order_id, carrier, tracking)


@shop_cli.command("send-test-mail")
@click.argument("to")
def send_test_mail(to: str) -> None:
    """See whether the mail server takes our mail."""
    mailer.send(to, "Test", "This is a test of the shop's mail.\n")
    click.echo(f"sent to {to}")
