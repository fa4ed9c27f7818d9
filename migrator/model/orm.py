"""Which library classes make their subclasses' instances rows of a database, and which declare the columns."""

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

COLUMN_CLASSES = frozenset(
    {
        "django.db.models.Field",
        "sqlalchemy.Column",
        "sqlalchemy.orm.MappedColumn",
    }
)
"""Classes that declare a field of a row. Those of them that relate rows are told apart by what is known of each."""
