"""Powertools without AWS around it."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True, scope="session")
def quiet_powertools() -> None:
    """The environment that a service's template sets."""
    import os

    os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "service")
    os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "tests")
    os.environ.setdefault("POWERTOOLS_TRACE_DISABLED", "1")
