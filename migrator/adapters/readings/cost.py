"""What a million requests of the canary cost, in USD.

In: `function`, `alias`, `region`. Out: the price of their requests and of their time, by the metrics of the last complete
hour. Left out is what is no matter of a request: provisioned concurrency, more than 512 MB of disk, what the function
itself calls; and the initialization of cold starts, which `Duration` does not count. Each request is billed up to the next
millisecond, which the sum of durations is short of by half a millisecond at the middle. Needs cloudwatch:GetMetricData and
lambda:GetFunctionConfiguration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from migrator.adapters.readings.cloudwatch import Series, complete_until, values_of
from migrator.adapters.readings.services import Services
from migrator.cloud_facts.lambda_prices import PER_GB_SECOND, PER_MILLION_REQUESTS
from migrator.domain.looks import Reading
from migrator.domain.observations import NoData
from migrator.rollout.ports import Clock

SPAN_S: Final = 3600
_PERIOD_S: Final = 60
_MB_PER_GB: Final = 1024
_DEFAULT: Final = "x86_64"
"""The architecture of a function that names none (Lambda API Reference, GetFunctionConfiguration)."""
_MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class CostReader:
    """Reads what functions cost."""

    services: Services
    clock: Clock

    def read(self, asks: Mapping[str, str]) -> Reading | NoData:
        """USD per million requests over the last complete hour.

        Raises:
            RemoteError: AWS refused a call or was not reached.
        """
        function, alias, region = asks["function"], asks.get("alias", ""), asks.get("region", "")
        dimensions = {"FunctionName": function, **({"Resource": f"{function}:{alias}"} if alias else {})}
        end = complete_until(self.clock.now(), _PERIOD_S)
        durations, invocations = values_of(
            self.services.of("cloudwatch", region),
            [Series("AWS/Lambda", metric, "Sum", dimensions, _PERIOD_S) for metric in ("Duration", "Invocations")],
            end - SPAN_S,
            end,
        )
        requests = sum(invocations.values())
        if not requests:
            return NoData(f"{function} was not invoked in the last hour")
        settings = self.services.of("lambda", region).call(
            "GetFunctionConfiguration", FunctionName=function, **({"Qualifier": alias} if alias else {})
        )
        architecture = (settings.get("Architectures") or [_DEFAULT])[0]
        if architecture not in PER_GB_SECOND:
            return NoData(f"there is no price for {architecture}")
        gb_seconds = sum(durations.values()) / 1000 * settings["MemorySize"] / _MB_PER_GB
        time = gb_seconds * PER_GB_SECOND[architecture] / requests * _MILLION
        return Reading(PER_MILLION_REQUESTS + time, end)
