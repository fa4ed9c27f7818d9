"""AWS that fails in the middle: a call that is never sent, one whose answer is lost, a change that shows late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from migrator.adapters.aws import AwsError, AwsService, Json

_READS = ("Describe", "Get", "List")


@dataclass
class Fault:
    """What goes wrong.

    Attributes:
        at: the number of the change that fails, from 1 on; 0 for none.
        sent: whether AWS carries it out all the same.
        late: how often a listing shows what was there before, after each change.
        changes: the changes so far, by their operations.
    """

    at: int = 0
    sent: bool = False
    late: int = 0
    changes: tuple[str, ...] = ()


class FaultyService(AwsService):
    """As AWS, but for one fault."""

    def __init__(self, name: str, fault: Fault, *, region: str, endpoint: str) -> None:
        super().__init__(name, region=region, endpoint=endpoint)
        self._fault = fault
        self._shown: dict[str, Any] = {}
        self._old: dict[str, tuple[int, Any]] = {}

    def call(self, operation: str, **arguments: Any) -> Json:
        if operation.startswith(_READS):
            return self._seen(operation, lambda: super(FaultyService, self).call(operation, **arguments))
        self._fault.changes += (operation,)
        fails = len(self._fault.changes) == self._fault.at
        if not fails or self._fault.sent:
            self._old = {key: (self._fault.late, shown) for key, shown in self._shown.items()}
            answer = super().call(operation, **arguments)
        if fails:
            raise AwsError(f"the answer to {operation} was lost", retryable=True)
        return answer

    def pages(self, operation: str, member: str, **arguments: Any) -> tuple[Json, ...]:
        return self._seen(operation, lambda: super(FaultyService, self).pages(operation, member, **arguments))

    def _seen(self, operation: str, look: Any) -> Any:
        left, old = self._old.get(operation, (0, None))
        if left:
            self._old[operation] = (left - 1, old)
            return old
        self._shown[operation] = look()
        return self._shown[operation]
