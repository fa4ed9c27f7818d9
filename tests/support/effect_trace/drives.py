"""How each candidate of the sample shop is driven.

In: a `Stage`. Out: by candidate a function that sets the scene and gives back the act, which alone is watched.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.support.effect_trace.scenes import (
    ADMIN,
    BODY,
    cart,
    credit,
    export_to_prune,
    fraud,
    import_prices,
    live_orders,
    low_stock,
    mail,
    marketplace,
    old_prices,
    order_signal,
    page_views,
    parcel,
    payment,
    picture,
    price_changed,
    product_image,
    recommendations,
    review,
    slash_command,
    stored,
    supplier_feed,
    task_of,
    thumbnails,
    unpaid,
    upload,
)
from tests.support.effect_trace.stage import Act, Stage, answered

DRIVES: dict[str, Callable[[Stage], Act]] = {
    "shop.api.delivery.estimate": lambda stage: stage.get("/api/delivery/eu/2024-06-03"),
    "shop.api.labels.BarcodeLabel.get": lambda stage: stage.get("/api/labels/400638133393/Tent"),
    "shop.api.payments.check_iban": lambda stage: stage.get("/api/payments/iban/DE89370400440532013000"),
    "shop.api.payments.installments": lambda stage: stage.get("/api/payments/installments/10001/6.csv"),
    "shop.api.pricing.price": lambda stage: stage.get("/api/price/FOOD-6001/24"),
    "shop.api.references.order_reference": lambda stage: stage.get(
        "/api/references/6fa459ea-ee8a-4ca4-894e-db77e160355e"
    ),
    "shop.api.shipping.rate": lambda stage: stage.get("/api/shipping/eu/2500/island"),
    "shop.api.shipping.volumetric_weight": lambda stage: stage.get("/api/shipping/volume/30.0/20.0/12.5"),
    "shop.api.tax.quote": lambda stage: stage.get("/api/tax/FR/electronics/consumer/5995"),
    "shop.api.vat.check": lambda stage: stage.get("/api/vat-numbers/DE/136695976"),
    "shop.commands.export_catalog": lambda stage: stage.command("export-catalog"),
    "shop.commands.import_prices": import_prices,
    "shop.commands.prune_exports": export_to_prune,
    "shop.commands.rebuild_recommendations": recommendations,
    "shop.commands.seed": lambda stage: stage.command("seed"),
    "shop.commands.send_test_mail": lambda stage: stage.command("send-test-mail", "ops@example.org"),
    "shop.commands.ship": lambda stage: stage.command("ship", stage.order("paid").reference, "DHL", "0034"),
    "shop.consumers.orders.order_changed": marketplace,
    "shop.consumers.parcels.parcel_moved": parcel,
    "shop.consumers.parcels.stock_low": low_stock,
    "shop.consumers.telemetry.enrich_views": page_views,
    "shop.consumers.uploads.clip_stored": lambda stage: stored(stage, "clip_stored", footage__a_dot_mov=b"footage"),
    "shop.consumers.uploads.picture_stored": lambda stage: stored(
        stage, "picture_stored", originals__a_dot_png=picture(), originals__b_dot_png=b"no picture"
    ),
    "shop.consumers.uploads.price_list_stored": lambda stage: stored(
        stage, "price_list_stored", incoming__a_dot_csv=b"TENT-1001;1\n", incoming__b_dot_csv=b"nonsense"
    ),
    "shop.models.catalog.keep_old_price": price_changed,
    "shop.signals.write_audit_entry": order_signal,
    "shop.tasks.fraud.check_order": fraud,
    "shop.tasks.invoices.render_invoice": task_of("invoices", "render_invoice", status="paid"),
    "shop.tasks.mail.send_delivered_mail": mail("send_delivered_mail", "2025-06-01", status="delivered"),
    "shop.tasks.mail.send_order_mail": task_of("mail", "send_order_mail", status="open"),
    "shop.tasks.mail.send_shipping_notice": mail("send_shipping_notice", "DHL", "0034", status="shipped"),
    "shop.tasks.mail.send_sold_out_mail": mail("send_sold_out_mail", "ada@example.org", ["TENT-1001"]),
    "shop.tasks.media.make_thumbnails": thumbnails,
    "shop.tasks.orders.archive_order": task_of("orders", "archive_order", status="paid"),
    "shop.tasks.orders.expire_unpaid": unpaid,
    "shop.tasks.orders.place_queued": task_of(
        "orders", "place_queued", "ada@example.org", "AT", [{"sku": "BOOK-5001", "quantity": 2}]
    ),
    "shop.tasks.prices.record_prices": task_of("prices", "record_prices"),
    "shop.tasks.prices.thin_out_history": old_prices,
    "shop.tasks.reports.nightly": task_of("reports", "nightly"),
    "shop.tasks.reports.year_end": task_of("reports", "year_end", 2025),
    "shop.tasks.risk.score_customer": credit,
    "shop.tasks.suppliers.refresh_feed": supplier_feed,
    "shop.web.admin.refresh_suppliers": lambda stage: stage.post("/admin/suppliers/refresh", ADMIN),
    "shop.web.admin.reindex": lambda stage: stage.post("/admin/search/TENT-1001", ADMIN),
    "shop.web.admin.set_flag": lambda stage: stage.post("/admin/flags/holiday-banner/on", ADMIN),
    "shop.web.cart.add_item": lambda stage: stage.post("/cart/c1/items", json={"sku": "SOCK-4500", "quantity": 2}),
    "shop.web.cart.clear": lambda stage: cart(stage, lambda client: client.delete("/cart/c1")),
    "shop.web.cart.show": lambda stage: cart(stage, lambda client: client.get("/cart/c1")),
    "shop.web.catalog.StockView.get": lambda stage: stage.get("/products/TENT-1001/stock"),
    "shop.web.catalog.StockView.put": lambda stage: (
        lambda: answered(stage.client.put("/products/TENT-1001/stock", json={"stock": 3}, headers=ADMIN))
    ),
    "shop.web.catalog.list_products": lambda stage: stage.get("/products?q=TENT"),
    "shop.web.catalog.product_detail": lambda stage: stage.get("/products/TENT-1001"),
    "shop.web.catalog.recommendations": lambda stage: stage.get("/products/TENT-1001/also-bought"),
    "shop.web.invoices.download": lambda stage: stage.get(f"/orders/{stage.order('paid').reference}/invoice.pdf"),
    "shop.web.media.product_image": product_image,
    "shop.web.orders.cancel": lambda stage: stage.post(f"/orders/{stage.order().reference}/cancel"),
    "shop.web.orders.place": lambda stage: stage.post("/orders", json=BODY),
    "shop.web.orders.place_later": lambda stage: stage.post("/orders/later", json=BODY),
    "shop.web.orders.show": lambda stage: stage.get(f"/orders/{stage.order().reference}"),
    "shop.web.site.banner": lambda stage: stage.get("/site/banner"),
    "shop.web.site.health": lambda stage: stage.get("/health"),
    "shop.web.uploads.price_list": upload,
    "shop.web.warehouse.order_feed": live_orders,
    "shop.web.webhooks.answer_fraud_review": review,
    "shop.web.webhooks.payment": payment,
    "shop.web.webhooks.slash_command": slash_command,
}
"""By candidate, all of `expected.json`."""
