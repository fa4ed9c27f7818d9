"""Every name in the knowledge files exists in the libraries that are installed; `make knowledge-check` has them all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools" / "knowledge_check.py"


@pytest.mark.thorough
def test_names_exist() -> None:
    result = subprocess.run(
        [sys.executable, str(TOOL), "--installed"], capture_output=True, text=True, timeout=120, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "names exist" in result.stdout
