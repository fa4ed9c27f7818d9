"""FastAPI's own application with only the routes of this function."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from mangum import Mangum

from shop import router as holder
from shop import tax as function

# As the monolith has them, with what stands before the router's own paths.
PATHS = [
    "/api/tax/{country}",
]


def prefix_of(path: str) -> str:
    """What an including router adds to the function's own path."""
    for route in holder.routes:
        own = getattr(route, "path", "")
        if getattr(route, "endpoint", None) is function and path.endswith(own):
            return path.removesuffix(own)
    return ""


if isinstance(holder, FastAPI):
    web = holder
else:
    web = FastAPI(openapi_url=None)
    for prefix in dict.fromkeys(map(prefix_of, PATHS)):
        web.include_router(holder, prefix=prefix)


_failures: list[Exception] = []


async def watched(scope: Any, receive: Any, send: Any) -> None:
    """The application; what it raises is kept, since Mangum answers it with a 500."""
    try:
        await web(scope, receive, send)
    except Exception as error:
        _failures.append(error)
        raise


def answer_to(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """The application's answer to an event; what it raises is raised."""
    _failures.clear()
    answer = asgi(event, context)
    if _failures:
        raise _failures[0]
    return dict(answer)


asgi = Mangum(watched, lifespan="off")
