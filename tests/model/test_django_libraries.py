"""Libraries that give Django models something to call: their managers and settings reach the database."""

from __future__ import annotations

import pytest

from tests.support.programs import effects_of

SCOPED = """
from django.db import models
from django_scopes import ScopedManager

class Invoice(models.Model):
    objects = ScopedManager(shop="shop")

def start():
    return Invoice.objects.filter(paid=False).count()
"""

SETTINGS = """
from hierarkey.models import GlobalSettingsBase

class Settings(GlobalSettingsBase):
    pass

def start():
    {statement}
"""


def test_a_scoped_manager_asks_the_database() -> None:
    assert effects_of(SCOPED) == {"database"}


@pytest.mark.parametrize(
    "statement",
    [
        "return Settings().settings.last_run",
        "return Settings().settings.get('last_run')",
        "del Settings().settings.last_run",
        "Settings().settings.last_run = 1",
    ],
)
def test_a_hierarchical_setting_is_a_row_behind_a_cache(statement: str) -> None:
    assert effects_of(SETTINGS.format(statement=statement)) == {"database", "cache"}


QUERYSETS = """
import smtplib
from contextvars import ContextVar
from django.core.files.storage import DefaultStorage
from django.db import models
current = ContextVar('current')
def mail(): smtplib.SMTP('h').send_message('m')
class Rows(models.QuerySet['Row']):
    def tell(self): mail()
class Manager(models.Manager):
    def current(self): return current.get()
class Row(models.Model):
    objects = Manager.from_queryset(Rows)()
    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        mail()
def iterated():
    for row in Row.objects.filter(x=1): row.save()
def of_manager(): Row.objects.current()
def of_rows(): Row.objects.filter(x=1).tell()
def stored(): DefaultStorage().delete('x')
"""


@pytest.mark.parametrize(
    ("name", "effect"),
    [("iterated", "email"), ("of_manager", "request-context"), ("of_rows", "email"), ("stored", "object-storage")],
)
def test_a_manager_made_of_a_query_set_is_both(name: str, effect: str) -> None:
    assert effect in effects_of(QUERYSETS, f"app.{name}")
