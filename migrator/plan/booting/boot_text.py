"""The generated module that starts the application.

In: a `Boot`. Out: its text. What a handler does with it is the artifacts' matter.
"""

from __future__ import annotations

from typing import assert_never

from migrator.domain.plans import Boot, BootKind


def boot_text(boot: Boot) -> str:
    """The module `boot.module`: importing it starts the application, once a process."""
    match boot.kind:
        case BootKind.DJANGO:
            return _DJANGO.format(settings=boot.settings_module)
        case BootKind.FLASK:
            module, _, name = boot.factory.removesuffix("()").rpartition(".")
            return (_MADE if boot.factory.endswith("()") else _HELD).format(module=module, name=name)
        case BootKind.MAPPED:
            lines = "".join(f"import {module}  # noqa: F401\n" for module in sorted(boot.imports))
            return _MAPPED.format(imports=lines)
        case _:
            assert_never(boot.kind)


_DJANGO = '''"""Sets Django up, once, before the function is imported."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "{settings}")
django.setup()
'''
_MADE = '''"""Makes the application, once, before the function is imported."""

from __future__ import annotations

from {module} import {name}

application = {name}()
'''
_HELD = '''"""Loads the application, once, before the function is imported."""

from __future__ import annotations

from {module} import {name} as application

__all__ = ["application"]
'''
_MAPPED = '''"""Loads every class that is mapped to a table, so that they find each other, before the function is imported."""

from __future__ import annotations

{imports}'''
