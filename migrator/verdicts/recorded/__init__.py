"""What recorded calls say of candidates: which call is of which, and how often, how long, how large.

In: assessments and records of calls, one by one. Out: a `Usage` for each candidate that the records can tell of, and what
no candidate answers to. How logs are read is left to `migrator.adapters.traffic_logs`; what usage means for the order of
moves is `migrator.verdicts.usage_ranking`'s.
"""

from __future__ import annotations

from migrator.verdicts.recorded.counting import Counting

__all__ = ["Counting"]
