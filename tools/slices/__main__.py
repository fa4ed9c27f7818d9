"""Draws candidates of real monoliths by the hashes of their names, slices them, and tries what comes out.

Exit 1 where more than three slices that have a plan do not start, generated code is not clean, or a module that is
needed as a whole comes out with another text. `--candidates N` (20), `--files N` (300), `--only NAME`, `--python PATH`
(the target's version, if it is there), `--fresh` (analyze again).
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections import Counter
from pathlib import Path

from platformdirs import user_cache_path

from tools.slices import same_text
from tools.slices.corpus import Monolith, monoliths
from tools.slices.trial import Trial, trial

_MOST_FAILURES = 3


def main() -> int:
    """Try and print."""
    options = _options()
    folder = user_cache_path("migrator") / "accuracy" / "unpacked"
    found = [each for each in monoliths(folder, fresh=options.fresh) if options.only in ("", each.name)]
    if not found:
        sys.stderr.write(f"there are no monoliths in {folder}; run: make accuracy\n")
        return 1
    trials = [each for monolith in found for each in _tried(monolith, options.candidates, options.python)]
    changed = _same_texts(found, options.files)
    _totals(trials)
    failed = [each for each in trials if each.planned or each.started]
    return int(len(failed) > _MOST_FAILURES or any(each.code for each in trials) or changed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.slices")
    parser.add_argument("--candidates", type=int, default=20)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--only", default="")
    parser.add_argument("--python", default=_target())
    parser.add_argument("--fresh", action="store_true")
    return parser.parse_args()


def _target() -> str:
    """The Python of the runtime, where it can be started here; else the one that runs this."""
    known = sorted(Path.home().glob(".pyenv/versions/3.13*/bin/python"))
    return str(known[-1]) if known else shutil.which("python3.13") or sys.executable


def _tried(monolith: Monolith, number: int, python: str) -> list[Trial]:
    print(f"{monolith.name}: {len(monolith.candidates)} candidates, tried with {python}")
    found: list[Trial] = []
    for assessment in monolith.drawn(number):
        each = trial(monolith, assessment, python)
        found.append(each)
        state = "no plan " if each.planned else "FAILED  " if each.started or each.code else "starts  "
        size = f"{each.strategy} {each.modules} modules {each.lines} lines {each.seconds:.1f} s"
        print(f"  {state} {each.candidate}  {each.verdict}  {size}")
        for label, text in (("plan", each.planned), ("handler", each.handler), ("start", each.started)):
            if text:
                print(f"             {label}: {text}")
        for told in each.code[:5]:
            print(f"             code: {told}")
        sys.stdout.flush()
    return found


def _same_texts(found: list[Monolith], number: int) -> bool:
    began = time.monotonic()
    files = same_text.chosen([each.tree for each in found], number)
    outcomes: Counter[str] = Counter()
    for file in files:
        outcome = same_text.outcome(file)
        outcomes[outcome] += 1
        if outcome.isupper():
            print(f"{file.path}: {outcome}")
    for outcome, count in outcomes.most_common():
        print(f"{count:5} files sliced with everything needed: {outcome}")
    print(f"      {time.monotonic() - began:.0f} s")
    return any(outcome.isupper() for outcome in outcomes)


def _totals(trials: list[Trial]) -> None:
    planned = [each for each in trials if not each.planned]
    print(f"{len(planned)} of {len(trials)} are planned, {sum(not each.handler for each in planned)} have a handler")
    for verdict in sorted({each.verdict for each in planned}):
        of = [each for each in planned if each.verdict == verdict]
        print(f"  {verdict}: {sum(not each.started for each in of)} of {len(of)} start")
    print(f"  {sum(bool(each.code) for each in planned)} with unclean code")
    missing = Counter(line for each in planned for line in each.missing)
    for line, count in missing.most_common():
        print(f"  {line}: no index has it ({count} slices ask for it)")
    if planned:
        print(f"  slowest plan {max(each.seconds for each in planned):.1f} s")


if __name__ == "__main__":
    sys.exit(main())
