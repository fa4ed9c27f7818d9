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
