"""What happens before a handler imports the function, and around each run of it.

In: a `PlannedSlice`. Out: a `Starting`: lines for the handler, and generated modules for them. Which application is
started, and by which module, is the plan's; what one kind of application needs around a run is a row of the table.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from migrator.artifacts.entry_text import entry_text
from migrator.domain.plans import BootKind
from migrator.plan import PlannedSlice
from migrator.plan.looking.parsed import parsed_text

_SCOPES: Mapping[BootKind, str] = {
    BootKind.DJANGO: "handler/starting/lambda_scope_django.py.j2",
    BootKind.FLASK: "handler/starting/lambda_scope_flask.py.j2",
}
_SECRETS = "handler/outside/lambda_secrets.py.j2"
_AWAITING = "handler/starting/lambda_awaiting.py.j2"


@dataclass(frozen=True, slots=True)
class Starting:
    """What stands in a handler around its function.

    Attributes:
        modules: what is imported before anything of the slice is, in this order.
        first: lines before every other import of the service's own modules.
        imports: lines among these.
        around: lines after the imports, which put something around the function.
        templates: path in the service folder to the template that makes it.
    """

    modules: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    around: tuple[str, ...] = ()
    templates: Mapping[str, str] = field(default_factory=dict)


def starting(planned: PlannedSlice, *, by_framework: bool = False, name: str = "function") -> Starting:
    """What a slice needs.

    Args:
        by_framework: whether its framework calls the function, and so does itself what belongs around a run.
        name: what the handler calls it.
    """
    boot = planned.plan.boot
    imports: list[str] = []
    around: list[str] = []
    templates: dict[str, str] = {}
    modules: list[str] = []
    if planned.plan.secrets:
        templates["src/lambda_secrets.py"] = _SECRETS
        modules.append("lambda_secrets")
    if boot is not None:
        modules.append(boot.module)
    # The splits keep them where they are: the order decides here, not the alphabet.
    first = [line for module in modules for line in (f"import {module}  # noqa: F401", "", "# isort: split")]
    if first:
        first = ["# First, since everything below builds on it.", *first]
    if not by_framework and is_asynchronous(planned):
        imports.append("from lambda_awaiting import awaited")
        around.append(f"{name} = awaited({name})")
        templates["src/lambda_awaiting.py"] = _AWAITING
    template = _SCOPES.get(boot.kind) if boot is not None and _has_scope(planned) else None
    if template is not None and not by_framework:
        imports.append("from lambda_scope import scope")
        around.append(f"{name} = scope()({name})")
        templates["src/lambda_scope.py"] = template
    return Starting(tuple(modules), tuple(first), tuple(imports), tuple(around), templates)


def is_asynchronous(planned: PlannedSlice) -> bool:
    """Whether the function is a coroutine function."""
    name = planned.entry.method or planned.entry.name
    return any(
        isinstance(node, ast.AsyncFunctionDef) and node.name == name
        for node in ast.walk(parsed_text(entry_text(planned)))
    )


def _has_scope(planned: PlannedSlice) -> bool:
    boot = planned.plan.boot
    return boot is not None and (boot.kind is not BootKind.FLASK or bool(boot.application))
