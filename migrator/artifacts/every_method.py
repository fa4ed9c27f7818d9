"""The methods of HTTP that a front passes on, for views that take any."""

from __future__ import annotations

EVERY_METHOD = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
