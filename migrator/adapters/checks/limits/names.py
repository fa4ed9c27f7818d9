"""How long names are."""

from __future__ import annotations

from collections.abc import Iterator

from migrator.adapters.checks.limits.subject import Subject
from migrator.cloud_facts.facts import all_facts
from migrator.domain.checks import CheckFinding


def findings(subject: Subject) -> Iterator[CheckFinding]:
    """Names that are too long, with the parameters' defaults in them."""
    for known in all_facts():
        file, _, kind = known.name.partition(".")
        if file != "names":
            continue
        for logical, properties in subject.of_type(kind):
            name = subject.resolver.text(properties[known.property]) if known.property in properties else ""
            if len(name) > (known.most or 0):
                yield CheckFinding(
                    f"{logical}: {known.property} has {len(name)} characters; AWS takes {known.most}",
                    subject.place(logical, known.property),
                    known.source,
                    rule=known.name,
                )
