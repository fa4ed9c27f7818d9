"""Writes the schemas of `router.yaml` and of what it includes into `docs/reference`; `--check` exits 1 for old ones."""

from __future__ import annotations

import sys
from pathlib import Path

from migrator.router.schema import published

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"


def main() -> int:
    """Write the schemas, or check them."""
    stale = 0
    for name, text in published().items():
        target = FOLDER / name
        if "--check" not in sys.argv[1:]:
            target.write_text(text, encoding="utf-8")
        elif not target.is_file() or target.read_text(encoding="utf-8") != text:
            sys.stderr.write(f"{name} is not current; run: make schema\n")
            stale = 1
    return stale


if __name__ == "__main__":
    sys.exit(main())
