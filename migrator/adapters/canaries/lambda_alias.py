"""What code answers as the canary, by the alias of its function.

In: a function and an alias or a version for each route. Out: the version that the alias points to and the hash of its code,
such as `7 sha256:n4bQ...`, which is another text as soon as other code answers. Where the alias shares calls between
versions, all of them are named, without their shares. An answer is kept for `FRESH_S`. Needs lambda:GetAlias and
lambda:GetFunctionConfiguration. Nothing here raises.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from migrator.adapters.aws import AwsService
from migrator.adapters.bounded import Bounded
from migrator.adapters.clock import SystemClock
from migrator.domain.observations import NoData
from migrator.errors import MigratorError
from migrator.rollout.ports import Clock

FRESH_S: Final = 30.0
LIMIT_S: Final = 5.0
_LATEST: Final = "$LATEST"


@dataclass(frozen=True, slots=True)
class LambdaTarget:
    """What a route's canary is called.

    Attributes:
        function: its name or its ARN.
        qualifier: an alias or a version; empty for the code that was deployed last.
        region: empty for the one that the process has.
    """

    function: str
    qualifier: str = ""
    region: str = ""


class LambdaCanaries:
    """The `CanarySource` port.

    Args:
        targets: by route; routes that are left out are not known.
        endpoint: URL of a stand-in; empty for AWS itself.
        limit_s: seconds that an answer may take.
    """

    def __init__(
        self,
        targets: Mapping[str, LambdaTarget],
        *,
        endpoint: str = "",
        clock: Clock | None = None,
        limit_s: float = LIMIT_S,
    ) -> None:
        self._targets = targets
        self._clock = clock or SystemClock()
        self._bounded = Bounded(limit_s)
        self._services = {
            region: AwsService("lambda", region=region, endpoint=endpoint, tries=2, read_s=limit_s)
            for region in {target.region for target in targets.values()}
        }
        self._known: dict[LambdaTarget, tuple[float, str]] = {}

    def deployed(self, route: str) -> str | NoData:
        """The versions and the hashes of what answers as the canary, or why that is not known."""
        target = self._targets.get(route)
        if target is None:
            return NoData("the route names no function")
        now = self._clock.now()
        at, known = self._known.get(target, (0.0, ""))
        if known and 0 <= now - at < FRESH_S:
            return known
        try:
            found = self._bounded.ask(f"{target}", lambda: self._found(target))
        except MigratorError as error:
            return NoData(error.message)
        except Exception as error:
            return NoData(f"what AWS answers cannot be read ({type(error).__name__})")
        self._known[target] = (now, found)
        return found

    def close(self) -> None:
        """Give up the connections."""
        for service in self._services.values():
            service.close()

    def _found(self, target: LambdaTarget) -> str:
        service = self._services[target.region]
        return ", ".join(
            f"{version} sha256:{self._hash(service, target.function, version)}"
            for version in self._versions(service, target)
        )

    def _versions(self, service: AwsService, target: LambdaTarget) -> tuple[str, ...]:
        if not target.qualifier or target.qualifier == _LATEST:
            return (_LATEST,)
        if target.qualifier.isdigit():
            return (target.qualifier,)
        alias: Any = service.call("GetAlias", FunctionName=target.function, Name=target.qualifier)
        others = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
        return (alias["FunctionVersion"], *sorted(others))

    def _hash(self, service: AwsService, function: str, version: str) -> str:
        told = service.call("GetFunctionConfiguration", FunctionName=function, Qualifier=version)
        return str(told["CodeSha256"])
