"""How many messages lie in a dead-letter queue.

In: `queue` (a name or a URL) and `region`. Out: SQS's own `ApproximateNumberOfMessages`, which lags by up to a minute and
counts what can be received now (Amazon SQS API Reference, GetQueueAttributes). Needs sqs:GetQueueAttributes, and
sqs:GetQueueUrl for a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from migrator.adapters.readings.services import Services
from migrator.domain.looks import Reading
from migrator.domain.observations import NoData
from migrator.rollout.ports import Clock

_DEPTH = "ApproximateNumberOfMessages"


@dataclass(frozen=True, slots=True)
class DeadLetterReader:
    """Reads the depth of queues."""

    services: Services
    clock: Clock

    def read(self, asks: Mapping[str, str]) -> Reading | NoData:
        """Messages, now.

        Raises:
            RemoteError: AWS refused the call or was not reached.
        """
        queue, region = asks["queue"], asks.get("region", "")
        service = self.services.of("sqs", region)
        if "://" not in queue:
            queue = str(service.call("GetQueueUrl", QueueName=queue)["QueueUrl"])
        told = service.call("GetQueueAttributes", QueueUrl=queue, AttributeNames=[_DEPTH])
        return Reading(float(told["Attributes"][_DEPTH]), self.clock.now())
