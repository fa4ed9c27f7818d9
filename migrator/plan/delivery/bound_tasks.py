"""What a bound task does with the task object that Celery hands it.

In: the file and the place of a function whose first parameter is its task. Out: nothing, or a `Refused` with the
places that a handler's own task object (`request.id`, `request.retries`, `retry()`) cannot stand in for.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from migrator.domain.locations import Location
from migrator.errors import Refused
from migrator.plan.looking.parsed import parsed
from migrator.source import SourceFile

_ATTRIBUTES = frozenset({"name", "max_retries"})
_REQUEST = frozenset({"id", "retries", "args", "kwargs", "task"})
_RETRY = frozenset({"exc", "countdown", "max_retries"})


def refuse_other_uses(file: SourceFile, place: Location, name: str) -> None:
    """Check every use of the first parameter.

    Raises:
        Refused: one that cannot be kept.
    """
    function = next(
        (node for node in ast.walk(parsed(file)) if isinstance(node, ast.FunctionDef) and node.lineno == place.line),
        None,
    )
    arguments = [*function.args.posonlyargs, *function.args.args] if function is not None else []
    if function is None or not arguments:
        raise Refused(f"{name} is bound to its task, but takes no argument for it", location=str(place))
    found = sorted(set(_strange(function, arguments[0].arg)))
    if found:
        lines = "\n".join(f"  {file.path}:{line}: {what}" for line, what in found)
        raise Refused(
            f"{name} uses its task object in ways that a handler cannot keep\n{lines}",
            hint="what is kept: request.id, request.retries, request.args, request.kwargs, name, max_retries, and "
            "retry() with exc, countdown and max_retries",
            location=str(place),
        )


def _strange(function: ast.FunctionDef, task: str) -> Iterator[tuple[int, str]]:
    parents = {child: node for node in ast.walk(function) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(function):
        if not isinstance(node, ast.Name) or node.id != task:
            continue
        above = parents.get(node)
        if not isinstance(above, ast.Attribute):
            yield node.lineno, f"{task} itself is handed on"
            continue
        around = parents.get(above)
        match above.attr:
            case "request":
                if not isinstance(around, ast.Attribute) or around.attr not in _REQUEST:
                    yield node.lineno, ast.unparse(around if isinstance(around, ast.Attribute) else above)
            case "retry":
                if not isinstance(around, ast.Call) or around.func is not above:
                    yield node.lineno, f"{task}.retry is handed on"
                elif around.args or {word.arg for word in around.keywords} - _RETRY:
                    yield node.lineno, ast.unparse(around)
            case attribute if attribute not in _ATTRIBUTES:
                yield node.lineno, f"{task}.{attribute}"
