"""Writes requirements-knowledge.txt anew with what pip resolved.

usage: knowledge_pins.py names REQUIREMENTS            prints the described libraries, without versions
       knowledge_pins.py pin REQUIREMENTS REPORT       prints the file with the versions of pip's report

The file is in groups, each below a comment. Those above the last one are chosen by hand, each for a knowledge file;
the last is whatever else they need.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

NEEDED = "# What those need."


def described(requirements: str) -> list[str]:
    """The names of the libraries that were chosen."""
    lines = requirements.partition(NEEDED)[0].splitlines()
    return [line.partition("==")[0].strip() for line in lines if line and not line.startswith("#")]


def pinned(requirements: str, versions: Mapping[str, str]) -> str:
    """The same file with these versions, by name as pip spells it."""
    left = {normal(name): f"{name}=={version}" for name, version in versions.items()}
    left.pop("pip", None)  # each environment has one, which installs the rest
    lines = []
    for line in requirements.partition(NEEDED)[0].rstrip().splitlines():
        if line and not line.startswith("#"):
            name = line.partition("==")[0].strip()
            line = f"{name}=={left.pop(normal(name)).partition('==')[2]}"
        lines.append(line)
    return "\n".join([*lines, "", NEEDED, *(left[name] for name in sorted(left))]) + "\n"


def normal(name: str) -> str:
    """The one spelling of a distribution's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def main(arguments: Sequence[str]) -> int:
    """Print what was asked for."""
    requirements = Path(arguments[1]).read_text(encoding="utf-8")
    if arguments[0] == "names":
        print("\n".join(described(requirements)))
    else:
        report = json.loads(Path(arguments[2]).read_text(encoding="utf-8"))
        chosen = [item["metadata"] for item in report["install"]]
        print(pinned(requirements, {item["name"]: item["version"] for item in chosen}), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
