"""Writes `docs/reference/router.schema.json` from the models; `--check` exits 1 when it is not current."""

from __future__ import annotations

import sys
from pathlib import Path

from migrator.router.schema import SCHEMA_NAME, schema_text

TARGET = Path(__file__).resolve().parents[1] / "docs" / "reference" / SCHEMA_NAME


def main() -> int:
    """Write the schema, or check it."""
    text = schema_text()
    if "--check" in sys.argv[1:]:
        if not TARGET.is_file() or TARGET.read_text(encoding="utf-8") != text:
            sys.stderr.write(f"{TARGET.name} is not current; run: make schema\n")
            return 1
        return 0
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
