"""Shopping carts.

They live in this process: fine while there was one server. Since the second one the load
balancer pins visitors to a server by cookie (and carts are lost on every deploy).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from shop.common.money import format_cents


@dataclass
class Cart:
    lines: dict[str, int] = field(default_factory=dict)
    prices: dict[str, int] = field(default_factory=dict)

    def add(self, sku: str, quantity: int, unit_cents: int) -> None:
        self.lines[sku] = self.lines.get(sku, 0) + quantity
        self.prices[sku] = unit_cents

    def as_dict(self) -> dict[str, Any]:
        total = sum(self.prices[sku] * quantity for sku, quantity in self.lines.items())
        return {"lines": dict(self.lines), "total": format_cents(total)}


_carts: dict[str, Cart] = {}
_lock = threading.Lock()


def find_cart(cart_id: str) -> Cart | None:
    return _carts.get(cart_id)


def add_to_cart(cart_id: str, sku: str, quantity: int, unit_cents: int) -> Cart:
    with _lock:
        cart = _carts.get(cart_id)
        if cart is None:
            cart = Cart()
            _carts[cart_id] = cart
        cart.add(sku, quantity, unit_cents)
        return cart


def drop_cart(cart_id: str) -> bool:
    with _lock:
        if cart_id not in _carts:
            return False
        del _carts[cart_id]
        return True
