"""NL-XXXX-XXXX-C: forty bits of the UUID in Crockford's base 32, and a check digit."""

from uuid import UUID

from shop.common.checkdigits import base32, luhn


def reference_for(order_id: UUID) -> str:
    bits = order_id.int >> 88
    text = base32(bits, 8)
    return f"NL-{text[:4]}-{text[4:]}-{luhn(str(bits))}"
