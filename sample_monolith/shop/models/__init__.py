from shop.models.catalog import PriceHistory, PriceRule, Product
from shop.models.invoices import InvoiceNumber
from shop.models.orders import AuditEntry, Order, OrderLine
from shop.models.recommendations import AlsoBought
from shop.models.risk import CreditScore, FraudReview

__all__ = [
    "AlsoBought",
    "AuditEntry",
    "CreditScore",
    "FraudReview",
    "InvoiceNumber",
    "Order",
    "OrderLine",
    "PriceHistory",
    "PriceRule",
    "Product",
]
