"""An environment with nothing but the requirements of a slice, made for real and kept by the hash of what it holds.

In: the lines of a requirements file, a Python. Out: an `Environment`. What cannot be installed here (no wheel and no
compiler for it, a distribution that no index has) is left out and told.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.slices.corpus import CACHE


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a slice is tried.

    Attributes:
        python: its interpreter, or None where the requirements could not be installed.
        reason: why not, in one line.
        missing: requirements that could not be installed.
    """

    python: Path | None
    reason: str = ""
    missing: tuple[str, ...] = ()


def environment(python: str, lines: Sequence[str]) -> Environment:
    """Make it, or take the one that was made before."""
    key = hashlib.sha256("\n".join([python, *sorted(lines)]).encode()).hexdigest()[:16]
    folder = CACHE / "environments" / key
    record = folder / "result.json"
    if not record.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        reason, missing = _make(python, folder, lines)
        record.write_text(json.dumps({"reason": reason, "missing": missing}), "utf-8")
    known = json.loads(record.read_text("utf-8"))
    return Environment(
        None if known["reason"] else folder / "venv" / "bin" / "python", known["reason"], tuple(known["missing"])
    )


def _make(python: str, folder: Path, lines: Sequence[str]) -> tuple[str, list[str]]:
    subprocess.run([python, "-m", "venv", "--clear", str(folder / "venv")], check=True, capture_output=True)
    pinned = [line for line in lines if "==" in line or " @ " in line]
    listed = folder / "requirements.txt"
    listed.write_text("\n".join(pinned) + "\n", "utf-8")
    failing: list[str] = []
    if pinned and _install(folder, ["-r", str(listed)]):
        # One that cannot be built here must not hide all others.
        failing = [line for line in pinned if _install(folder, ["-c", str(_constraints(folder, pinned)), line])]
        if len(failing) == len(pinned):
            return _install(folder, ["-r", str(listed)]), failing
    return "", [*failing, *(line for line in lines if line not in pinned and _install(folder, [line]))]


def _constraints(folder: Path, pinned: Sequence[str]) -> Path:
    """The same versions as constraints, which have no extras."""
    path = folder / "constraints.txt"
    path.write_text("\n".join(re.sub(r"\[[^\]]*\]", "", line) for line in pinned if " @ " not in line) + "\n", "utf-8")
    return path


def _install(folder: Path, arguments: Sequence[str]) -> str:
    pip = [str(folder / "venv" / "bin" / "python"), "-m", "pip", "install", "--quiet", "--prefer-binary"]
    done = subprocess.run([*pip, *arguments], capture_output=True, text=True, check=False)
    errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
    return (errors[-1] if errors else "pip failed")[:300] if done.returncode else ""
