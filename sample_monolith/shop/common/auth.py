"""Who may do what. The back office sends one shared key; single sign-on is on the list."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import abort, request

from shop import settings


def require_api_key(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        given = request.headers.get("X-Api-Key", "")
        if not hmac.compare_digest(given.encode(), settings.ADMIN_API_KEY.encode()):
            abort(401)
        return view(*args, **kwargs)

    return guarded


def valid_signature(secret: str, body: bytes, signature: str) -> bool:
    expected = hmac.new(secret.encode(), body, "sha256").hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())
