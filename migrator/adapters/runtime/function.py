"""A function as the local runtime needs it: where its code lies, what it is told, which calls are for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class HttpRoute:
    """A route of an HTTP API.

    Attributes:
        method: upper case, or `ANY`.
        path: a template such as `/api/tax/{country}`; `{name+}` at the end takes the rest of the path.
    """

    method: str
    path: str

    @property
    def key(self) -> str:
        """The route key, as in `GET /api/tax/{country}`."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Function:
    """A function that the local runtime can run.

    Attributes:
        name: of the function.
        code: the only folder of its own on the handler's import path.
        handler: `module.function`.
        timeout_s: whole seconds that the handler may take; Lambda's default is 3.
        memory_mb: what the handler is told; it is not enforced. Lambda's default is 128.
        environment: what is set for the handler beside what Lambda sets.
        routes: the calls that lead to it; empty means all of them, as `$default`.
        front: what stands before it: `http-api`, `rest-api` or `load-balancer`.
        prefix: path under which the front serves it, such as `/tax`; empty for the root.
    """

    name: str
    code: Path
    handler: str = "app.handler"
    timeout_s: int = 3
    memory_mb: int = 128
    environment: Mapping[str, str] = field(default_factory=dict)
    routes: tuple[HttpRoute, ...] = ()
    front: str = "http-api"
    prefix: str = ""
