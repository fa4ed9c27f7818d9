"""What the rest of the monolith does to a slice."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator.plan import make_plan
from tests.support.slices import assessed, monolith, planned

FILES = {
    "shop.py": "from registry import RULES\n\ndef view():\n    return len(RULES)\n",
    "registry.py": "RULES = {}\n\ndef rule(function):\n    RULES[function.__name__] = function\n    return function\n",
    "plugins.py": "from registry import rule\n\n@rule\ndef one(): ...\n",
    "other_plugins.py": "import registry\nfrom registry import RULES as table\n\ntable['two'] = 2\n",
    "readers.py": "from registry import RULES, rule\n\ndef later():\n    RULES['x'] = 1\n    rule(later)\n\nCOUNT = RULES.get('x')\n",
}


def test_tables_that_other_modules_fill_are_told(tmp_path: Path) -> None:
    made = planned(tmp_path, FILES, "shop.view")
    assert {item.what for item in made.plan.dropped} == {
        "plugins.py:4:1: RULES of registry",
        "other_plugins.py:4:1: RULES of registry",
    }


@pytest.mark.parametrize(
    ("own", "other", "methods", "told"),
    [
        ("/users/<name>", "/users/me", ["GET"], True),
        ("/users/<name>", "/users/me", ["POST"], False),
        ("/users/<name>", "/users/<int:number>", ["GET"], False),
        ("/users/<name>", "/users/me/orders", ["GET"], False),
        ("/users/<name>/orders/<int:number>", "/users/me/orders/<int:number>", ["GET"], True),
        ("/users/me", "/users/<name>", ["GET"], False),
    ],
)
def test_routes_within_the_own_are_told(own: str, other: str, methods: list[str], told: bool, tmp_path: Path) -> None:
    tree = monolith(tmp_path, {"shop.py": "def view(): ...\n\ndef other(): ...\n"})
    candidate = assessed(tree, "shop.view", paths=[own])
    neighbor = assessed(tree, "shop.other", paths=[other], methods=methods)
    dropped = make_plan(tree, candidate, others=[candidate, neighbor]).plan.dropped
    assert [item.what for item in dropped] == ([f"shop.py:3:1: {other} of shop.other"] if told else [])
