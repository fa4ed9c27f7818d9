"""The text of the module of a slice that holds the function.

In: a `PlannedSlice`. Out: its path below the source folder, and the text.
"""

from __future__ import annotations

from migrator.plan import PlannedSlice


def entry_path(planned: PlannedSlice) -> str:
    """`shop/api/tax.py`, or the `__init__.py` of a package."""
    stem = planned.entry.module.replace(".", "/")
    return next(path for path in (f"{stem}.py", f"{stem}/__init__.py") if path in planned.modules)


def entry_text(planned: PlannedSlice) -> str:
    """The module's text in the slice."""
    return planned.modules[entry_path(planned)]
