"""What the sample shop's `expected.json` states."""

from __future__ import annotations

import json
from typing import Any

from migrator.resources import sample_root

EXPECTED: dict[str, dict[str, Any]] = json.loads((sample_root() / "expected.json").read_text("utf-8"))["candidates"]
"""`triggers`, `effects` and `verdict` by candidate."""
