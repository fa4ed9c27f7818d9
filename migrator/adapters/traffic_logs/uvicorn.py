"""Access lines of uvicorn, as it prints them unless it is told otherwise.

In: lines. Out: requests, without a duration or a size, which uvicorn does not tell, and without a time unless somebody put
one before the line. The form is that of `uvicorn.logging.AccessFormatter`. The rest of what it prints tells of no call.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from migrator.adapters.traffic_logs.formats import Example
from migrator.adapters.traffic_logs.request_lines import split_request
from migrator.adapters.traffic_logs.timestamps import iso_time
from migrator.domain.records import Record, Request

# %(levelprefix)s %(client_addr)s - "%(request_line)s" %(status_code)s; the address is empty for a socket of Unix.
_LINE: Final = re.compile(r'\bINFO\b:? *(?:\S+:[0-9]+)? - "([A-Z][^"]* HTTP/[0-9.]+)" ([0-9]{3})(?: [^"]*)?\Z')
_TIME: Final = re.compile(
    r"\[?([0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?(?:Z|[+-][0-9:]{5})?)"
)
_OWN: Final = re.compile(r"INFO: +(?:Uvicorn running on|Started server process|Application startup complete)")

_AT: Final = 1_763_632_800.0  # 2025-11-20T10:00:00Z


@dataclass(frozen=True, slots=True)
class _Reader:
    nameless: int = 0

    def read(self, line: str) -> Sequence[Record]:
        found = _LINE.search(line)
        if found is None:
            return ()
        time = _TIME.match(line)
        return (Request(iso_time(time[1]) if time else None, *split_request(found[1]), int(found[2])),)

    def finish(self) -> Sequence[Record]:
        return ()


@dataclass(frozen=True, slots=True)
class _Uvicorn:
    name: str = "uvicorn"
    title: str = "what uvicorn prints of each request"
    whole_of: str = "http"
    examples: tuple[Example, ...] = ()

    def recognizes(self, line: str) -> bool:
        return _LINE.search(line) is not None or _OWN.match(line) is not None

    def reader(self) -> _Reader:
        return _Reader()


FORMAT = _Uvicorn(
    examples=(
        Example(
            "uvicorn",
            (
                "INFO:     Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)",
                'INFO:     127.0.0.1:53514 - "GET /items/7?q=%C3%A9 HTTP/1.1" 200 OK',
                'INFO:     ::1:53514 - "POST /items HTTP/1.1" 500 Internal Server Error',
                "Traceback (most recent call last):",
            ),
            (Request(None, "GET", "/items/7?q=%C3%A9", 200), Request(None, "POST", "/items", 500)),
        ),
        Example(
            "with a time before it, as containers keep it",
            ('2025-11-20T10:00:00Z INFO:      - "GET /items HTTP/1.1" 404 Not Found',),
            (Request(_AT, "GET", "/items", 404),),
        ),
    )
)
