"""One candidate tried: planned, written down, compiled, read by ruff, imported in an interpreter of its own.

In: a monolith, one of its candidates, a Python. Out: a `Trial`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from migrator.artifacts import make_artifacts
from migrator.artifacts.naming import requirement_line
from migrator.domain.assessments import Assessment
from migrator.domain.effects import Effect
from migrator.errors import MigratorError, Refused
from migrator.plan import PlannedSlice, make_plan
from tools.slices.corpus import Monolith
from tools.slices.environments import Environment, environment
from tools.slices.fakes import variables

# What the code itself imports may take; importing a whole monolith takes most of it.
_LONGEST_S = 240
_SAID = 200


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a candidate.

    Attributes:
        planned: empty, or why there is no plan.
        handler: empty, or why there is no handler for it.
        code: what is wrong with the text of the slice or of its handler, worst first.
        started: empty, or why it does not start with its requirements alone.
        missing: requirements that no index has.
    """

    candidate: str
    verdict: str
    strategy: str = ""
    planned: str = ""
    handler: str = ""
    code: tuple[str, ...] = ()
    started: str = ""
    missing: tuple[str, ...] = ()
    modules: int = 0
    lines: int = 0
    seconds: float = 0.0


def trial(monolith: Monolith, assessment: Assessment, python: str) -> Trial:
    """Try it; whatever needs accepting is accepted."""
    began = time.monotonic()
    verdict = assessment.verdict.value
    try:
        made = make_plan(
            monolith.tree,
            assessment,
            others=monolith.candidates,
            accepted=dict.fromkeys(Effect, "tried only"),
            accepted_unresolved="tried only",
            handler_needed=False,
            imports=monolith.imports,
        )
    except MigratorError as error:
        return Trial(assessment.name, verdict, planned=_one_line(f"{type(error).__name__}: {error.message}"))
    seconds = time.monotonic() - began
    handler, generated = _handler(made)
    with tempfile.TemporaryDirectory(prefix="slice-") as name:
        folder = Path(name)
        _write(made, folder / "src")
        code = _wrong(made, monolith, folder / "src", generated)
        installed = environment(python, [requirement_line(r.distribution, r.version) for r in made.plan.requirements])
        started = _started(made, installed, folder, variables(monolith.name, folder / "outside"))
    return Trial(
        assessment.name,
        verdict,
        made.plan.strategy.value,
        handler=handler,
        code=code,
        started=started,
        missing=installed.missing,
        modules=len(made.plan.modules),
        lines=sum(each.lines for each in made.plan.definitions),
        seconds=seconds,
    )


def _handler(made: PlannedSlice) -> tuple[str, Mapping[str, str]]:
    """Why there is no handler, or the generated Python."""
    try:
        files = make_artifacts(made).files
    except Refused as refused:
        return _one_line(refused.message), {}
    own = {f"src/{path}" for path in made.modules}
    return "", {path: text for path, text in files.items() if path.endswith(".py") and path not in own}


def _write(made: PlannedSlice, folder: Path) -> None:
    for path, content in {**{path: text.encode() for path, text in made.modules.items()}, **made.data}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def _wrong(made: PlannedSlice, monolith: Monolith, folder: Path, generated: Mapping[str, str]) -> tuple[str, ...]:
    """Syntax errors and names that nothing binds, as ruff finds them, that the monolith's own text does not have."""
    found: list[str] = []
    with tempfile.TemporaryDirectory(prefix="handler-") as name:
        for path, text in generated.items():
            (Path(name) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(name) / path).write_text(text, "utf-8")
        found += [f"generated {told}" for told in _ruff(Path(name))]
    changed = [path for path, text in made.modules.items() if _original(monolith, path) != text]
    with tempfile.TemporaryDirectory(prefix="before-") as before, tempfile.TemporaryDirectory(prefix="after-") as after:
        for path in changed:
            for root, text in ((before, _original(monolith, path)), (after, made.modules[path])):
                (Path(root) / path).parent.mkdir(parents=True, exist_ok=True)
                (Path(root) / path).write_text(text, "utf-8")
        new = Counter(_ruff(Path(after))) - Counter(_ruff(Path(before)))
        found += sorted(new.elements())
    return tuple(found)


def _original(monolith: Monolith, path: str) -> str:
    name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    file = monolith.tree.modules.get(name)
    return file.text if file is not None else ""


def _ruff(folder: Path) -> list[str]:
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F,E9", "--output-format", "json", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    told = json.loads(done.stdout or "[]")
    root = f"{folder.resolve()}/"
    return [f"{each['filename'].removeprefix(root)}: {each['code']} {each['message']}" for each in told]


def _started(made: PlannedSlice, installed: Environment, folder: Path, given: Mapping[str, str]) -> str:
    if installed.python is None:
        return f"requirements: {installed.reason}"
    first = f"import {made.plan.boot.module}\n" if made.plan.boot is not None else ""
    code = (
        f"import sys\nsys.path.insert(0, {str(folder / 'src')!r})\n{first}import importlib\n"
        f"getattr(importlib.import_module({made.entry.module!r}), {made.entry.name!r})\n"
    )
    return _run([str(installed.python), "-I", "-c", code], folder, {**given, "HOME": str(folder), "LANG": "C.UTF-8"})


def _run(command: Sequence[str], folder: Path, given: Mapping[str, str]) -> str:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={"PATH": os.environ["PATH"], **given},
            capture_output=True,
            text=True,
            timeout=_LONGEST_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"was not ready after {_LONGEST_S} s"
    if done.returncode == 0:
        return ""
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    places = [line.strip() for line in lines if line.strip().startswith("File ")]
    return _one_line(f"{lines[-1] if lines else 'no word'} [{places[-1] if places else ''}]")


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SAID else f"{line[: _SAID - 3]}..."
