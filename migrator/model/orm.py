"""Which library classes make their subclasses' instances rows of a database."""

from __future__ import annotations

ORM_CLASSES = frozenset(
    {
        "django.db.models.Model",
        "flask_sqlalchemy.SQLAlchemy.Model",
        "flask_sqlalchemy.model.Model",
        "sqlalchemy.orm.DeclarativeBase",
        "sqlalchemy.orm.DeclarativeBaseNoMeta",
        "peewee.Model",
        "mongoengine.Document",
    }
)
"""Classes whose instances are rows or documents of a database."""
