"""What container runtimes put around each line that a program writes.

In: the first lines of a file. Out: what takes a line out of its envelope, or nothing where there is none. What the lines
say is left to the formats. A line that has no envelope, as it was cut off, stays as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Final

# The format of logs of the Container Runtime Interface (kubernetes/kubernetes, pkg/kubelet/kuberuntime/logs): time,
# stream, and P for a part of a line or F for the end of one.
_CRI: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T\S+ (?:stdout|stderr) [FP] ")
_DOCKER: Final = frozenset({"log", "stream", "time", "attrs"})
"""Names in a line of Docker's json-file driver."""


def envelope_of(lines: Sequence[str]) -> Callable[[str], str] | None:
    """What takes lines out of the envelope that most of them have."""
    for opened in (_out_of_cri, _out_of_docker):
        if sum(opened(line) != line for line in lines) * 2 > len(lines):
            return opened
    return None


def _out_of_cri(line: str) -> str:
    found = _CRI.match(line)
    return line[found.end() :] if found else line


def _out_of_docker(line: str) -> str:
    if not line.startswith('{"log":'):
        return line
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return line
    text = entry.get("log") if isinstance(entry, dict) and entry.keys() <= _DOCKER else None
    return text.rstrip("\r\n") if isinstance(text, str) else line
