"""A server that answers the instant queries of Prometheus's HTTP API from samples that a test has put in.

It knows selectors with `=` and the few functions that sources of figures ask with. The form of its answers is that of
"HTTP API", prometheus.io/docs/prometheus/latest/querying/api: values are text, the name stands among the labels and is
dropped by functions; an instant selector looks back five minutes, and a range is open at its left end.
"""

from __future__ import annotations

import itertools
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs

LOOKBACK_S = 300.0
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_QUERY = re.compile(r"(?P<call>\w+)\((?P<selector>[^\[\]]+?)(?:\[(?P<long>\d+)(?P<unit>ms|s|m|h)\])?\)")

Labels = tuple[tuple[str, str], ...]
Samples = list[tuple[float, float]]


def _resets(values: list[float]) -> float:
    return float(sum(after < before for before, after in itertools.pairwise(values)))


_OVER_TIME: dict[str, Callable[[list[float]], float]] = {
    "last_over_time": lambda values: values[-1],
    "min_over_time": min,
    "resets": _resets,
}


@dataclass
class FakePrometheus:
    """The server.

    Attributes:
        at: its clock.
        answer: what it answers instead, as status and text; None for the truth.
        warnings: told with each answer.
        tokens: the Authorization headers that came.
        asked: the queries that came.
    """

    at: float = 1_700_000_000.0
    answer: tuple[int, str] | None = None
    warnings: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    _series: dict[Labels, Samples] = field(default_factory=dict)
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """Its address, once started."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def scrape(self, name: str, value: float, **labels: str) -> None:
        """A sample as of now."""
        key = tuple(sorted({"__name__": name, **labels}.items()))
        self._series.setdefault(key, []).append((self.at, value))

    def forget(self) -> None:
        """Lose all samples."""
        self._series.clear()

    def query(self, expression: str, at: float) -> dict[str, Any]:
        """The `data` of an answer.

        Raises:
            ValueError: no such expression is known here.
        """
        if expression == "time()":
            return {"resultType": "scalar", "result": [at, str(at)]}
        found = _QUERY.fullmatch(expression)
        if found is None:
            raise ValueError(f"parse error: {expression}")
        selected = [(key, samples) for key, samples in self._series.items() if _matches(found["selector"], dict(key))]
        result = []
        for key, samples in selected:
            labels = {name: value for name, value in key if name != "__name__"}
            if found["call"] == "timestamp":
                seen = [when for when, _ in samples if at - LOOKBACK_S < when <= at]
                value = seen[-1] if seen else None
            else:
                long = int(found["long"]) * _UNITS[found["unit"]]
                values = [value for when, value in samples if at - long < when <= at]
                value = _OVER_TIME[found["call"]](values) if values else None
            if value is not None:
                result.append({"metric": labels, "value": [at, _text(value)]})
        return {"resultType": "vector", "result": result}

    def __enter__(self) -> Self:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                fake.tokens.append(self.headers.get("authorization", ""))
                status, text = fake._answered(self.path, body)
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Refuse connections from now on."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def _answered(self, path: str, body: str) -> tuple[int, str]:
        form = parse_qs(body)
        self.asked.append(form["query"][0])
        if self.answer is not None:
            return self.answer
        if path != "/api/v1/query":
            return 404, "404 page not found"
        try:
            data = self.query(form["query"][0], float(form["time"][0]) if "time" in form else self.at)
        except ValueError as error:
            return 400, json.dumps({"status": "error", "errorType": "bad_data", "error": str(error)})
        warned = {"warnings": self.warnings} if self.warnings else {}
        return 200, json.dumps({"status": "success", "data": data, **warned})


def _text(value: float) -> str:
    return {"nan": "NaN", "inf": "+Inf"}.get(str(value), repr(value))


def _matches(selector: str, labels: dict[str, str]) -> bool:
    name, _, rest = selector.partition("{")
    wanted = dict(re.findall(r'(\w+)="([^"]*)"', rest))
    return labels["__name__"] == name.strip() and all(labels.get(key, "") == value for key, value in wanted.items())
