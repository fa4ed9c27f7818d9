from shop.models.catalog import PriceHistory, PriceRule, Product
from shop.models.orders import AuditEntry, Order, OrderLine

__all__ = ["AuditEntry", "Order", "OrderLine", "PriceHistory", "PriceRule", "Product"]
