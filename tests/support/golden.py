"""Golden files: what was printed is compared with what a person has once read and accepted."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

GOLDEN = Path(__file__).resolve().parents[1] / "golden"


def assert_golden(name: str, text: str) -> None:
    """Compare with `tests/golden/NAME`; `make golden` writes it instead."""
    path = GOLDEN / name
    if os.environ.get("MIGRATOR_RENEW_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    expected = path.read_text(encoding="utf-8") if path.is_file() else ""
    difference = "\n".join(difflib.unified_diff(expected.splitlines(), text.splitlines(), "accepted", "printed", n=1))
    assert text == expected, f"{path.name} differs; `make golden` renews it:\n{difference}"
