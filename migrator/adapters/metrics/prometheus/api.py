"""The HTTP API of Prometheus: instant queries, and nothing else.

In: an expression and an instant. Out: a value by series. Values that are no numbers, and answers with warnings, are told
apart from those that are good; the token is sent and never shown.

Source: "HTTP API", prometheus.io/docs/prometheus/latest/querying/api, read on 2026-11-26.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import httpx

from migrator.errors import RemoteError
from migrator.router.figures import TokenSource

_TIMEOUT_S: Final = 10.0
_MESSAGE: Final = 300
_REFUSED: Final = frozenset({401, 403})

Labels: TypeAlias = frozenset[tuple[str, str]]
Vector: TypeAlias = Mapping[Labels, float]


class UnusableAnswer(Exception):
    """Prometheus has answered, but with what cannot be counted; says why."""


class PrometheusApi:
    """One server.

    Args:
        url: without `/api/v1`.
    """

    def __init__(self, url: str, token: TokenSource | None = None) -> None:
        self._url = url.rstrip("/")
        self._token = token
        self._client = httpx.Client(timeout=_TIMEOUT_S)

    def close(self) -> None:
        """Give up the connections."""
        self._client.close()

    def now(self) -> float:
        """What time it is by the server's clock, seconds since the epoch.

        Raises:
            RemoteError: it does not answer.
            UnusableAnswer: it does not say.
        """
        (value,) = self._ask("time()", None).values() or (math.nan,)
        return value

    def values(self, expression: str, at: float) -> Vector:
        """The value of each series at an instant; their names are left out.

        Raises:
            RemoteError: the server does not answer, or refuses the expression.
            UnusableAnswer: warnings, values that are no numbers.
        """
        return self._ask(expression, at)

    def _ask(self, expression: str, at: float | None) -> Vector:
        form = {"query": expression} if at is None else {"query": expression, "time": f"{at:.3f}"}
        try:
            response = self._client.post(f"{self._url}/api/v1/query", data=form, headers=self._headers())
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise RemoteError(
                f"no Prometheus answers at {self._url} ({type(error).__name__})",
                hint="look at metrics.prometheus.url in router.yaml",
                retryable=True,
            ) from error
        return dict(_series(self._data(response, expression)))

    def _headers(self) -> dict[str, str]:
        token = self._token
        if token is None:
            return {}
        if token.env:
            secret, where = os.environ.get(token.env, ""), f"the environment variable {token.env}"
        else:
            where = token.file
            try:
                secret = Path(token.file).read_text(encoding="utf-8")
            except (OSError, ValueError) as error:
                raise RemoteError(f"cannot read the token for Prometheus in {where}") from error
        secret = secret.strip()
        if not secret or not secret.isascii() or not secret.isprintable():
            raise RemoteError(f"there is no token for Prometheus in {where}", hint="put the bearer token there")
        return {"Authorization": f"Bearer {secret}"}

    def _data(self, response: httpx.Response, expression: str) -> Mapping[str, Any]:
        if response.status_code in _REFUSED:
            raise RemoteError(
                f"Prometheus at {self._url} refuses us ({response.status_code})",
                hint="name a token that may query: metrics: {prometheus: {token: {env: NAME}}}",
            )
        try:
            document = response.json()
        except ValueError:
            document = None
        if not isinstance(document, dict) or document.get("status") not in ("success", "error"):
            raise RemoteError(
                f"what answers at {self._url} is no Prometheus (status {response.status_code})",
                hint="look at metrics.prometheus.url in router.yaml",
                retryable=response.status_code >= 500,
            )
        if document["status"] == "error" or response.status_code != 200:
            said = " ".join(str(document.get("error", "")).split())[:_MESSAGE]
            raise RemoteError(
                f"Prometheus refuses {expression}: {said or response.status_code}",
                retryable=response.status_code >= 500,
            )
        if document.get("warnings"):
            raise UnusableAnswer(f"Prometheus warns: {' '.join(str(document['warnings'][0]).split())[:_MESSAGE]}")
        data = document.get("data")
        if not isinstance(data, dict):
            raise UnusableAnswer("Prometheus has answered nothing")
        return data


def _series(data: Mapping[str, Any]) -> Iterator[tuple[Labels, float]]:
    try:
        if data["resultType"] == "scalar":
            yield frozenset(), _number(data["result"])
            return
        if data["resultType"] != "vector":
            raise UnusableAnswer(f"Prometheus has answered with a {data['resultType']}")
        for one in data["result"]:
            if "value" not in one:
                raise UnusableAnswer("these are native histograms, which are not read; name counters")
            labels = {str(key): str(value) for key, value in one["metric"].items() if key != "__name__"}
            yield frozenset(labels.items()), _number(one["value"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnusableAnswer("Prometheus has answered in another form than its documentation says") from error


def _number(sample: Any) -> float:
    _, text = sample
    value = float(text)
    if not math.isfinite(value):
        raise UnusableAnswer(f"Prometheus has a value that is no number ({text})")
    return value
