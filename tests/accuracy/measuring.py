"""One analysis as a user would run it, cold and in one process, and what parsing the same files alone costs.

In: a folder. Out: the document and CPU seconds of both. CPU time rather than the clock's, so that what else the
machine does changes little; the two are taken in one run and only their ratio is meant to be compared.
"""

from __future__ import annotations

import ast
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migrator.source import read_tree


@dataclass(frozen=True, slots=True)
class Measured:
    """An analysis and its cost.

    Attributes:
        analysis_s: CPU seconds of `migrator analyze --jobs 1` without a cache, from its start to its end.
        parse_s: CPU seconds of `ast.parse` over the text of the same files, already in memory.
    """

    document: dict[str, Any]
    analysis_s: float
    parse_s: float

    @property
    def ratio(self) -> float:
        """How many times the parsing the whole analysis costs."""
        return self.analysis_s / self.parse_s if self.parse_s else 0.0


def measure(root: Path) -> Measured:
    """Analyze a folder.

    Raises:
        subprocess.CalledProcessError: the analysis fails; what it said stands on stderr.
    """
    before = _children_cpu_s()
    document = _document("analyze", str(root), "--format", "json", "--jobs", "1")
    return Measured(document, _children_cpu_s() - before, _parse_cpu_s(root))


def call_graph(root: Path) -> dict[str, Any]:
    """The document of `migrator callgraph`; raises as `measure`."""
    return _document("callgraph", str(root), "--format", "json", "--quiet")


def _document(*arguments: str) -> dict[str, Any]:
    """What a command of the program prints, with nothing kept of another run."""
    with tempfile.TemporaryDirectory() as empty:
        done = subprocess.run(
            [sys.executable, "-m", "migrator", *arguments],
            check=True,
            stdout=subprocess.PIPE,
            env={**os.environ, "XDG_CACHE_HOME": empty},
        )
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _parse_cpu_s(root: Path) -> float:
    texts = [file.text for file in read_tree(root).modules.values()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the analyzed code's own escapes and the like
        began = time.process_time()
        for text in texts:
            try:
                ast.parse(text)
            except (SyntaxError, ValueError, RecursionError):
                continue  # newer syntax, or no Python at all: the analyzer reads it in another way
        return time.process_time() - began
