"""What this machine has of what the program uses: one module a group, each a function to `Part`s.

In: the day, the environment's variables. Out: an `Examination`. Nothing is installed, nothing outside is asked, and no
secret is read: of the settings for AWS only whether they are set.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

from migrator.adapters.machine import aged_facts, aws_settings, distributions, programs
from migrator.domain.machine import Examination

__all__ = ["examine"]


def examine(today: datetime.date, environment: Mapping[str, str], home: Path) -> Examination:
    """Look for everything.

    Args:
        today: facts of the cloud that are older than 180 days on this day are old.
        environment: variables of the process.
        home: where a user's settings for AWS lie.
    """
    return Examination(
        (
            *distributions.parts(),
            *programs.parts(),
            *aws_settings.parts(environment, home),
            *aged_facts.parts(today),
        )
    )
