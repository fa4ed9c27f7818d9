"""Renders the template of every candidate that has one, and asks every public checker about them.

Exit 1 where one of them has anything to say. `--number N` candidates of each real monolith (20), `--sample-only`,
`--keep DIR`.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from platformdirs import user_cache_path

from migrator.resources import sample_root
from tools.templates.checking import TEMPLATE, Finding, by_checkov, by_library, by_parliament, by_sam
from tools.templates.rendered import Rendered, of_monoliths, of_sample

_TOOLS = Path(__file__).resolve().parents[2] / ".venv-tools" / "bin"
_VALIDATED = 10


def main() -> int:
    """Render, ask, print."""
    options = _options()
    folder = Path(options.keep or tempfile.mkdtemp(prefix="templates-"))
    try:
        return _checked(folder, options.number, sample_only=options.sample_only)
    finally:
        if not options.keep:
            shutil.rmtree(folder)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.templates")
    parser.add_argument("--number", type=int, default=20)
    parser.add_argument("--sample-only", action="store_true")
    parser.add_argument("--keep", default="")
    return parser.parse_args()


def _checked(folder: Path, number: int, *, sample_only: bool) -> int:
    rendered = list(of_sample(sample_root()))
    unpacked = user_cache_path("migrator") / "accuracy" / "unpacked"
    drawn = [] if sample_only else list(of_monoliths(unpacked, number))
    if not drawn and not sample_only:
        print(f"no monoliths in {unpacked}; run: make accuracy")
    refused = Counter(each.refused for each in (*rendered, *drawn) if each.refused)
    folders = _written([*rendered, *drawn], folder / "templates")
    print(f"{len(folders)} templates of {len(rendered) + len(drawn)} asked for")
    for reason, count in refused.most_common(5):
        print(f"  {count:3} refused: {reason[:120]}")
    sample = sorted(folders, key=lambda each: hashlib.sha256(each.name.encode()).digest())[:_VALIDATED]
    found = 0
    for title, looked_at, findings in (
        ("SAM translator and cfn-lint", folders, by_library(folders)),
        ("checkov, also translated", folders, by_checkov(_TOOLS / "checkov", folders, folder / "checkov")),
        ("parliament", folders, by_parliament(folders)),
        ("sam validate --lint", sample, by_sam(_TOOLS / "sam", sample)),
    ):
        found += _told(title, len(looked_at), findings)
    return int(found > 0)


def _written(rendered: Iterable[Rendered], folder: Path) -> list[Path]:
    written: dict[Path, None] = {}
    for each in rendered:
        if each.text:
            target = folder / each.name
            (target / "src").mkdir(parents=True, exist_ok=True)
            (target / "hooks").mkdir(exist_ok=True)
            (target / TEMPLATE).write_text(each.text, "utf-8")
            written[target] = None
    return list(written)


def _told(title: str, looked_at: int, findings: Iterable[Finding]) -> int:
    began = time.monotonic()
    found = list(findings)
    print(f"{title:28} {looked_at:4} templates {len(found):4} findings {time.monotonic() - began:6.0f} s")
    for message, count in Counter((each.checker, each.message) for each in found).most_common(10):
        first = next(each.template for each in found if (each.checker, each.message) == message)
        print(f"  {count:3} {message[0]}: {message[1][:300]} ({first})")
    sys.stdout.flush()
    return len(found)


if __name__ == "__main__":
    sys.exit(main())
