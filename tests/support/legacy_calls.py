"""Calls a function of the sample shop, in a process of its own.

Run with the shop's folder as the current one: `python legacy_calls.py MODULE FUNCTION`. Standard input is a JSON list of
`[args, kwargs]`, standard output a list of `["returned", value]` or `["raised", name of the class]`.
"""

from __future__ import annotations

import inspect
import json
import os
import sys
from importlib import import_module


def main() -> None:
    sys.path.insert(0, ".")
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    function = getattr(import_module(sys.argv[1]), sys.argv[2])
    if hasattr(function, "callback"):  # of a command the function behind it, without its context
        function = inspect.unwrap(function.callback)
    found = []
    for args, kwargs in json.load(sys.stdin):
        try:
            found.append(["returned", function(*args, **kwargs)])
        except Exception as error:
            found.append(["raised", type(error).__name__])
    json.dump(found, answers)
    answers.close()


if __name__ == "__main__":
    main()
