"""Packages that a program puts on its path, so that what lies in them is imported without the package's name.

In: the imports of all modules. Out: for a name that such imports begin with, the full name of the module it means. A
Django project is run from the folder of `manage.py`; if that folder is a package of the tree, its modules go by two
names: `shop.orders.models` by the folders, `orders.models` in the code.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

from migrator.facts.records import Import

_LEAST = 3
"""Different names that must be missing at the top and lie in a package before it is taken for a root. One or two may
be libraries of the same name as a module."""

_STARTS = ("manage", "wsgi", "asgi")
"""Modules that a program is started by from their own folder; beside one, a single name is enough."""


def import_roots(
    imports: Mapping[str, Sequence[Import]], packages: Collection[str], is_library: Callable[[str], bool]
) -> Mapping[str, str]:
    """The full names behind the first names of imports that only mean something below a package.

    Args:
        imports: by module name, in any of its scopes.
        packages: the names of all packages.
        is_library: whether a top-level module is known to be a library.
    """
    modules = {*imports, *packages}
    missing: dict[str, set[str]] = defaultdict(set)
    for name, found in imports.items():
        above = [name[:at] for at, char in enumerate(name) if char == "."]
        for top in {step.module.partition(".")[0] for step in found if not step.level and step.module} if above else ():
            if top in modules or top in sys.stdlib_module_names or is_library(top):
                continue
            for package in above:
                if f"{package}.{top}" in modules:
                    missing[package].add(top)
                    break
    full: dict[str, str] = {}
    for package in sorted(missing, key=lambda item: (item.count("."), item)):
        started = any(f"{package}.{start}" in modules for start in _STARTS)
        if len(missing[package]) >= (1 if started else _LEAST):
            for top in sorted(missing[package]):
                full.setdefault(top, f"{package}.{top}")
    return full
