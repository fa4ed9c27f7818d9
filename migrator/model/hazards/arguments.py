"""`non-serializable-argument`: what is handed to a job that does not survive being written down and read elsewhere.

In: the places that send jobs. Out: one hazard a place and argument, on the function that the job runs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from migrator.domain.assessments import Hazard, HazardKind
from migrator.model.hazards.sends import Send
from migrator.model.index import FunctionInfo
from migrator.model.orm import ORM_CLASSES
from migrator.model.registrations import Program
from migrator.model.solver import Body
from migrator.model.values import Fn, Inst, Lib, Method, Partial, Value

_FILES = ("io.", "tempfile.", "socket.", "threading.", "_thread.")


class ArgumentHazards:
    """The hazards of what is sent to each function."""

    def __init__(self, program: Program, sends: Iterable[Send]) -> None:
        self._found: dict[FunctionInfo, list[Hazard]] = defaultdict(list)
        for send in sends:
            for name, values in send.arguments:
                for what in sorted({text for value in values if (text := _named(program, value))}):
                    reason = f"{what} is handed to the job as {name}: send its key or its data instead"
                    hazard = Hazard(HazardKind.NON_SERIALIZABLE_ARGUMENT, send.location, reason)
                    for target in send.targets:
                        self._found[target].append(hazard)

    def of(self, roots: Iterable[Body]) -> Iterator[Hazard]:
        """The hazards of a candidate."""
        for body in roots:
            yield from self._found.get(body.info, ())


def _named(program: Program, value: Value) -> str:
    """What a value is called where it cannot be sent; or an empty string."""
    if isinstance(value, Inst):
        return f"an ORM object ({value.info.name})" if program.ancestors(value.info) & ORM_CLASSES else ""
    if isinstance(value, Fn | Method | Partial):
        return "a callable"
    if isinstance(value, Lib) and value.instance and value.dotted.startswith(_FILES):
        return f"an open file, socket or lock ({value.dotted})"
    return ""
