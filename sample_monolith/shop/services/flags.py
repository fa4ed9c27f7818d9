"""Switches that support can flip without a deploy. Each server has its own."""

from __future__ import annotations

KNOWN = ("holiday-banner", "express-delivery")

_flags: dict[str, bool] = {}


def is_on(name: str) -> bool:
    return _flags.get(name, False)


def switch(name: str, on: bool) -> None:
    _flags[name] = on
