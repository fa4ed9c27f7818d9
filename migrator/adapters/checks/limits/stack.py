"""How large the template is, and how much is in it."""

from __future__ import annotations

from collections.abc import Iterator

from migrator.adapters.checks.limits.subject import Subject
from migrator.adapters.checks.template import FILE
from migrator.cloud_facts.facts import fact, most
from migrator.domain.checks import CheckFinding

_SECTIONS = {"Resources": "resources", "Outputs": "outputs", "Parameters": "parameters"}


def findings(subject: Subject) -> Iterator[CheckFinding]:
    """Sections with too many entries, and a file or a description that is too long."""
    counted = {name: len(subject.made.section(section)) for section, name in _SECTIONS.items()}
    counted["template_bytes"] = len(subject.template.text.encode())
    counted["description_bytes"] = len(str((subject.made.document or {}).get("Description") or "").encode())
    for name, count in counted.items():
        known = fact(f"cloudformation.{name}")
        if count > most(known.name):
            place = next((subject.template.place(section) for section, of in _SECTIONS.items() if of == name), FILE)
            yield CheckFinding(
                f"the template has {count} {name.replace('_', ' ')}; CloudFormation takes {known.most}",
                place,
                f"split it into two services; {known.source}",
                rule=known.name,
            )
