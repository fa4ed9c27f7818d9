"""What is cut out of a monolith: all that is needed, nothing else, the kept text byte for byte."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from migrator.errors import InputError, Refused
from migrator.plan import PlannedSlice
from tests.support.slices import assessed, monolith, planned

VIEW = """
from flask import Blueprint

bp = Blueprint("b", __name__)
"""


@dataclass(frozen=True)
class Case:
    """A small monolith, what its slice has, and what calling the candidate gives."""

    files: Mapping[str, str]
    name: str
    has: Mapping[str, tuple[str, ...]]
    lacks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    call: str = ""
    modules: tuple[str, ...] = ()


CASES = {
    "comments, constants and only what is used": Case(
        {
            "shop.py": '''
            """The shop."""  # module comment

            import os, re  # both
            import json as js
            from math import (
                floor,  # keep me
                ceil,
            )

            # a rate
            RATE   =  2  # odd spacing stays
            UNUSED = os.environ

            @bp.route("/x")
            # about the view
            def view( a ,b = RATE ) -> "int" :
                # inside
                return helper(a)*b   # trailing


            def helper(x):  return floor( x )


            def unused(): return ceil(js.loads("1"))
            '''
        },
        "shop.view",
        {
            "shop.py": (
                '"""The shop."""  # module comment',
                "# a rate\nRATE   =  2  # odd spacing stays",
                'def view( a ,b = RATE ) -> "int" :\n    # inside\n    return helper(a)*b   # trailing\n',
                "def helper(x):  return floor( x )",
                "    floor,  # keep me",
            )
        },
        {"shop.py": ("import os", "json", "ceil", "UNUSED", "@bp")},
        "shop.view(1.5) == 2",
    ),
    "relative, aliased and dotted imports": Case(
        {
            "shop/__init__.py": "",
            "shop/views/__init__.py": "from ..settings import DEBUG\n",
            "shop/views/tax.py": """
            from . import shared
            from .shared import tripled as thrice
            from .. import rates as r
            import shop.deep.core

            def view():
                return shared.doubled(1), thrice(1), r.LOW, shop.deep.core.VALUE
            """,
            "shop/views/shared.py": "def doubled(x): return x * 2\ndef tripled(x): return x * 3\ndef unused(): ...\n",
            "shop/rates.py": "LOW = 7\nHIGH = 19\n",
            "shop/settings.py": "DEBUG = True\n",
            "shop/deep/__init__.py": "import secrets\nSECRET = secrets.token_hex()\n",
            "shop/deep/core.py": "VALUE = 1\nOTHER = 2\n",
        },
        "shop.views.tax.view",
        {"shop/rates.py": ("LOW = 7",), "shop/deep/core.py": ("VALUE = 1",)},
        {
            "shop/rates.py": ("HIGH",),
            "shop/views/shared.py": ("unused",),
            "shop/deep/__init__.py": ("SECRET",),
            "shop/views/__init__.py": ("DEBUG",),
        },
        "shop.views.tax.view() == (2, 3, 7, 1)",
        ("shop", "shop.deep", "shop.deep.core", "shop.rates", "shop.views", "shop.views.shared", "shop.views.tax"),
    ),
    "names handed on by a package": Case(
        {
            "shop/__init__.py": "",
            "shop/views.py": "from shop.tax import quote, Rate\n\ndef view():\n    return quote(Rate.LOW.value)\n",
            "shop/tax/__init__.py": "from .engine import quote\nfrom .model import Rate, Other\n\n__all__ = ['quote', 'Rate', 'Other']\n",
            "shop/tax/engine.py": "def quote(x):\n    return x + 1\n",
            "shop/tax/model.py": "from enum import Enum\n\nclass Rate(Enum):\n    LOW = 1\n\nclass Other: ...\n",
        },
        "shop.views.view",
        {"shop/tax/__init__.py": ("from .engine import quote", "from .model import Rate")},
        {"shop/tax/__init__.py": ("Other", "__all__"), "shop/tax/model.py": ("Other",)},
        "shop.views.view() == 2",
    ),
    "a star is spelled out": Case(
        {
            "shop/__init__.py": "",
            "shop/views.py": "from shop.words import *\n\ndef view():\n    return GREETING + name()\n",
            "shop/words.py": "from shop.more import *\n__all__ = ['GREETING', 'name', 'MORE']\nGREETING = 'hi '\ndef name(): return 'you'\n",
            "shop/more.py": "MORE = 1\n",
        },
        "shop.views.view",
        {"shop/views.py": ("from shop.words import GREETING, name",)},
        {"shop/words.py": ("MORE", "__all__")},
        "shop.views.view() == 'hi you'",
        ("shop", "shop.views", "shop.words"),
    ),
    "a star whose list is put together": Case(
        {
            "shop/__init__.py": "",
            "shop/views.py": "from shop.words import *\n\ndef view():\n    return _GREETING\n",
            "shop/words.py": "_GREETING = 'hi'\nOTHER = 1\n__all__ = ['OTHER']\n__all__ += ['_GREETING']\n",
        },
        "shop.views.view",
        {"shop/views.py": ("from shop.words import _GREETING",)},
        {"shop/words.py": ("OTHER",)},
        "shop.views.view() == 'hi'",
    ),
    "a star that hands on another distribution's": Case(
        {
            "shop/__init__.py": "",
            "shop/views.py": "from shop.numbers import *\n\ndef view():\n    return floor(1.5)\n",
            "shop/numbers.py": "from math import *\nOTHER = 1\n",
        },
        "shop.views.view",
        {"shop/views.py": ("from shop.numbers import floor",), "shop/numbers.py": ("from math import *",)},
        {"shop/numbers.py": ("OTHER",)},
        "shop.views.view() == 1",
    ),
    "a star of one's own behind others' stars": Case(
        {
            "shop/__init__.py": "",
            "shop/views.py": """
            from math import *
            from string import *
            from shop.words import *

            def view():
                return GREETING, floor(1.5), digits[:1]
            """,
            "shop/words.py": "GREETING = 'hi'\n",
        },
        "shop.views.view",
        {"shop/views.py": ("from math import *", "from string import *", "from shop.words import GREETING")},
        {},
        "shop.views.view() == ('hi', 1, '0')",
    ),
    "an import cycle": Case(
        {
            "a.py": "import b\n\ndef view():\n    return b.other(2)\n\ndef base(): return 1\n",
            "b.py": "import a\n\ndef other(n):\n    return a.base() + n\n",
        },
        "a.view",
        {"a.py": ("def base()",), "b.py": ("import a",)},
        call="a.view() == 3",
    ),
    "imports under conditions": Case(
        {
            "shop.py": """
            from __future__ import annotations
            import sys
            from typing import TYPE_CHECKING

            if TYPE_CHECKING:
                from model import Model, Unused
            else:
                import unneeded

            try:
                import no_such_speedup as fast
            except ImportError:
                fast = None

            if sys.version_info >= (3, 0):
                from new import read
                from new import other
            elif sys.platform == "win32":
                X = 1
            else:
                from old import read

            def view(model: Model | None = None):
                return fast, read()
            """,
            "model.py": "class Model: ...\nclass Unused: ...\n",
            "new.py": "def read(): return 'new'\ndef other(): ...\n",
            "old.py": "def read(): return 'old'\n",
            "unneeded.py": "",
        },
        "shop.view",
        {
            "shop.py": (
                "if TYPE_CHECKING:\n    from model import Model\n",
                "    from new import read\nelif",
                "    pass\nelse:\n    from old import read",
                "except ImportError:\n    fast = None",
            ),
            "old.py": ("def read()",),
        },
        {"shop.py": ("Unused", "unneeded", "other")},
        "shop.view() == (None, 'new')",
        ("new", "old", "shop"),
    ),
    "imports inside functions": Case(
        {
            "shop.py": "def view():\n    from lazy import value\n    import pkg.mod as m\n    return value() + m.ONE\n",
            "lazy.py": "def value(): return 1\ndef unused(): ...\n",
            "pkg/__init__.py": "",
            "pkg/mod.py": "ONE = 1\nTWO = 2\n",
        },
        "shop.view",
        {"lazy.py": ("def value()",), "pkg/mod.py": ("ONE = 1",)},
        {"lazy.py": ("unused",), "pkg/mod.py": ("TWO",)},
        "shop.view() == 2",
    ),
    "tables that are filled when the module is imported": Case(
        {
            "shop.py": """
            from registry import rule, TABLE
            from registry import RULES

            TABLE["later"] = 3

            @rule("double")
            def double(x): return x * 2

            def view():
                return RULES["double"](2), TABLE["later"], TABLE["first"], TABLE["loop"]
            """,
            "registry.py": """
            RULES = {}
            TABLE = {"first": 1}
            for name in ("loop",):
                TABLE[name] = 9

            UNRELATED = {}
            UNRELATED["x"] = 1

            def rule(name):
                def register(function):
                    RULES[name] = function
                    return function
                return register
            """,
        },
        "shop.view",
        {"shop.py": ('TABLE["later"] = 3', '@rule("double")'), "registry.py": ("for name in",)},
        {"registry.py": ("UNRELATED",)},
        "shop.view() == (4, 3, 1, 9)",
    ),
    "a class that registers itself": Case(
        {
            "shop.py": """
            class Base:
                known = []

                def __init_subclass__(cls):
                    KINDS.append(cls.__name__)

            KINDS = []

            class One(Base): ...

            def view():
                return KINDS
            """
        },
        "shop.view",
        {"shop.py": ("class One(Base)",)},
        call="shop.view() == ['One']",
    ),
    "decorators of its own stay, the registration goes": Case(
        {
            "shop.py": """
            from flask import Blueprint
            from timing import timed

            bp = Blueprint("b", __name__)


            # about it
            @bp.route("/x")
            @timed
            def view():
                return 1


            @bp.before_request
            def before(): ...
            """,
            "timing.py": "import logging\nlog = logging.getLogger('t')\ndef timed(f):\n    log.debug(f)\n    return f\n\n@timed\ndef unused(): ...\n",
        },
        "shop.view",
        {"shop.py": ("# about it\n@timed\ndef view():",)},
        {"shop.py": ("flask", "bp", "before"), "timing.py": ("unused",)},
        "shop.view() == 1",
    ),
    "settings of the interpreter stay": Case(
        {
            "shop.py": "import decimal\nfrom decimal import Decimal\n\ndecimal.getcontext().prec = 3\n\ndef view():\n    return str(Decimal(1) / 3)\n"
        },
        "shop.view",
        {"shop.py": ("decimal.getcontext().prec = 3",)},
        call="shop.view() == '0.333'",
    ),
    "a function inside a factory": Case(
        {
            "shop.py": '''
            from helpers import base

            def create_app():
                from flask import Flask
                app = Flask(__name__)

                # says hello
                @app.route("/x")
                def view(name):
                    text = """two
            lines"""
                    return base(name) + len(text)

                return app
            ''',
            "helpers.py": "def base(x): return x + 1\n",
        },
        "shop.create_app.<locals>.view",
        {"shop.py": ("\n# says hello\ndef view(name):\n", "    return base(name) + len(text)")},
        {"shop.py": ("create_app", "Flask")},
        "shop.view(1) == 11",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_slice(case: Case, tmp_path: Path) -> None:
    made = planned(tmp_path / "monolith", case.files, case.name)
    for path, texts in case.has.items():
        for text in texts:
            assert text in made.modules[path]
    for path, texts in case.lacks.items():
        for text in texts:
            assert text not in made.modules[path]
    if case.modules:
        assert tuple(sorted(made.plan.modules)) == case.modules
    assert made.plan.modules[0] == made.entry.module
    check_in_a_fresh_interpreter(made, case.call, tmp_path / "slice")


def check_in_a_fresh_interpreter(made: PlannedSlice, call: str, folder: Path) -> None:
    """Write the slice down, import it with nothing else on the path, and try it."""
    for path, text in made.modules.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    code = f"import sys; sys.path.insert(0, '.'); import {made.entry.module}; assert {call or True}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_what_acts_on_import_and_stays_behind_is_told(tmp_path: Path) -> None:
    files = {
        "shop.py": """
        import sentry_sdk
        from extra import setup

        sentry_sdk.init("dsn")
        setup()

        if __name__ == "__main__":
            print(view())

        def view():
            return __import__("json").loads("1")
        """,
        "extra.py": "def setup(): ...\n",
    }
    made = planned(tmp_path, files, "shop.view")
    told = {item.what for item in made.plan.dropped}
    assert 'shop.py:4:1: sentry_sdk.init("dsn")' in told
    assert "shop.py:5:1: setup()" in told
    assert "shop.py:11:12: __import__" in told
    assert not any("print" in what for what in told)
    assert "sentry" not in made.modules["shop.py"]


def test_a_star_of_another_distribution_stays_and_is_told(tmp_path: Path) -> None:
    made = planned(
        tmp_path, {"shop.py": "from os.path import *\n\ndef view():\n    return join('a', 'b')\n"}, "shop.view"
    )
    assert "from os.path import *" in made.modules["shop.py"]
    assert any("from os.path import *" in item.what for item in made.plan.dropped)


def test_a_name_that_is_nowhere_is_told(tmp_path: Path) -> None:
    made = planned(tmp_path, {"shop.py": "def view():\n    return missing()\n"}, "shop.view")
    assert [item.what for item in made.plan.dropped] == ["shop.py:1:1: missing of shop"]


def test_a_module_that_is_handed_on_travels_whole(tmp_path: Path) -> None:
    files = {"shop.py": "import rates\n\ndef view():\n    return vars(rates)\n", "rates.py": "LOW = 1\n\n\nHIGH = 2\n"}
    made = planned(tmp_path, files, "shop.view")
    assert made.modules["rates.py"] == "LOW = 1\n\n\nHIGH = 2\n"


@pytest.mark.parametrize(
    ("source", "name", "says"),
    [
        (
            "def make(app):\n    n = 1\n    def view():\n        return n\n",
            "shop.make.<locals>.view",
            "exists inside the function",
        ),
        (
            "def view(): ...\ndef make(app):\n    def view():\n        return 1\n",
            "shop.make.<locals>.view",
            "another view",
        ),
    ],
)
def test_what_cannot_be_taken_out_is_refused(source: str, name: str, says: str, tmp_path: Path) -> None:
    tree = monolith(tmp_path, {"shop.py": source})
    with pytest.raises(Refused, match=says):
        from migrator.plan import make_plan

        make_plan(tree, assessed(tree, name))


def test_a_syntax_error_names_its_place(tmp_path: Path) -> None:
    files = {"shop.py": "from broken import x\n\ndef view():\n    return x\n", "broken.py": "x = = 1\n"}
    with pytest.raises(InputError) as caught:
        planned(tmp_path, files, "shop.view")
    assert caught.value.location.startswith("broken.py:1:")
