"""Programs that are drawn: what goes is what only the candidate reached, and every name that is left means something."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruff.__main__ import find_ruff_bin

from tests.support.cleaned import clean, write

NAMES = tuple(f"{kind}{number}" for kind in ("f", "c", "K") for number in range(4))
JOB, OTHER = "job", "other"


@st.composite
def programs(draw: st.DrawFn) -> tuple[Mapping[str, str], Mapping[str, frozenset[str]], Mapping[str, str]]:
    """Files, who names whom, and in which module each definition stands."""
    home = {name: draw(st.sampled_from(("a", "b"))) for name in NAMES} | {JOB: "jobs", OTHER: "jobs"}
    uses: dict[str, frozenset[str]] = {}
    for turn, name in enumerate(NAMES):
        # A constant needs what stands above it; functions name anything.
        known = [each for each in NAMES[:turn] if home[each] == home[name]] if name.startswith("K") else list(NAMES)
        uses[name] = frozenset(draw(st.sets(st.sampled_from(known), max_size=2))) if known else frozenset()
    for name in (JOB, OTHER):
        uses[name] = frozenset(draw(st.sets(st.sampled_from(NAMES), max_size=4)))
    whole = {module: draw(st.booleans()) for module in ("a", "b", "jobs")}
    files = {"app/__init__.py": "", "app/main.py": "import app.jobs\n\napp.jobs.app.start()\n"}
    for module in ("a", "b", "jobs"):
        files[f"app/{module}.py"] = _module(module, home, uses, whole[module])
    return files, uses, home


def _module(module: str, home: Mapping[str, str], uses: Mapping[str, frozenset[str]], whole: bool) -> str:
    own = [name for name in (*NAMES, JOB, OTHER) if home[name] == module]
    outside = sorted({each for name in own for each in uses[name] if home[each] != module})
    lines = []
    if outside and whole:
        lines += [f"from app import {', '.join(sorted({home[each] for each in outside}))}"]
    elif outside:
        lines += [f"from app.{home[each]} import {each}" for each in outside]
    if module == "jobs":
        lines += ["from celery import Celery", "", 'app = Celery("app")']
    written = {each: f"{home[each]}.{each}" if whole and each in outside else each for each in (*own, *outside)}
    for name in own:
        parts = ", ".join(written[each] for each in sorted(uses[name]))
        lines += [""] if name.startswith("K") else ["", ""]
        if name.startswith("K"):
            lines += [f"{name} = [{parts}]"]
        elif name.startswith("c"):
            lines += [f"class {name}:", "    def run(self):", f"        return [{parts}]"]
        else:
            lines += ["@app.task"] if name in (JOB, OTHER) else []
            lines += [f"def {name}():", f"    return [{parts}]"]
    return "\n".join([*lines, ""])


def _reached(start: set[str], uses: Mapping[str, frozenset[str]]) -> set[str]:
    found, waiting = set(start), list(start)
    while waiting:
        for each in uses[waiting.pop()] - found:
            found.add(each)
            waiting.append(each)
    return found


def _complaints(root: Path) -> set[str]:
    told = subprocess.run(
        [find_ruff_bin(), "check", "--isolated", "--no-cache", "--select", "F", "--output-format", "concise", "."],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    return {line for line in told.stdout.splitlines() if ".py:" in line}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(programs())
def test_what_goes_is_what_only_the_candidate_reached(
    program: tuple[Mapping[str, str], Mapping[str, frozenset[str]], Mapping[str, str]],
) -> None:
    files, uses, home = program
    with tempfile.TemporaryDirectory() as folder:
        root = write(Path(folder), files)
        assert _complaints(root) == set()
        after = clean(root, f"app.jobs.{JOB}")
        of_job = _reached({JOB}, uses)
        living = _reached({name for name in uses if name not in of_job}, uses)
        gone = {f"app.{home[name]}.{name}" for name in of_job - living}
        assert {name for name in after.gone() if not name.endswith(".py")} == gone
        assert _complaints(root) == set()
        for path in root.rglob("*.py"):
            compile(path.read_text(), str(path), "exec")
