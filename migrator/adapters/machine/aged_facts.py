"""Whether the facts of the cloud were read lately enough."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from migrator.cloud_facts.checkov_skips import skips
from migrator.cloud_facts.facts import OLD_AFTER, all_facts
from migrator.cloud_facts.http_paths import CHECKED
from migrator.cloud_facts.iam.rules import rules
from migrator.domain.machine import Part, Presence


def parts(today: datetime.date) -> Iterator[Part]:
    """One part for all of them."""
    days = {fact.name: fact.checked for fact in all_facts()}
    days |= {f"checkov_skips.{skip.id}": skip.checked for skip in skips()}
    days["iam.rules"] = rules().checked
    days["http_paths"] = datetime.date.fromisoformat(CHECKED)
    old = sorted((day, name) for name, day in days.items() if today - day > OLD_AFTER)
    purpose = "limits, prices and advice"
    if not old:
        oldest = min(days.values())
        yield Part("facts", "cloud facts", Presence.PRESENT, f"{len(days)}, read on {oldest} or later", purpose)
        return
    files = sorted({name.partition(".")[0] for _, name in old})
    yield Part(
        "facts",
        "cloud facts",
        Presence.OLD,
        f"{len(old)} of {len(days)} are older than {OLD_AFTER.days} days, the oldest of {old[0][0]}: {', '.join(files)}",
        purpose,
        "upgrade migrator; in a checkout read the pages again that migrator/cloud_facts/*.toml name",
    )
