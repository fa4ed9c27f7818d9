"""Monoliths that look bad and of which a slice can be cut all the same, one row each."""

from __future__ import annotations

from collections.abc import Mapping

from tests.cli.bad_input import CALLS, READY, ROUTE, UNPROVEN, VIEW, Works

PACKAGE = {"shop/__init__.py": ""}
WORKS: Mapping[str, Works] = {
    "modules that import each other": Works(
        {"a.py": f"import b\n{VIEW}{ROUTE}    return b.other()\ndef base(): return '1'\n",
         "b.py": "import a\ndef other():\n    return a.base() + '2'\n"},
        "a.view",
        "a.view() == '12'",
    ),
    "modules that import each other where it is late enough": Works(
        {"a.py": f"{VIEW}def base(): return '1'\nfrom b import other\n{ROUTE}    return other()\n",
         "b.py": "from a import base\ndef other():\n    return base() + '2'\n"},
        "a.view",
        "a.view() == '12'",
    ),
    "a module that imports itself": Works(
        {"a.py": f"import a\n{VIEW}{ROUTE}    return a.base()\ndef base(): return '1'\n"}, "a.view", "a.view() == '1'"
    ),
    "a star": Works(
        {**PACKAGE, "shop/api.py": f"{VIEW}from shop.words import *\n{ROUTE}    return WORD\n",
         "shop/words.py": "WORD = '1'\nOTHER = 2\n"},
        "view",
        "shop.api.view() == '1' and not hasattr(shop.words, 'OTHER')",
        told=("spelled out",),
    ),
    "a star of a list": Works(
        {**PACKAGE, "shop/api.py": f"{VIEW}from shop.words import *\n{ROUTE}    return _WORD\n",
         "shop/words.py": "_WORD = '1'\n__all__ = ['_WORD']\n"},
        "view",
        "shop.api.view() == '1'",
    ),
    "a star of a star": Works(
        {**PACKAGE, "shop/api.py": f"{VIEW}from shop.words import *\n{ROUTE}    return WORD\n",
         "shop/words.py": "from shop.deep import *\n", "shop/deep.py": "WORD = '1'\n"},
        "view",
        "shop.api.view() == '1'",
    ),
    "stars in a circle": Works(
        {**PACKAGE, "shop/api.py": f"{VIEW}from shop.words import *\n{ROUTE}    return WORD\n",
         "shop/words.py": "from shop.deep import *\n", "shop/deep.py": "from shop.words import *\nWORD = '1'\n"},
        "view",
        "shop.api.view() == '1'",
    ),
    "another distribution's star": Works(
        {"shop.py": f"{VIEW}from math import *\nfrom string import *\n{ROUTE}    return str(floor(1.5)) + digits[0]\n"},
        "view",
        "shop.view() == '10'",
        told=("floor may come from it",),
    ),
    "exec, looked at": Works(
        {"shop.py": f"{VIEW}{ROUTE}    made = {{}}\n    exec('x = give()', globals(), made)\n    return made['x']\n\n"
         "def give(): return '1'\n"},
        "view",
        "shop.view() == '1'",
        UNPROVEN,
        told=("runs code that cannot be read here", "module: shop.py:4:1: exec"),
    ),
    "eval, looked at": Works(
        {"shop.py": f"{VIEW}{ROUTE}    return eval('give()')\n\ndef give(): return '1'\n"},
        "view",
        "shop.view() == '1'",
        UNPROVEN,
        told=("runs code that cannot be read here",),
    ),
    "an extension with a fallback": Works(
        {**PACKAGE, "shop/api.py": f"{VIEW}try:\n    from shop._fast import give\nexcept ImportError:\n"
         f"    from shop.slow import give\n{ROUTE}    return give()\n",
         "shop/slow.py": "def give(): return '1'\n", "shop/_fast.abi3.so": b"\x7fELF"},
        "view",
        "shop.api.view() == '1'",
        UNPROVEN,
        told=("import of shop._fast",),
    ),
    "a module that raises when it is imported": Works(
        {"shop.py": f"{READY}raise RuntimeError('not here')\n"},
        "view",
        "shop.view() == '1'",
        told=("raise RuntimeError('not here')",),
    ),
    "a library that nobody has": Works(
        {"shop.py": f"{READY}import nowhere_at_all\nX = nowhere_at_all.x\n"}, "view", "shop.view() == '1'"
    ),
    "another module that does not parse": Works(
        {"shop.py": READY, "other.py": "def give(:\n"}, "view", "shop.view() == '1'"
    ),
    "syntax of a newer Python": Works(
        {"shop.py": f"{VIEW}type Words[T] = list[T]\n{ROUTE}    words: Words[str] = ['1']\n    return f'{{'1'}}{{words[0]}}'\n"},
        "view",
        "shop.view() == '11'",
        python=(3, 12),
    ),
    "another encoding, declared": Works(
        {"shop.py": CALLS, "other.py": b"# coding: latin-1\ndef give():\n    return '\xe9'\n"},
        "view",
        "shop.view() == chr(0xe9)",
    ),
    "another encoding, declared in the second line": Works(
        {"shop.py": CALLS, "other.py": b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\ndef give():\n    return '\x80'\n"},
        "view",
        "shop.view() == chr(0x20ac)",
    ),
    "a byte order mark and other line ends": Works(
        {"shop.py": b"\xef\xbb\xbf" + READY.replace("\n", "\r\n").encode()}, "view", "shop.view() == '1'"
    ),
    "the name of the handler": Works({"app.py": READY}, "view", "app.view() == '1'"),
    "an effect accepted that is not there": Works(
        {"shop.py": READY},
        "view",
        "shop.view() == '1'",
        ("--accept", "database=x"),
        told=("--accept database", "nothing to take on"),
    ),
}  # fmt: skip
