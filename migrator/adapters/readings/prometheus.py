"""The one number that a Prometheus query gives.

In: `url` of the server, `query`, and `token_env`. Out: the number, told as of the instant that it was computed for. A query
that gives none, several, or none that is finite gives no data: a missing figure is never a good or a bad one. Source:
https://prometheus.io/docs/prometheus/latest/querying/api/, "Instant queries".
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from migrator.adapters.outbound import Answered, Outbound, origin
from migrator.adapters.secrets import secret_in
from migrator.domain.looks import Reading
from migrator.domain.observations import NoData


@dataclass(frozen=True, slots=True)
class PrometheusReader:
    """Asks Prometheus, and what answers like it."""

    outbound: Outbound
    environment: Mapping[str, str]

    def read(self, asks: Mapping[str, str]) -> Reading | NoData:
        """The number now.

        Raises:
            InputError: the variable of the token is not set.
            RemoteError: the server was not reached.
        """
        headers = {"content-type": "application/x-www-form-urlencoded"}
        if asks.get("token_env"):
            headers["authorization"] = f"Bearer {secret_in(self.environment, asks['token_env'])}"
        url = asks["url"].rstrip("/") + "/api/v1/query"
        # By POST, which the API takes as well: a query may be longer than a URL.
        answer = self.outbound.send("POST", url, body=urlencode({"query": asks["query"]}).encode(), headers=headers)
        if not answer.ok:
            return NoData(f"{origin(url)} answers {answer.status}{_said(answer)}")
        data = json.loads(answer.body)["data"]
        kind, result = data["resultType"], data["result"]
        if kind == "vector":
            if len(result) != 1:
                return NoData(f"the query gives {len(result) or 'no'} values, and has to give one")
            result = result[0]["value"]
        elif kind != "scalar":
            return NoData(f"the query gives a {kind}, and has to give one value")
        at, value = float(result[0]), float(result[1])
        if not (math.isfinite(value) and math.isfinite(at)):
            return NoData(f"the query gives {result[1]}, which is no number to judge by")
        return Reading(value, at)


def _said(answer: Answered) -> str:
    """What Prometheus says of a query that it refuses."""
    try:
        document: Any = json.loads(answer.body)
    except ValueError:
        return ""
    said = document.get("error") if isinstance(document, dict) else None
    return f": {said}" if isinstance(said, str) else ""
