"""Plays the demo and keeps its last picture as `docs/images/demo.svg`, as the terminal showed it."""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from migrator.cli.formats.demo_view import LiveView
from migrator.demo.play import play
from migrator.demo.settings import Settings
from migrator.resources import sample_root

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "images" / "demo.svg"
COLUMNS = 116


def main() -> int:
    """Play, and write the picture when everything ended as promised."""
    terminal = Console(file=io.StringIO(), force_terminal=True, width=COLUMNS, height=40, color_system="truecolor")
    with tempfile.TemporaryDirectory() as folder:
        view = LiveView(terminal)
        with view:
            summary = play(Settings(root=sample_root(), output=Path(folder) / "demo-output"), view)
        recorder = Console(
            file=io.StringIO(), record=True, force_terminal=True, width=COLUMNS, color_system="truecolor"
        )
        recorder.print(view.whole())
        text = recorder.export_svg(title="migrator demo", unique_id="migrator-demo")
        text = text.replace(f"{folder}/", "")
    if not summary.as_promised:
        sys.stderr.write("the demo did not end as promised; the picture stays as it was\n")
        return 1
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
