"""Sets Django up, once, before the function is imported."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.conf")
django.setup()
