"""pluggy: implementations of hooks."""

from __future__ import annotations

from migrator.domain.triggers import TriggerKind
from migrator.model.job_rules import JobLibrary, JobRule
from migrator.model.registrations import Example

FRAMEWORK = JobLibrary(
    name="pluggy",
    rules=(JobRule(("pluggy.HookimplMarker.__call__",), TriggerKind.SIGNAL, functions=((0, "function"),)),),
    examples=(
        Example(
            """
import pluggy
hookimpl = pluggy.HookimplMarker("shop")
hookspec = pluggy.HookspecMarker("shop")
class Spec:
    @hookspec
    def placed(self, order): ...
class Plugin:
    @hookimpl
    def placed(self, order): ...
@hookimpl(tryfirst=True)
def paid(order): ...
""",
            {"app.Plugin.placed": ("signal",), "app.paid": ("signal",)},
        ),
    ),
)
