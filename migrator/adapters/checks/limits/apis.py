"""APIs that give up before the function does."""

from __future__ import annotations

from collections.abc import Iterator

from migrator.adapters.checks.limits.subject import Subject
from migrator.cloud_facts.facts import fact, most
from migrator.domain.checks import CheckFinding, Severity

# By the type of the API: the fact that has its time-out, what it is called, and whether it can be raised.
_APIS = {
    "AWS::ApiGatewayV2::Api": ("api_gateway.http_timeout_s", "an HTTP API", Severity.ERROR),
    "AWS::ApiGateway::RestApi": ("api_gateway.rest_timeout_s", "a REST API", Severity.WARNING),
}


def findings(subject: Subject) -> Iterator[CheckFinding]:
    """Functions that may run longer than their API waits: the caller gets an error and the function runs on."""
    told = set()
    for function, _, kinds in subject.invokers:
        for kind in kinds:
            if kind not in _APIS or (function, kind) in told:
                continue
            told.add((function, kind))
            name, title, severity = _APIS[kind]
            timeout = subject.timeout_s(function)
            if timeout > most(name):
                yield CheckFinding(
                    f"{function}: it may run {timeout:g} s behind {title}, which answers with an error after "
                    f"{most(name)} s while the function runs on",
                    subject.place(function, "Timeout"),
                    f"set Timeout to {most(name) - 1}, or let a queue stand between them; {fact(name).source}",
                    severity,
                    name,
                )
