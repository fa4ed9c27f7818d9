"""Generated Python through ruff, so that it reads like code that somebody formatted.

In: Python source. Out: the same, formatted and with sorted imports, by ruff's own defaults at 100 columns; no
configuration of the folder it is written to has a say.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from ruff.__main__ import find_ruff_bin  # the package's one way to its program

from migrator.errors import MigratorError

LINE_LENGTH = 100
# The oldest Python that this program runs on: a service is tried out with it before it is deployed.
TARGET = "py311"


def format_python(source: str, *, first_party: Sequence[str]) -> str:
    """Format one generated file.

    Args:
        first_party: top-level names of the service's own modules, for the order of imports.
    """
    common = ["--isolated", "--target-version", TARGET, "--line-length", str(LINE_LENGTH), "--stdin-filename", "x.py"]
    known = "lint.isort.known-first-party=[" + ",".join(f'"{name}"' for name in first_party) + "]"
    ordered = _ruff(["check", "--quiet", "--select", "I,F401", "--fix", "--config", known, *common, "-"], source)
    return _ruff(["format", "--quiet", *common, "-"], ordered)


def _ruff(arguments: Sequence[str], source: str) -> str:
    done = subprocess.run(
        [find_ruff_bin(), *arguments], input=source, capture_output=True, text=True, encoding="utf-8", check=False
    )
    # `ruff check --fix` exits 1 for what it cannot mend and 2 for what it cannot read.
    if done.returncode not in (0, 1) or not done.stdout:
        raise MigratorError(f"ruff could not format generated code: {done.stderr.strip()}")
    return done.stdout
