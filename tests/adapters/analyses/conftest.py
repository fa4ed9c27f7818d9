"""An analysis with all kinds of what analyses hold: that of the sample shop."""

from __future__ import annotations

import pytest

from migrator import bootstrap
from migrator.domain.assessments import Analysis
from migrator.resources import sample_root


@pytest.fixture(scope="package")
def analysis() -> Analysis:
    found = bootstrap.analyze(sample_root(), jobs=1)
    assert found.candidates
    return found
