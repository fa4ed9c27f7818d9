"""Recorded traffic: what access logs, events of workers and traces tell of calls.

In: names of files, as a user gives them. Out: records, and what reading came to. Which function a record is of, and what
follows from it, is left to `migrator.verdicts.recorded`. One small file a format, listed here once.
"""

from __future__ import annotations

from migrator.adapters.traffic_logs.alb import FORMAT as _ALB
from migrator.adapters.traffic_logs.celery_events import FORMAT as _CELERY
from migrator.adapters.traffic_logs.celery_log import FORMAT as _CELERY_LOG
from migrator.adapters.traffic_logs.combined import FORMAT as _COMBINED
from migrator.adapters.traffic_logs.formats import DamagedLine, Example, LogFormat, Reader
from migrator.adapters.traffic_logs.json_access import FORMAT as _JSON
from migrator.adapters.traffic_logs.opentelemetry import FORMAT as _OPENTELEMETRY
from migrator.adapters.traffic_logs.uvicorn import FORMAT as _UVICORN

FORMATS: tuple[LogFormat, ...] = (_COMBINED, _ALB, _CELERY, _CELERY_LOG, _OPENTELEMETRY, _JSON, _UVICORN)
"""The most particular first: where two recognize as many lines, the earlier one reads them."""

__all__ = ["FORMATS", "DamagedLine", "Example", "LogFormat", "Reader"]
