"""The size of a function's environment variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from migrator.adapters.checks.limits.subject import FUNCTION, Subject
from migrator.cloud_facts.facts import fact, most
from migrator.domain.checks import CheckFinding

_FACT = "lambda.environment_bytes"


def findings(subject: Subject) -> Iterator[CheckFinding]:
    """Environments that are too large; values without a default count as a few bytes."""
    for logical, properties in subject.of_type(FUNCTION):
        environment = properties.get("Environment")
        variables = environment.get("Variables") if isinstance(environment, Mapping) else None
        if not isinstance(variables, Mapping):
            continue
        size = sum(
            len(str(name).encode()) + len(subject.resolver.text(value).encode()) for name, value in variables.items()
        )
        if size > most(_FACT):
            yield CheckFinding(
                f"{logical}: its environment has {size} bytes; AWS takes {most(_FACT)}, names and values together",
                subject.place(logical, "Environment", "Variables"),
                f"move the longest values into Parameter Store or a file; {fact(_FACT).source}",
                rule=_FACT,
            )
