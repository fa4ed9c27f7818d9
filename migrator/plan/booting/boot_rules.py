"""Which imports of a slice say that it works only inside a started application.

In: an import that leaves the monolith. Out: a `NeedsBoot`, or None. How the application is started is `boots`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from migrator.domain.locations import Location
from migrator.domain.plans import BootKind
from migrator.plan.slicing.third_party import ThirdParty


@dataclass(frozen=True, slots=True)
class NeedsBoot:
    """What asks for a started application.

    Attributes:
        reason: the import, and what it does.
    """

    kind: BootKind
    reason: str
    location: Location

    @property
    def told(self) -> str:
        """The reason with its place."""
        return f"{self.location}: {self.reason}"


@dataclass(frozen=True, slots=True)
class _Rule:
    """A module of a library, with the names of it that matter (all, where none is listed).

    Attributes:
        itself: whether to import the module as such counts, where names are listed.
    """

    module: str
    kind: BootKind
    reason: str
    names: frozenset[str] = frozenset()
    itself: bool = False

    def fits(self, imported: ThirdParty, full: str) -> bool:
        if not self.names:
            return f"{full}.".startswith(f"{self.module}.")
        inside = f"{imported.module}.".startswith(f"{self.module}.")
        return (inside and imported.attribute in self.names) or (self.itself and full == self.module)


DECLARATIVE = (
    "sqlalchemy.orm.DeclarativeBase",
    "sqlalchemy.orm.DeclarativeBaseNoMeta",
    "sqlalchemy.orm.declarative_base()",
    "sqlalchemy.ext.declarative.declarative_base()",
    "sqlalchemy.ext.automap.automap_base()",
    "flask_sqlalchemy.SQLAlchemy",
    "flask_sqlalchemy.SQLAlchemy()",
    "sqlmodel.SQLModel",
    "peewee.Model",
    "mongoengine.Document",
    "pony.orm.Database.Entity",
    "tortoise.models.Model",
    "tortoise.Model",
)
"""Bases whose subclasses are mapped; `()` behind what is called to make one."""

_MAPS = "maps classes to tables, and these find each other by name when all of them are imported"
_SETTINGS = "works with Django, which has to be set up with the settings of its project"
_EXTENSION = "is bound to the application when that is made"
_ORM_NAMES = frozenset(
    [
        "DeclarativeBase",
        "DeclarativeBaseNoMeta",
        "Mapped",
        "MappedAsDataclass",
        "as_declarative",
        "automap_base",
        "backref",
        "column_property",
        "declarative_base",
        "declared_attr",
        "mapped_column",
        "mapper",
        "registry",
        "relationship",
    ]
)
# The first rule that fits holds. What works without a started Django is listed with no kind of its own in `_FREE`.
_RULES: tuple[_Rule, ...] = (
    *(
        _Rule(module, BootKind.DJANGO, _SETTINGS)
        for module in ("django", "rest_framework", "django_filters", "celery_django", "wagtail", "modelcluster")
    ),
    *(
        _Rule(module, BootKind.FLASK, _EXTENSION)
        for module in (
            "flask_babel",
            "flask_caching",
            "flask_login",
            "flask_mail",
            "flask_migrate",
            "flask_pluginengine",
            "flask_security",
            "flask_sqlalchemy",
            "flask_mongoengine",
            "flask_redis",
        )
    ),
    _Rule("flask", BootKind.FLASK, "is the application itself, as long as one is started", frozenset({"current_app"})),
    *(
        _Rule(module, BootKind.MAPPED, _MAPS, _ORM_NAMES, itself=True)
        for module in ("sqlalchemy.orm", "sqlalchemy.ext.declarative", "sqlalchemy.ext.automap")
    ),
    *(
        _Rule(module, BootKind.MAPPED, _MAPS)
        for module in ("mongoengine", "peewee", "playhouse", "pony", "sqlmodel", "tortoise")
    ),
)
# Parts of Django that read no settings when they are used ("Django settings: calling django.setup()").
_FREE = (
    "django.utils.crypto",
    "django.utils.dateparse",
    "django.utils.encoding",
    "django.utils.functional",
    "django.utils.html",
    "django.utils.regex_helper",
    "django.utils.safestring",
    "django.utils.text",
    "django.core.exceptions",
    "django.dispatch",
)


# From the least to the most: an application of Flask loads the mapped classes that it uses, Django's start its models.
_STRENGTH = (BootKind.MAPPED, BootKind.FLASK, BootKind.DJANGO)


def needs_boot(external: Iterable[ThirdParty], above: BootKind | None = None) -> NeedsBoot | None:
    """The import that asks for the most to be started, the first of several.

    Args:
        above: what is started anyway; only what asks for more is looked for.
    """
    least = -1 if above is None else _STRENGTH.index(above)
    found = [each for each in map(_asks, external) if each is not None and _STRENGTH.index(each.kind) > least]
    return min(found, key=lambda each: (-_STRENGTH.index(each.kind), each.location), default=None)


def _asks(imported: ThirdParty) -> NeedsBoot | None:
    full = f"{imported.module}.{imported.attribute}" if imported.attribute else imported.module
    if any(f"{full}.".startswith(f"{free}.") for free in _FREE):
        return None
    for rule in _RULES:
        if rule.fits(imported, full):
            shown = f"import of {full}"
            return NeedsBoot(rule.kind, f"{shown}, which {rule.reason}", imported.location)
    return None
