"""On which line of a YAML file something stands.

In: a file's text and a JSON path such as `$.jobs.build.steps[0]`. Out: a line.
"""

from __future__ import annotations

import re
from typing import Any

_STEP = re.compile(r"""\.([^.\[\]]+)|\[(\d+)\]|\[(?:'([^']*)'|"([^"]*)")\]""")


def line_of(text: str, path: str) -> int:
    """The line of the deepest part of the path that is there; 0 where the text cannot be read."""
    import yaml

    try:
        node: Any = yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return int(mark.line) + 1 if mark is not None else 0
    found = 1 if node is not None else 0
    for name, index, single, double in _STEP.findall(path):
        key = name or single or double
        if isinstance(node, yaml.MappingNode) and key:
            pair = next(((inner, value) for inner, value in node.value if inner.value == key), None)
            if pair is None:
                break
            found, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and index and int(index) < len(node.value):
            node = node.value[int(index)]
            found = node.start_mark.line + 1
        else:
            break
    return found
