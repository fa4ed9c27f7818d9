"""What can be chosen about a service, whatever it was cut out of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SecretStore(StrEnum):
    """Where a service reads its secrets from."""

    PARAMETER_STORE = "parameter-store"
    SECRETS_MANAGER = "secrets-manager"


@dataclass(frozen=True, slots=True)
class CircuitBreaker:
    """When calls to a host are no longer tried.

    Attributes:
        host: as the code names it, without port or path.
        failures: so many in a row open it.
        recovery_s: seconds after which one call is let through to see.
    """

    host: str
    failures: int = 5
    recovery_s: int = 30


@dataclass(frozen=True, slots=True)
class ServiceChoices:
    """Choices for generating a service.

    Attributes:
        hoist: whether clients with constant arguments, made within functions, are made once at import instead.
        breakers: hosts behind a circuit breaker; none by default.
    """

    secrets: SecretStore = SecretStore.PARAMETER_STORE
    hoist: bool = True
    breakers: tuple[CircuitBreaker, ...] = ()
