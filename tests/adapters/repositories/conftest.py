"""A remote and clones of it, for tests of what git alone does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.git_world import GitWorld, git_world


@pytest.fixture
def world(tmp_path: Path) -> GitWorld:
    return git_world(tmp_path / "world")
