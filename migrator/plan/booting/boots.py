"""What has to be started before code that works with an application can run, and which modules that takes.

In: an `ImportTree`, the `NeedsBoot` that says what asked for it. Out: a `Started`: the `Boot`, and the modules that
travel for it. Whether it is needed is `boot_rules`; each kind has a module of its own; what these modules import in turn
is `whole`.
"""

from __future__ import annotations

from migrator.domain.plans import BootKind
from migrator.plan.booting.boot_rules import NeedsBoot
from migrator.plan.booting.django_settings import start_django
from migrator.plan.booting.flask_applications import start_flask
from migrator.plan.booting.mapped_classes import start_mapped
from migrator.plan.booting.started import Started
from migrator.plan.looking.imports import ImportTree


def find_boot(imports: ImportTree, needed: NeedsBoot, settings_module: str = "") -> Started:
    """Find what starts the application.

    Args:
        settings_module: Django's, where the user names it.

    Raises:
        Refused: nothing in the tree says how the application is started.
    """
    match needed.kind:
        case BootKind.DJANGO:
            return start_django(imports, needed, settings_module)
        case BootKind.FLASK:
            return start_flask(imports, needed)
        case BootKind.MAPPED:
            return start_mapped(imports, needed)
